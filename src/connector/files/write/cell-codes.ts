/** Numbers for the distinct cells of a column, so that rows can be grouped without an object a row. */
import { type Cell, cellAt, cellKey } from '../../../schema/cell.ts'
import { type BinaryColumn, type Column, lengthOf, type TextColumn } from '../../../schema/column.ts'

type Key = number | bigint | string

/** Numbers cells from 0 in the order in which they first come, over all batches of one column. */
export class CellCodes {
  /** By number. */
  readonly cells: Cell[] = []
  readonly #codes = new Map<Key | null, number>()
  /** The dictionary that came last, and of each of its entries the number plus one; 0 while it is not known. */
  #dictionary: readonly unknown[] = []
  #entries = new Int32Array(0)

  /** The number of each row's cell. */
  of(column: Column): Int32Array {
    if (column.form === 'text' || column.form === 'binary') return this.#ofEntries(column)
    const codes = new Int32Array(lengthOf(column))
    const keyAt = keysOf(column)
    let last: Key | null | undefined
    let code = -1
    for (let row = 0; row < codes.length; row++) {
      const key = column.valid !== undefined && column.valid[row] === 0 ? null : keyAt(row)
      if (key !== last) {
        code = this.#codeOf(key, column, row)
        last = key
      }
      codes[row] = code
    }
    return codes
  }

  /** Each entry of a dictionary is looked up once, however many rows have it. */
  #ofEntries(column: TextColumn | BinaryColumn): Int32Array {
    const { values, valid, dictionary } = column
    const codes = new Int32Array(values.length)
    const entries = this.#entriesOf(dictionary)
    for (let row = 0; row < codes.length; row++) {
      if (valid !== undefined && valid[row] === 0) {
        codes[row] = this.#codeOf(null, column, row)
        continue
      }
      const entry = values[row]!
      if (entries[entry] === 0) entries[entry] = this.#codeOf(cellKey(dictionary[entry]!), column, row) + 1
      codes[row] = entries[entry]! - 1
    }
    return codes
  }

  #entriesOf(dictionary: readonly unknown[]): Int32Array {
    const isKnown = this.#dictionary === dictionary
    if (isKnown && this.#entries.length >= dictionary.length) return this.#entries
    const entries = new Int32Array(dictionary.length)
    if (isKnown) entries.set(this.#entries)
    this.#dictionary = dictionary
    this.#entries = entries
    return entries
  }

  #codeOf(key: Key | null, column: Column, row: number): number {
    const known = this.#codes.get(key)
    if (known !== undefined) return known
    const code = this.cells.push(cellAt(column, row)) - 1
    this.#codes.set(key, code)
    return code
  }
}

/** 64-bit values whose high word is nearer to 0 than this are exact as numbers. */
const EXACT_HIGH = 2 ** 21
const TWO_32 = 2 ** 32

/** What a row's cell is found by; not for nulls. */
function keysOf(column: Column): (row: number) => Key {
  if (column.form === 'int32' || column.form === 'bits') {
    const { values } = column
    return row => values[row]!
  }
  if (column.form === 'int64') return wordKeys(column.values)
  return row => cellKey(cellAt(column, row))
}

/** Numbers as far as they are exact: reading a bigint allocates. */
export function wordKeys(values: BigInt64Array): (row: number) => number | bigint {
  const words = new Int32Array(values.buffer, values.byteOffset, values.length * 2)
  return row => {
    const high = words[2 * row + 1]!
    if (high >= EXACT_HIGH || high < -EXACT_HIGH) return values[row]!
    return high * TWO_32 + (words[2 * row]! >>> 0)
  }
}
