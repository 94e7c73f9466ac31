/** Rows for people: aligned lines, changes marked, and never more than were asked for. */
import { userError } from '../../plan/user-error.ts'
import { type Batch, cellsAt } from '../../schema/batch.ts'
import type { Cell } from '../../schema/cell.ts'
import { textOfCell } from '../../schema/text/value-text.ts'
import type { ColumnType, Schema } from '../../schema/type.ts'
import type { Sink, SinkInput, SinkWriter } from '../../seam/sink.ts'
import { Epochs } from '../epochs.ts'

export interface PrintOptions {
  /** Rows to print in a run; of the others the number is told. Default 20. */
  readonly limit?: number
  /** Takes each line, without a line end. Default: standard output. */
  readonly line?: (text: string) => void
}

const WIDEST = 40
const rightAligned = new Set(['int32', 'int64', 'float64', 'decimal'])

/** A sink that prints each epoch when it is committed. Rows taken away begin with −, and in relations that change those added with +. */
export function printSink(options: PrintOptions = {}): Sink {
  return {
    name: 'print',
    onReplay: 'duplicates',
    accepts: ['append', 'upsert', 'changelog'],
    open: async (_, input) => new Printer(input, options),
  }
}

class Printer implements SinkWriter {
  readonly #epochs = new Epochs('print')
  readonly #schema: Schema
  readonly #signed: boolean
  readonly #line: (text: string) => void
  readonly #limit: number
  #widths: number[] | undefined
  #rows = 0
  /** Lines of the epoch that is being written. */
  #pending: { readonly texts: string[]; readonly sign: string }[] = []

  constructor(input: SinkInput, options: PrintOptions) {
    this.#schema = input.schema
    this.#signed = input.mode !== 'append'
    this.#limit = options.limit ?? 20
    this.#line = options.line ?? (text => process.stdout.write(`${text}\n`))
  }

  async committed(): Promise<number> {
    return this.#epochs.committed
  }

  async write(epoch: number, batch: Batch): Promise<void> {
    this.#epochs.expect(epoch)
    const shown = Math.max(0, Math.min(batch.length, this.#limit - this.#rows))
    this.#rows += batch.length
    for (let row = 0; row < shown; row++) {
      const sign = (batch.weights?.[row] ?? 1) < 0 ? '−' : '+'
      this.#pending.push({ texts: this.#texts(batch, row), sign })
    }
  }

  async commit(epoch: number): Promise<void> {
    this.#epochs.commit(epoch)
    const lines = this.#pending
    this.#pending = []
    if (lines.length === 0) return
    const names = Object.keys(this.#schema)
    const heading = this.#widths === undefined ? [{ texts: names, sign: ' ' }] : []
    const all = [...heading, ...lines]
    const widths = names.map((_, c) =>
      all.reduce((widest, { texts }) => Math.max(widest, texts[c]!.length), this.#widths?.[c] ?? 0),
    )
    this.#widths = widths
    for (const { texts, sign } of all) this.#say(this.#aligned(texts, widths, sign))
  }

  async close(ended: boolean): Promise<void> {
    const more = this.#rows - this.#limit
    if (ended && more > 0) this.#say(`… and ${more} more`)
  }

  #say(text: string): void {
    try {
      this.#line(text)
    } catch (cause) {
      throw userError("print: the function 'line'", cause)
    }
  }

  #texts(batch: Batch, row: number): string[] {
    const types = Object.values(this.#schema)
    return cellsAt(batch, row).map((cell, c) => clipped(textOf(types[c]!, cell)))
  }

  #aligned(texts: readonly string[], widths: readonly number[], sign: string): string {
    const types = Object.values(this.#schema)
    const cells = texts.map((text, c) =>
      rightAligned.has(types[c]!.kind) ? text.padStart(widths[c]!) : text.padEnd(widths[c]!),
    )
    return `${this.#signed ? `${sign} ` : ''}${cells.join('  ')}`.trimEnd()
  }
}

function textOf(type: ColumnType, cell: Cell): string {
  if (cell === null) return 'null'
  if (!Array.isArray(cell)) return textOfCell(type, cell)
  return `[${cell.map(element => textOf(type.element!, element)).join(', ')}]`
}

/** One line of bounded width. */
function clipped(text: string): string {
  const line = text.replaceAll(/[\n\r\t]/g, ' ')
  return line.length <= WIDEST ? line : `${line.slice(0, WIDEST - 1)}…`
}
