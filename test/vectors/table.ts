/**
 * Function vectors: what each function of the language gives for given arguments, as data. Every engine is held to them
 * (test/vectors.test.ts), and the reference page of functions shows them.
 *
 * Values are written as a person would: decimals, dates, timestamps and uuids as text, bytes as hex, int64 as a number
 * or, beyond 2^53, a bigint.
 */
import type { ErrorCode } from '../../src/errors.ts'
import type { FunctionName } from '../../src/plan/function/catalogue.ts'
import type { FunctionOptions } from '../../src/plan/function/function.ts'
import type { Cell } from '../../src/schema/cell.ts'
import { Refusal } from '../../src/schema/refusal.ts'
import { cellOfText } from '../../src/schema/text/value-text.ts'
import type { ColumnType } from '../../src/schema/type.ts'
import type { Aggregate } from '../../src/seam/aggregate.ts'

export type Value = null | boolean | number | bigint | string | readonly Value[]

/** In place of a result: the run fails. */
export interface Failure {
  readonly fails: ErrorCode
}

export const fails = (code: ErrorCode): Failure => ({ fails: code })

export const isFailure = (value: Value | Failure): value is Failure =>
  typeof value === 'object' && value !== null && 'fails' in value

/** Places of arguments that must be constants. */
export const CONSTANTS: Partial<Record<FunctionName, readonly number[]>> = {
  substring: [1, 2],
  splitPart: [1, 2],
}

/** Arguments, then the result. */
export type Vector = readonly [...Value[], Value | Failure]

/** The vectors of a function for some argument types. */
export interface Vectors {
  readonly of: readonly ColumnType[]
  readonly options: FunctionOptions
  readonly rows: readonly Vector[]
}

/** Vectors for some argument types; a null among the arguments makes that one nullable. */
export const on = (of: readonly ColumnType[], ...rows: Vector[]): Vectors => ({ of, options: {}, rows })

export const onWith = (of: readonly ColumnType[], options: FunctionOptions, ...rows: Vector[]): Vectors => ({
  of,
  options,
  rows,
})

/** The rows of a group, each with its arguments, and the result. */
export type Group = readonly [rows: readonly (readonly Value[])[], result: Value | Failure]

/** The vectors of an aggregate. */
export interface AggregateVectors {
  readonly of: readonly ColumnType[]
  readonly quantile?: number
  /** custom: the fold, and the type that it declares. */
  readonly custom?: { readonly fold: Aggregate<unknown, unknown, unknown>; readonly gives: ColumnType }
  readonly groups: readonly Group[]
}

/** Groups of an aggregate of one column: each a list of values and the result. */
export const over = (
  of: ColumnType,
  ...groups: (readonly [values: readonly Value[], result: Value | Failure])[]
): AggregateVectors => ({
  of: [of],
  groups: groups.map(([values, result]) => [values.map(value => [value]), result]),
})

/** Groups of an aggregate of two columns: each a list of pairs and the result. */
export const overPairs = (
  of: readonly [ColumnType, ColumnType],
  ...groups: (readonly [rows: readonly (readonly [Value, Value])[], result: Value | Failure])[]
): AggregateVectors => ({ of, groups })

/** The cell that a written value means. */
export function cellOf(type: ColumnType, value: Value): Cell {
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'object') return value.map(element => cellOf(type.element!, element))
  if (typeof value !== 'string') return type.kind === 'int64' ? BigInt(value) : (value as number)
  if (type.kind === 'bytes') return new Uint8Array(Buffer.from(value, 'hex'))
  const cell = cellOfText(type, value)
  if (cell instanceof Refusal) throw new Error(`The vector's value '${value}' ${cell.reason}`)
  return cell
}
