/** Columns out: the chunks of a DuckDB result as batches, by copying the memory of its vectors. */
import '../binding.ts'
import duckdb, { type DataChunk, type Vector } from '@duckdb/node-bindings'
import type { Batch } from '../../schema/batch.ts'
import { type Column, formOf } from '../../schema/column.ts'
import { take } from '../../schema/take.ts'
import type { ColumnType, Schema } from '../../schema/type.ts'
import { widthOf } from '../types.ts'
import { TextReader } from './text.ts'

/** Reads chunks whose columns have, in order, the types `duckdbType` gives for those of the schema. */
export class ChunkReader {
  readonly #schema: Schema
  readonly #columns: readonly VectorReader[]

  constructor(schema: Schema) {
    this.#schema = schema
    this.#columns = Object.values(schema).map(type => new VectorReader(type))
  }

  read(chunk: DataChunk): Batch {
    const length = duckdb.data_chunk_get_size(chunk)
    const columns = this.#columns.map((reader, c) =>
      reader.read(duckdb.data_chunk_get_vector(chunk, c), length),
    )
    return { schema: this.#schema, length, columns }
  }

  /** Called between batches, so that dictionaries stay bounded. */
  renew(): void {
    for (const column of this.#columns) column.renew()
  }
}

/** Reads vectors of one type. */
class VectorReader {
  readonly #type: ColumnType
  readonly #text: TextReader | undefined
  readonly #element: VectorReader | undefined

  constructor(type: ColumnType) {
    const form = formOf(type)
    this.#type = type
    this.#text = form === 'text' || form === 'binary' ? new TextReader(type) : undefined
    this.#element = form === 'list' ? new VectorReader(type.element!) : undefined
  }

  renew(): void {
    this.#text?.renew()
    this.#element?.renew()
  }

  read(vector: Vector, rows: number): Column {
    const valid = readValidity(vector, rows)
    const values = this.#values(vector, rows, valid)
    return valid === undefined ? values : { ...values, valid }
  }

  #values(vector: Vector, rows: number, valid: Uint8Array | undefined): Column {
    if (rows === 0) return this.#cast(new Uint8Array(0), vector, 0, valid)
    const data = duckdb.vector_get_data(vector, rows * widthOf(this.#type))
    return this.#cast(data, vector, rows, valid)
  }

  #cast(data: Uint8Array, vector: Vector, rows: number, valid: Uint8Array | undefined): Column {
    const form = formOf(this.#type)
    switch (form) {
      case 'bits':
        return { form, values: data }
      case 'int32':
        return { form, values: new Int32Array(data.buffer, data.byteOffset, rows) }
      case 'float':
        return { form, values: new Float64Array(data.buffer, data.byteOffset, rows) }
      case 'int64':
        return { form, values: readInt64(data, rows, widthOf(this.#type)) }
      case 'int128':
        return { form, values: new BigInt64Array(data.buffer, data.byteOffset, rows * 2) }
      case 'text': {
        const values = this.#text!.read(data, rows, valid)
        return { form, values, dictionary: this.#text!.dictionary as readonly string[] }
      }
      case 'binary': {
        const values = this.#text!.read(data, rows, valid)
        return { form, values, dictionary: this.#text!.dictionary as readonly Uint8Array[] }
      }
      case 'list':
        return { form, ...readLists(vector, data, rows, valid, this.#element!) }
    }
  }
}

/** Validity bits as bytes; absent where the vector has no nulls. */
function readValidity(vector: Vector, rows: number): Uint8Array | undefined {
  const bits = duckdb.vector_get_validity(vector, Math.ceil(rows / 64) * 8) as Uint8Array | null
  if (bits === null) return undefined
  const valid = new Uint8Array(rows)
  let present = 0
  for (let row = 0; row < rows; row++) {
    const bit = (bits[row >> 3]! >> (row & 7)) & 1
    valid[row] = bit
    present += bit
  }
  return present === rows ? undefined : valid
}

/** Decimals of few digits are stored in 2 or 4 bytes; the column's words are sign-extended from them. */
function readInt64(data: Uint8Array, rows: number, width: number): BigInt64Array {
  if (width === 8) return new BigInt64Array(data.buffer, data.byteOffset, rows)
  const narrow =
    width === 2
      ? new Int16Array(data.buffer, data.byteOffset, rows)
      : new Int32Array(data.buffer, data.byteOffset, rows)
  const words = new Int32Array(rows * 2)
  for (let row = 0; row < rows; row++) {
    const value = narrow[row]!
    words[row * 2] = value
    words[row * 2 + 1] = value >> 31
  }
  return new BigInt64Array(words.buffer)
}

/** A list vector holds an offset and a length a row into a child that may be in another order, or hold more. */
function readLists(
  vector: Vector,
  data: Uint8Array,
  rows: number,
  valid: Uint8Array | undefined,
  element: VectorReader,
): { values: Int32Array; child: Column } {
  const words = new Uint32Array(data.buffer, data.byteOffset, rows * 4)
  const size = rows === 0 ? 0 : duckdb.list_vector_get_size(vector)
  const child = element.read(duckdb.list_vector_get_child(vector), size)
  const values = new Int32Array(rows + 1)
  let dense = true
  for (let row = 0; row < rows; row++) {
    const length = valid !== undefined && valid[row] === 0 ? 0 : words[row * 4 + 2]!
    dense &&= length === 0 || words[row * 4] === values[row]
    values[row + 1] = values[row]! + length
  }
  if (dense) return { values, child }
  const elements = new Int32Array(values[rows]!)
  for (let row = 0; row < rows; row++) {
    const first = words[row * 4]!
    for (let at = values[row]!; at < values[row + 1]!; at++) elements[at] = first + at - values[row]!
  }
  const gathered = take({ schema: {}, length: size, columns: [child] }, elements)
  return { values, child: gathered.columns[0]! }
}
