/** Rows for people: aligned lines under the names of their columns. */
import { type Batch, cellsAt } from '../../schema/batch.ts'
import type { Cell } from '../../schema/cell.ts'
import { textOfCell } from '../../schema/text/value-text.ts'
import { visible } from '../../schema/text/visible.ts'
import type { ColumnType, Schema } from '../../schema/type.ts'

const WIDEST = 40
const rightAligned = new Set(['int32', 'int64', 'float64', 'decimal'])

interface Line {
  readonly texts: readonly string[]
  readonly sign: string
}

/** Collects rows, and writes them at each `flush` as aligned lines. The first is the heading; columns may grow wider later. */
export class Table {
  readonly #schema: Schema
  /** Rows begin with + or −, as they were added or taken away. */
  readonly #signed: boolean
  readonly #line: (text: string) => void
  /** Characters of a value that are shown. */
  readonly #widest: number
  #widths: number[] | undefined
  #pending: Line[] = []

  constructor(schema: Schema, signed: boolean, line: (text: string) => void, widest = WIDEST) {
    this.#widest = widest
    this.#schema = schema
    this.#signed = signed
    this.#line = line
  }

  /** The first `count` rows of a batch. */
  add(batch: Batch, count = batch.length): void {
    const types = Object.values(this.#schema)
    for (let row = 0; row < count; row++) {
      const sign = (batch.weights?.[row] ?? 1) < 0 ? '−' : '+'
      const texts = cellsAt(batch, row).map((cell, c) => clipped(textOf(types[c]!, cell), this.#widest))
      this.#pending.push({ texts, sign })
    }
  }

  flush(): void {
    const lines = this.#pending
    this.#pending = []
    if (lines.length === 0) return
    const names = Object.keys(this.#schema).map(visible)
    const heading = this.#widths === undefined ? [{ texts: names, sign: ' ' }] : []
    const all = [...heading, ...lines]
    const widths = names.map((_, c) =>
      all.reduce((widest, { texts }) => Math.max(widest, texts[c]!.length), this.#widths?.[c] ?? 0),
    )
    this.#widths = widths
    for (const line of all) this.#line(this.#aligned(line, widths))
  }

  #aligned({ texts, sign }: Line, widths: readonly number[]): string {
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
function clipped(text: string, widest: number): string {
  const line = text.replaceAll(/[\n\r\t]/g, ' ')
  return line.length <= widest ? visible(line) : `${visible(line.slice(0, widest - 1))}…`
}
