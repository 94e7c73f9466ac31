/**
 * Cells: one value of a column in the form that plans, the reference engine and tests compute with. A cell is exact and
 * carries no type of its own; the column's type says how to read it.
 *
 * bool → boolean · int32, float64 → number · date → number (days) · int64, timestamp (µs), decimal (unscaled) → bigint ·
 * string, uuid, enum, json (text) → string · bytes → Uint8Array · list → Cell[] · null → null
 */
import { type Column, readInt128 } from './column.ts'
import type { ColumnType } from './type.ts'

export type Cell = null | boolean | number | bigint | string | Uint8Array | readonly Cell[]

/** The cell of one row of a column. */
export function cellAt(column: Column, row: number): Cell {
  if (column.valid !== undefined && column.valid[row] === 0) return null
  switch (column.form) {
    case 'bits':
      return column.values[row] === 1
    case 'int32':
    case 'float':
    case 'int64':
      return column.values[row]!
    case 'int128':
      return readInt128(column.values, row)
    case 'text':
    case 'binary':
      return column.dictionary[column.values[row]!]!
    case 'list': {
      const cells: Cell[] = []
      for (let i = column.values[row]!; i < column.values[row + 1]!; i++) cells.push(cellAt(column.child, i))
      return cells
    }
  }
}

/**
 * The total order of cells of one type: null after everything, false before true, numbers by value, text by code point
 * (the byte order of its UTF-8, not JavaScript's UTF-16 order), bytes and lists element by element.
 * This is the order of `orderBy`, of comparisons, and of every tie-break.
 */
export function compareCells(a: Cell, b: Cell): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  if (typeof a === 'string') return compareText(a, b as string)
  if (a instanceof Uint8Array) return compareBytes(a, b as Uint8Array)
  if (Array.isArray(a)) return compareLists(a, b as readonly Cell[])
  return a < b ? -1 : a > b ? 1 : 0
}

/** Code point order. Only where a surrogate meets a unit above the surrogates does UTF-16 order differ. */
function compareText(a: string, b: string): number {
  const n = Math.min(a.length, b.length)
  for (let i = 0; i < n; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    const xs = x >= 0xd800 && x <= 0xdfff
    const ys = y >= 0xd800 && y <= 0xdfff
    return xs === ys ? x - y : xs ? 1 : -1
  }
  return a.length - b.length
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const n = Math.min(a.length, b.length)
  for (let i = 0; i < n; i++) if (a[i] !== b[i]) return a[i]! - b[i]!
  return a.length - b.length
}

function compareLists(a: readonly Cell[], b: readonly Cell[]): number {
  const n = Math.min(a.length, b.length)
  for (let i = 0; i < n; i++) {
    const order = compareCells(a[i]!, b[i]!)
    if (order !== 0) return order
  }
  return a.length - b.length
}

/** Equal cells have equal keys, within one type: for maps from cells. −0 and 0 share a key. */
export function cellKey(cell: Cell): string {
  if (cell === null) return '~'
  if (typeof cell === 'string') return `s${cell.length}:${cell}`
  if (cell instanceof Uint8Array) return `b${Buffer.from(cell).toString('hex')}`
  if (Array.isArray(cell)) return `[${cell.map(cellKey).join(',')}]`
  return String(cell)
}

/** The kinds with an order and an equality: all but json, whose text has many spellings of one value, and list. */
export function isComparable(type: ColumnType): boolean {
  return type.kind !== 'json' && type.kind !== 'list'
}
