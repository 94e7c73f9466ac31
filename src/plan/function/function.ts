/** What a function of the language is: one definition that every engine implements and every engine's tests run. */
import type { ColumnType } from '../../schema/type.ts'
import type { Expression } from '../expression.ts'

/** Constants of a call that are part of the plan rather than values of a row. Each function names those it reads. */
export interface FunctionOptions {
  /** decDiv, round: digits after the point. */
  readonly scale?: number
  /** truncate, diff. */
  readonly unit?: TimeUnit
  /** extract. */
  readonly part?: TimePart
  /** dateAdd: microseconds. */
  readonly micros?: number
  /** regexpMatch, regexpExtract: a pattern of the portable subset. */
  readonly pattern?: string
  /** regexpExtract: the capture group, 0 = the whole match. */
  readonly group?: number
  /** cast, tryCast: the target type; its `nullable` is ignored. */
  readonly to?: ColumnType
  /** jsonGet: object keys and array indices from the root. */
  readonly path?: readonly (string | number)[]
}

/** Units of `truncate`; `diff` takes those of fixed length, microsecond to week. Weeks begin on Monday. */
export type TimeUnit =
  | 'microsecond'
  | 'millisecond'
  | 'second'
  | 'minute'
  | 'hour'
  | 'day'
  | 'week'
  | 'month'
  | 'quarter'
  | 'year'

/** Parts of `extract`, all int32, UTC. dayOfWeek: Monday 1 to Sunday 7. week: ISO 8601. */
export type TimePart =
  | 'year'
  | 'quarter'
  | 'month'
  | 'week'
  | 'day'
  | 'dayOfWeek'
  | 'dayOfYear'
  | 'hour'
  | 'minute'
  | 'second'
  | 'millisecond'
  | 'microsecond'

export interface FunctionSpec {
  /** What it gives, and where it gives null or fails, in a sentence or two. */
  readonly doc: string
  /**
   * The result type for argument types and options. Throws TYPE_MISMATCH, INVALID_ARGUMENT or INVALID_PATTERN.
   * `args` is there for the functions that need a literal in some place.
   */
  resolve(types: readonly ColumnType[], options: FunctionOptions, args: readonly Expression[]): ColumnType
}
