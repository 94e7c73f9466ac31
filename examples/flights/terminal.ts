/** Progress and tables: a line that redraws itself on a terminal, plain lines everywhere else. */

const REDRAW_MS = 100

/** Shows how far a run is. Writes to standard error, so that standard output holds only results. */
export class ProgressLine {
  readonly #label: string
  readonly #total: number
  readonly #terminal = process.stderr.isTTY === true
  #drawn = 0
  #fifths = 0

  constructor(label: string, total: number) {
    this.#label = label
    this.#total = total
  }

  update(rows: number, seconds: number): void {
    if (this.#terminal) {
      const now = performance.now()
      if (now - this.#drawn < REDRAW_MS) return
      this.#drawn = now
      process.stderr.write(`\r\x1b[K${this.#text(rows, seconds)}`)
      return
    }
    // Elsewhere a line for each fifth of the way is enough.
    const fifths = Math.floor((rows / this.#total) * 5)
    if (fifths === this.#fifths) return
    this.#fifths = fifths
    process.stderr.write(`${this.#text(rows, seconds)}\n`)
  }

  end(): void {
    if (this.#terminal) process.stderr.write('\r\x1b[K')
  }

  #text(rows: number, seconds: number): string {
    const share = Math.round((rows / this.#total) * 100)
    return `  ${this.#label.padEnd(12)} ${String(share).padStart(3)} %  ${count(rows)} rows, ${seconds.toFixed(1)} s`
  }
}

/** A whole number with thousands apart: 3,000,000. */
export function count(n: number): string {
  return Math.round(n).toLocaleString('en-US')
}

/** Lines of a table whose first row is its header; all columns but the first two stand to the right. */
export function tableLines(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map(row => row[c]!.length)))
  return rows.map(row =>
    row.map((cell, c) => (c < 2 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!))).join('  '),
  )
}
