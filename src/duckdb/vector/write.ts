/** Columns in: batches into the vectors of DuckDB chunks, by copying memory. */
import '../binding.ts'
import duckdb, { type Vector } from '@duckdb/node-bindings'
import { HeadraceError } from '../../errors.ts'
import type { Column, ListColumn, TextColumn } from '../../schema/column.ts'
import type { ColumnType } from '../../schema/type.ts'
import { widthOf } from '../types.ts'
import { INLINE_BYTES } from './text.ts'

/** Writes rows `from` (inclusive) to `to` (exclusive) of a column to the beginning of a flat vector of its type. */
export function writeVector(
  vector: Vector,
  type: ColumnType,
  column: Column,
  from: number,
  to: number,
): void {
  if (column.valid !== undefined) writeValidity(vector, column.valid, from, to)
  switch (column.form) {
    case 'bits':
    case 'int32':
    case 'float':
      copy(vector, column.values.subarray(from, to))
      break
    case 'int128':
      copy(vector, column.values.subarray(2 * from, 2 * to))
      break
    case 'int64':
      copy(vector, narrowed(column.values.subarray(from, to), widthOf(type)))
      break
    case 'text':
      copy(vector, textWords(vector, column, from, to))
      break
    case 'binary':
      writeBinary(vector, column.values, column.dictionary, from, to)
      break
    case 'list':
      writeLists(vector, type, column, from, to)
  }
}

function copy(vector: Vector, values: ArrayBufferView): void {
  duckdb.copy_data_to_vector(vector, 0, values.buffer as ArrayBuffer, values.byteOffset, values.byteLength)
}

function writeValidity(vector: Vector, valid: Uint8Array, from: number, to: number): void {
  const bits = new Uint8Array(Math.ceil((to - from) / 64) * 8)
  for (let row = from; row < to; row++) bits[(row - from) >> 3]! |= valid[row]! << ((row - from) & 7)
  duckdb.vector_ensure_validity_writable(vector)
  duckdb.copy_data_to_vector_validity(vector, 0, bits.buffer, 0, bits.byteLength)
}

/** DuckDB stores decimals of few digits in 2 or 4 bytes: the low ones of the word. */
function narrowed(values: BigInt64Array, width: number): ArrayBufferView {
  if (width === 8) return values
  const words = new Int32Array(values.buffer, values.byteOffset, values.length * 2)
  const narrow = width === 2 ? new Int16Array(values.length) : new Int32Array(values.length)
  for (let row = 0; row < values.length; row++) narrow[row] = words[row * 2]!
  return narrow
}

/** The 16 bytes of each short string of a dictionary, and where the long ones are. */
interface Images {
  words: Int32Array
  /** Entries done so far: a dictionary may have grown since. */
  count: number
}

const imagesOf = new WeakMap<readonly string[], Images>()
/** Stands in place of a length for a string too long to be held in a vector. */
const LONG = -1

function images(dictionary: readonly string[]): Int32Array {
  let known = imagesOf.get(dictionary)
  if (known === undefined) {
    known = { words: new Int32Array(dictionary.length * 4), count: 0 }
    imagesOf.set(dictionary, known)
  }
  if (known.count === dictionary.length) return known.words
  if (known.words.length < dictionary.length * 4) {
    const grown = new Int32Array(Math.max(dictionary.length * 4, known.words.length * 2))
    grown.set(known.words)
    known.words = grown
  }
  const bytes = Buffer.from(known.words.buffer)
  for (let code = known.count; code < dictionary.length; code++) {
    known.words[code * 4] = imageOf(dictionary[code]!, bytes, code * 16 + 4)
  }
  known.count = dictionary.length
  return known.words
}

/** Writes a short string's bytes; gives its length in bytes, or LONG. */
function imageOf(value: string, bytes: Buffer, at: number): number {
  if (value.length > INLINE_BYTES) return checkText(value, LONG)
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i)
    if (unit < 0x80) {
      bytes[at + i] = unit
      continue
    }
    bytes.fill(0, at, at + INLINE_BYTES)
    const length = Buffer.byteLength(value)
    if (length > INLINE_BYTES) return checkText(value, LONG)
    bytes.write(value, at, length)
    return checkText(value, length)
  }
  return value.length
}

function checkText(value: string, length: number): number {
  if (value.isWellFormed()) return length
  throw new HeadraceError(
    'ILL_FORMED_TEXT',
    `The string ${JSON.stringify(value)} has a lone surrogate, which no UTF-8 text can hold. Repair it with toWellFormed().`,
  )
}

/** The strings' 16 bytes, row by row. A long one is given to the vector once; its repeats share the pointer. */
function textWords(vector: Vector, column: TextColumn, from: number, to: number): Int32Array {
  const { values, dictionary, valid } = column
  const shorts = images(dictionary)
  const words = new Int32Array((to - from) * 4)
  let longs: number[] | undefined
  for (let row = from, out = 0; row < to; row++, out += 4) {
    const code = values[row]!
    if (code < 0 || (valid !== undefined && valid[row] === 0)) continue
    const at = code * 4
    if (shorts[at] === LONG) {
      longs ??= []
      longs.push(row)
      continue
    }
    words[out] = shorts[at]!
    words[out + 1] = shorts[at + 1]!
    words[out + 2] = shorts[at + 2]!
    words[out + 3] = shorts[at + 3]!
  }
  if (longs !== undefined) writeLongs(vector, column, longs, from, words)
  return words
}

function writeLongs(
  vector: Vector,
  column: TextColumn,
  rows: readonly number[],
  from: number,
  words: Int32Array,
): void {
  const firsts = new Map<number, number>()
  for (const row of rows) {
    const code = column.values[row]!
    if (firsts.has(code)) continue
    firsts.set(code, row - from)
    duckdb.vector_assign_string_element(vector, row - from, column.dictionary[code]!)
  }
  const data = duckdb.vector_get_data(vector, words.byteLength)
  const assigned = new Int32Array(data.buffer, data.byteOffset, words.length)
  for (const row of rows) {
    const first = firsts.get(column.values[row]!)! * 4
    for (let w = 0; w < 4; w++) words[(row - from) * 4 + w] = assigned[first + w]!
  }
}

function writeBinary(
  vector: Vector,
  values: Int32Array,
  dictionary: readonly Uint8Array[],
  from: number,
  to: number,
): void {
  for (let row = from; row < to; row++) {
    const code = values[row]!
    if (code >= 0) duckdb.vector_assign_string_element_len(vector, row - from, dictionary[code]!)
  }
}

function writeLists(vector: Vector, type: ColumnType, column: ListColumn, from: number, to: number): void {
  const { values, child } = column
  const first = values[from]!
  const size = values[to]! - first
  duckdb.list_vector_reserve(vector, size)
  duckdb.list_vector_set_size(vector, size)
  const entries = new Int32Array((to - from) * 4)
  for (let row = from; row < to; row++) {
    entries[(row - from) * 4] = values[row]! - first
    entries[(row - from) * 4 + 2] = values[row + 1]! - values[row]!
  }
  copy(vector, entries)
  if (size > 0) writeVector(duckdb.list_vector_get_child(vector), type.element!, child, first, first + size)
}
