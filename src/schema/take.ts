/** Parts of batches: a range of rows, chosen rows, several batches as one. None of them makes an object a row. */
import type { Batch } from './batch.ts'
import { type Column, type ListColumn, lengthOf } from './column.ts'

/** Rows `from` (inclusive) to `to` (exclusive). Shares the values of the batch. */
export function slice(batch: Batch, from: number, to: number): Batch {
  if (from === 0 && to === batch.length) return batch
  const part = {
    schema: batch.schema,
    length: to - from,
    columns: batch.columns.map(c => sliceColumn(c, from, to)),
  }
  return batch.weights === undefined ? part : { ...part, weights: batch.weights.subarray(from, to) }
}

/** Rows `from` (inclusive) to `to` (exclusive) of a column. */
export function sliceColumn(column: Column, from: number, to: number): Column {
  const valid = column.valid === undefined ? {} : { valid: column.valid.subarray(from, to) }
  switch (column.form) {
    case 'int128':
      return { ...column, ...valid, values: column.values.subarray(2 * from, 2 * to) }
    case 'list': {
      // Offsets begin anywhere in the child, so the child needs no cut.
      return { ...column, ...valid, values: column.values.subarray(from, to + 1) }
    }
    default:
      return { ...column, ...valid, values: column.values.subarray(from, to) } as Column
  }
}

/** The rows at `rows`, in that order; a row may be taken more than once. */
export function take(batch: Batch, rows: Int32Array): Batch {
  const columns = batch.columns.map(column => takeColumn(column, rows))
  const taken = { schema: batch.schema, length: rows.length, columns }
  return batch.weights === undefined ? taken : { ...taken, weights: gather(batch.weights, rows) }
}

/** The rows of a column at `rows`. */
export function takeColumn(column: Column, rows: Int32Array): Column {
  const valid = column.valid === undefined ? {} : { valid: gather(column.valid, rows) }
  switch (column.form) {
    case 'bits':
      return { form: column.form, values: gather(column.values, rows), ...valid }
    case 'int32':
      return { form: column.form, values: gather(column.values, rows), ...valid }
    case 'float':
      return { form: column.form, values: gather(column.values, rows), ...valid }
    case 'int64':
      return { form: column.form, values: gather64(column.values, rows, 1), ...valid }
    case 'int128':
      return { form: column.form, values: gather64(column.values, rows, 2), ...valid }
    case 'text':
      return {
        form: column.form,
        values: gather(column.values, rows),
        dictionary: column.dictionary,
        ...valid,
      }
    case 'binary':
      return {
        form: column.form,
        values: gather(column.values, rows),
        dictionary: column.dictionary,
        ...valid,
      }
    case 'list':
      return { form: column.form, ...takeLists(column.values, column.child, rows), ...valid }
  }
}

function gather<V extends Uint8Array | Int32Array | Float64Array>(values: V, rows: Int32Array): V {
  const out = new (values.constructor as new (n: number) => V)(rows.length)
  for (let i = 0; i < rows.length; i++) out[i] = values[rows[i]!]!
  return out
}

/** Moves 64-bit words as pairs of 32, because reading a BigInt64Array element allocates. */
function gather64(values: BigInt64Array, rows: Int32Array, words: 1 | 2): BigInt64Array {
  const from = new Int32Array(values.buffer, values.byteOffset, values.length * 2)
  const out = new Int32Array(rows.length * words * 2)
  const width = words * 2
  for (let i = 0; i < rows.length; i++) {
    const at = rows[i]! * width
    for (let w = 0; w < width; w++) out[i * width + w] = from[at + w]!
  }
  return new BigInt64Array(out.buffer)
}

function takeLists(offsets: Int32Array, child: Column, rows: Int32Array) {
  const values = new Int32Array(rows.length + 1)
  for (let i = 0; i < rows.length; i++) {
    values[i + 1] = values[i]! + offsets[rows[i]! + 1]! - offsets[rows[i]!]!
  }
  const elements = new Int32Array(values[rows.length]!)
  for (let i = 0; i < rows.length; i++) {
    const first = offsets[rows[i]!]!
    for (let at = values[i]!; at < values[i + 1]!; at++) elements[at] = first + at - values[i]!
  }
  return { values, child: takeColumn(child, elements) }
}

