/**
 * Vectors: what a kernel gives. Either a column, or *lanes*: exact numbers (int32, int64, decimal, date, timestamp) as
 * doubles, which are exact up to 2^53 and several times as fast as 64-bit integers in JavaScript. A kernel that meets a
 * value beyond that gives up, and the generic kernel computes the batch again in bigints.
 */
import { type Cell, cellAt } from '../../../schema/cell.ts'
import { type Column, type Form, formOf, lengthOf } from '../../../schema/column.ts'
import { sliceColumn } from '../../../schema/take.ts'
import type { ColumnType } from '../../../schema/type.ts'
import { roomForLanes } from './scratch.ts'

/**
 * Whole numbers (a decimal's digits without the point) within ±2^53. What stands at a null is unspecified. The values are
 * scratch: they hold until the end of the work that they are part of, and never leave it.
 */
export interface Lanes {
  readonly form: 'lanes'
  readonly values: Float64Array
  readonly valid?: Uint8Array
}

/** May hold more rows than asked for: constants are shared by frames of all lengths. */
export type Vector = Column | Lanes

/** Above this a double is not the only integer near it. */
export const SAFE = Number.MAX_SAFE_INTEGER

const LITTLE = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1
/** Where the low half of a 64-bit word lies. */
export const LOW = LITTLE ? 0 : 1
export const HIGH = 1 - LOW
export const TWO_32 = 2 ** 32
/** The high half of a safe integer lies within ±2^21. */
export const SAFE_HIGH = 2 ** 21

/** The `valid` property of a vector or column: left out where all rows are present. */
export const nulls = (valid: Uint8Array | undefined): { valid?: Uint8Array } =>
  valid === undefined ? {} : { valid }

/** 64-bit words as pairs of 32, because reading a BigInt64Array element may allocate. */
export const halvesOf = (values: BigInt64Array): Int32Array =>
  new Int32Array(values.buffer, values.byteOffset, values.length * 2)

/** The first n rows of an exact vector as doubles; undefined if one of them is beyond ±2^53. */
export function lanesOf(vector: Vector, n: number): Float64Array | undefined {
  switch (vector.form) {
    case 'lanes':
      return vector.values
    case 'int32':
      return lanesOf32(vector.values, n)
    case 'bits':
      return Float64Array.from(vector.values.subarray(0, n))
    case 'int64':
      return lanesOf64(halvesOf(vector.values), n)
    case 'int128':
      return lanesOf128(halvesOf(vector.values), n)
    default:
      throw new Error(`A ${vector.form} column has no lanes`)
  }
}

function lanesOf32(values: Int32Array, n: number): Float64Array {
  const lanes = roomForLanes(n)
  for (let i = 0; i < n; i++) lanes[i] = values[i]!
  return lanes
}

function lanesOf64(halves: Int32Array, n: number): Float64Array | undefined {
  const lanes = roomForLanes(n)
  for (let i = 0; i < n; i++) {
    const high = halves[2 * i + HIGH]!
    if (high >= SAFE_HIGH || high < -SAFE_HIGH) return undefined
    lanes[i] = high * TWO_32 + (halves[2 * i + LOW]! >>> 0)
  }
  return lanes
}

function lanesOf128(halves: Int32Array, n: number): Float64Array | undefined {
  const lanes = roomForLanes(n)
  for (let i = 0; i < n; i++) {
    const high = halves[4 * i + HIGH]!
    const sign = high >> 31
    if (halves[4 * i + 2] !== sign || halves[4 * i + 3] !== sign) return undefined
    if (high >= SAFE_HIGH || high < -SAFE_HIGH) return undefined
    lanes[i] = high * TWO_32 + (halves[4 * i + LOW]! >>> 0)
  }
  return lanes
}

/** The lanes of some rows of a column, gathered on the way; undefined where it has none, or they have to be looked at. */
export function lanesAt(column: Column, rows: Int32Array): Lanes | undefined {
  if (column.valid !== undefined) return undefined
  const values =
    column.form === 'int32'
      ? lanesAt32(column.values, rows)
      : column.form === 'int64'
        ? lanesAt64(halvesOf(column.values), rows)
        : undefined
  return values && { form: 'lanes', values }
}

function lanesAt32(values: Int32Array, rows: Int32Array): Float64Array {
  const lanes = roomForLanes(rows.length)
  for (let i = 0; i < rows.length; i++) lanes[i] = values[rows[i]!]!
  return lanes
}

function lanesAt64(halves: Int32Array, rows: Int32Array): Float64Array | undefined {
  const lanes = roomForLanes(rows.length)
  for (let i = 0; i < rows.length; i++) {
    const at = 2 * rows[i]!
    const high = halves[at + HIGH]!
    if (high >= SAFE_HIGH || high < -SAFE_HIGH) return undefined
    lanes[i] = high * TWO_32 + (halves[at + LOW]! >>> 0)
  }
  return lanes
}

/** The vector as a column of its type with exactly n rows. */
export function columnOfVector(vector: Vector, type: ColumnType, n: number): Column {
  if (vector.form !== 'lanes') return lengthOf(vector) === n ? vector : sliceColumn(vector, 0, n)
  const valid = nulls(vector.valid?.length === n ? vector.valid : vector.valid?.subarray(0, n))
  const form = formOf(type)
  if (form === 'int64') return { form, values: pack64(vector.values, n), ...valid }
  if (form === 'int128') return { form, values: pack128(vector.values, n), ...valid }
  if (form === 'int32') return { form, values: pack32(vector.values, n), ...valid }
  throw new Error(`Lanes cannot be a ${form} column`)
}

function pack32(lanes: Float64Array, n: number): Int32Array {
  const values = new Int32Array(n)
  for (let i = 0; i < n; i++) values[i] = lanes[i]!
  return values
}

export function pack64(lanes: Float64Array, n: number): BigInt64Array {
  const halves = new Int32Array(2 * n)
  for (let i = 0; i < n; i++) {
    const value = lanes[i]!
    halves[2 * i + LOW] = value
    halves[2 * i + HIGH] = Math.floor(value / TWO_32)
  }
  return new BigInt64Array(halves.buffer)
}

function pack128(lanes: Float64Array, n: number): BigInt64Array {
  const halves = new Int32Array(4 * n)
  for (let i = 0; i < n; i++) {
    const value = lanes[i]!
    const high = Math.floor(value / TWO_32)
    halves[4 * i + LOW] = value
    halves[4 * i + HIGH] = high
    halves[4 * i + 2] = high >> 31
    halves[4 * i + 3] = high >> 31
  }
  return new BigInt64Array(halves.buffer)
}

const BIG_FORMS: readonly Form[] = ['int64', 'int128']

/** One row of a vector as a cell of its type. */
export function cellOf(vector: Vector, type: ColumnType, row: number): Cell {
  if (vector.form !== 'lanes') return cellAt(vector, row)
  if (vector.valid !== undefined && vector.valid[row] === 0) return null
  const value = vector.values[row]!
  return BIG_FORMS.includes(formOf(type)) ? BigInt(value) : value
}

/** The rows that are present in both; undefined = all n. */
export function bothValid(
  a: Uint8Array | undefined,
  b: Uint8Array | undefined,
  n: number,
): Uint8Array | undefined {
  if (a === undefined) return b
  if (b === undefined) return a
  const valid = new Uint8Array(n)
  for (let i = 0; i < n; i++) valid[i] = a[i]! & b[i]!
  return valid
}
