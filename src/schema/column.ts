/**
 * Columns: the physical form of a logical type. There is exactly one form a type, so that an engine needs one loop:
 *
 * | types                                | form     | values                                                        |
 * |--------------------------------------|----------|---------------------------------------------------------------|
 * | bool                                 | `bits`   | Uint8Array, 0 or 1                                            |
 * | int32, date (days since 1970)        | `int32`  | Int32Array                                                    |
 * | int64, timestamp (µs), decimal ≤ 18  | `int64`  | BigInt64Array (decimal: unscaled)                             |
 * | decimal > 18                         | `int128` | BigInt64Array, two words a row: low (unsigned), high (signed) |
 * | float64                              | `float`  | Float64Array                                                  |
 * | string, json, uuid, enum             | `text`   | Int32Array of codes into `dictionary: string[]`               |
 * | bytes                                | `binary` | Int32Array of codes into `dictionary: Uint8Array[]`           |
 * | list                                 | `list`   | Int32Array of length + 1 offsets into `child`                 |
 *
 * `valid` has one byte a row, 1 = present, 0 = null; absent = no nulls. What stands in `values` at a null is unspecified,
 * but for text and binary it is a code within the dictionary or −1.
 * A dictionary may be shared by batches and only ever grows; its strings may repeat and some may be unused. Its array's
 * identity is what an engine caches by.
 */
import type { ColumnType } from './type.ts'

interface Nullable {
  readonly valid?: Uint8Array
}
export interface BitsColumn extends Nullable {
  readonly form: 'bits'
  readonly values: Uint8Array
}
export interface Int32Column extends Nullable {
  readonly form: 'int32'
  readonly values: Int32Array
}
export interface Int64Column extends Nullable {
  readonly form: 'int64'
  readonly values: BigInt64Array
}
export interface Int128Column extends Nullable {
  readonly form: 'int128'
  /** Words 2i (low, unsigned) and 2i + 1 (high, signed) are row i. */
  readonly values: BigInt64Array
}
export interface FloatColumn extends Nullable {
  readonly form: 'float'
  readonly values: Float64Array
}
export interface TextColumn extends Nullable {
  readonly form: 'text'
  readonly values: Int32Array
  readonly dictionary: readonly string[]
}
export interface BinaryColumn extends Nullable {
  readonly form: 'binary'
  readonly values: Int32Array
  readonly dictionary: readonly Uint8Array[]
}
export interface ListColumn extends Nullable {
  readonly form: 'list'
  /** Row i holds child rows `values[i]` up to, not including, `values[i + 1]`. */
  readonly values: Int32Array
  readonly child: Column
}

export type Column =
  | BitsColumn
  | Int32Column
  | Int64Column
  | Int128Column
  | FloatColumn
  | TextColumn
  | BinaryColumn
  | ListColumn

export type Form = Column['form']

/** The one physical form of a logical type. */
export function formOf(type: ColumnType): Form {
  switch (type.kind) {
    case 'bool':
      return 'bits'
    case 'int32':
    case 'date':
      return 'int32'
    case 'int64':
    case 'timestamp':
      return 'int64'
    case 'decimal':
      return type.precision! <= 18 ? 'int64' : 'int128'
    case 'float64':
      return 'float'
    case 'string':
    case 'json':
    case 'uuid':
    case 'enum':
      return 'text'
    case 'bytes':
      return 'binary'
    case 'list':
      return 'list'
  }
}

/** Rows in a column of any form. */
export function lengthOf(column: Column): number {
  switch (column.form) {
    case 'int128':
      return column.values.length / 2
    case 'list':
      return column.values.length - 1
    default:
      return column.values.length
  }
}

const TWO_64 = 1n << 64n

/** The signed 128-bit integer of two words. */
export function readInt128(values: BigInt64Array, row: number): bigint {
  return (values[2 * row + 1]! << 64n) + BigInt.asUintN(64, values[2 * row]!)
}

/** Stores a signed 128-bit integer as two words. */
export function writeInt128(values: BigInt64Array, row: number, value: bigint): void {
  values[2 * row] = BigInt.asIntN(64, value)
  values[2 * row + 1] = BigInt.asIntN(64, (value - BigInt.asUintN(64, value)) / TWO_64)
}