/** Batches of one schema as one batch. At least one is needed. */
export function concat(batches: readonly Batch[]): Batch {
  const [first] = batches
  if (first === undefined) throw new Error('concat needs at least one batch')
  if (batches.length === 1) return first
  const columns = first.columns.map((_, c) => concatColumns(batches.map(batch => batch.columns[c]!)))
  const length = batches.reduce((sum, batch) => sum + batch.length, 0)
  const whole = { schema: first.schema, length, columns }
  if (batches.every(batch => batch.weights === undefined)) return whole
  const weights = batches.map(batch => batch.weights ?? new Int32Array(batch.length).fill(1))
  return { ...whole, weights: joined(weights, Int32Array) }
}

function concatColumns(parts: readonly Column[]): Column {
  const values = concatValues(parts)
  if (parts.every(part => part.valid === undefined)) return values
  const valid = parts.map(part => part.valid ?? new Uint8Array(lengthOf(part)).fill(1))
  return { ...values, valid: joined(valid, Uint8Array) }
}

function concatValues(parts: readonly Column[]): Column {
  const form = parts[0]!.form
  switch (form) {
    case 'bits':
      return { form, values: joined(valuesOf<Uint8Array>(parts), Uint8Array) }
    case 'int32':
      return { form, values: joined(valuesOf<Int32Array>(parts), Int32Array) }
    case 'float':
      return { form, values: joined(valuesOf<Float64Array>(parts), Float64Array) }
    case 'int64':
    case 'int128':
      return { form, values: joined(valuesOf<BigInt64Array>(parts), BigInt64Array) }
    case 'text':
      return { form, ...concatCodes<string>(parts) }
    case 'binary':
      return { form, ...concatCodes<Uint8Array>(parts) }
    case 'list':
      return { form, ...concatLists(parts) }
  }
}

/** All parts of a column have one form, which is that of its type. */
function valuesOf<V>(parts: readonly Column[]): V[] {
  return parts.map(part => part.values as V)
}

function joined<V extends Uint8Array | Int32Array | Float64Array | BigInt64Array>(
  parts: readonly V[],
  make: new (n: number) => V,
): V {
  const out = new make(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part as never, at)
    at += part.length
  }
  return out
}

/** Keeps a shared dictionary; of different ones only the entries in use, so that repeated joining cannot grow without end. */
function concatCodes<T>(parts: readonly Column[]): { values: Int32Array; dictionary: readonly T[] } {
  const coded = parts as unknown as readonly { values: Int32Array; dictionary: readonly T[] }[]
  const shared = coded[0]!.dictionary
  const values = joined(
    coded.map(part => part.values),
    Int32Array,
  )
  if (coded.every(part => part.dictionary === shared)) return { values, dictionary: shared }
  const dictionary: T[] = []
  let at = 0
  for (const part of coded) {
    const moved = new Int32Array(part.dictionary.length).fill(-1)
    for (let end = at + part.values.length; at < end; at++) {
      const code = values[at]!
      if (code < 0) continue
      if (moved[code] === -1) moved[code] = dictionary.push(part.dictionary[code]!) - 1
      values[at] = moved[code]!
    }
  }
  return { values, dictionary }
}

function concatLists(parts: readonly Column[]): { values: Int32Array; child: Column } {
  const lists = parts as readonly ListColumn[]
  const values = new Int32Array(lists.reduce((sum, list) => sum + list.values.length - 1, 1))
  let at = 0
  for (const list of lists) {
    for (let i = 1; i < list.values.length; i++, at++) {
      values[at + 1] = values[at]! + list.values[i]! - list.values[i - 1]!
    }
  }
  const children = lists.map(({ values: offsets, child }) =>
    sliceColumn(child, offsets[0]!, offsets[offsets.length - 1]!),
  )
  return { values, child: concatColumns(children) }
}
