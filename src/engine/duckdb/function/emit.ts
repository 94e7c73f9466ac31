/** What the emitters share: their shape, literals, and casts that change no value. */

import { constant } from '../../../duckdb/constant.ts'
import { sqlType } from '../../../duckdb/types.ts'
import type { Call, Expression, Literal } from '../../../plan/expression.ts'
import { commonOrMismatch } from '../../../plan/function/signature.ts'
import type { Cell } from '../../../schema/cell.ts'
import { type ColumnType, sameType } from '../../../schema/type.ts'

/** A function in JavaScript, for what DuckDB has no function that gives the same answer. No argument is null. */
export interface Native {
  /** The same key is the same function. */
  readonly key: string
  readonly args: readonly ColumnType[]
  readonly result: ColumnType
  readonly apply: (...cells: Cell[]) => Cell
}

export interface Emitter {
  /** SQL of an expression, complete in itself: a name, a call, or in parentheses. */
  sql(expression: Expression): string
  /** The name under which SQL calls a function in JavaScript. */
  native(fn: Native): string
}

/** SQL of a call of one function. */
export type Emit = (call: Call, emitter: Emitter) => string

/** The function applied to SQL of its arguments, for those that need no more. */
export const plain =
  (write: (...args: string[]) => string): Emit =>
  (call, emitter) =>
    write(...call.args.map(arg => emitter.sql(arg)))

export const cast = (sql: string, type: ColumnType): string => `CAST(${sql} AS ${sqlType(type)})`

/** SQL of a value in a type that holds all values of its own. A cast to the same type is left out. */
export function widened(sql: string, from: ColumnType, to: ColumnType): string {
  return from.kind !== 'decimal' && sqlType(from) === sqlType(to)
    ? sql
    : sameType(from, to)
      ? sql
      : cast(sql, to)
}

/** All arguments in their common type. */
export function common(call: Call, emitter: Emitter): string[] {
  const type = commonOrMismatch(
    call.fn,
    call.args.map(arg => arg.type),
  )
  return call.args.map(arg => widened(emitter.sql(arg), arg.type, type))
}

/**
 * SQL of an exact or float64 number as the nearest double. DuckDB divides a decimal's digits by a power of ten, which is
 * right while both are exact doubles; longer ones go through text, which is rounded once.
 */
export function double(sql: string, type: ColumnType): string {
  if (type.kind === 'float64') return sql
  const exact = type.kind !== 'decimal' || type.precision! <= 15
  return exact ? `CAST(${sql} AS DOUBLE)` : `CAST(CAST(${sql} AS VARCHAR) AS DOUBLE)`
}

/** Null where a double is not finite. */
export const finite = (sql: string): string => `CASE WHEN isfinite(${sql}) THEN ${sql} END`

/** A power of ten as a double literal. */
export const power10 = (exponent: number): string => `CAST('1e${exponent}' AS DOUBLE)`

/** SQL of a constant with its type, so that DuckDB never picks one. */
export function literal({ value, type }: Literal): string {
  return constant(value, type)
}
