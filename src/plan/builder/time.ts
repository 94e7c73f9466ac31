/** Timestamps and dates, always UTC, years 0001 to 9999. */

import { type Offset, offsetMicros } from '../duration.ts'
import type { FunctionOptions } from '../function/catalogue.ts'
import type { TimePart, TimeUnit } from '../function/function.ts'
import { ComparableExpr } from './expr.ts'
import type { ExprOf, NullOf, NullsIn, Operand, Time } from './expression-types.ts'

/** Units that always have the same length. */
type FixedUnit = Exclude<TimeUnit, 'month' | 'quarter' | 'year'>

/** A timestamp or a date. Literals beside it are ISO 8601 texts; a timestamp also takes a `Date` or an `Instant`. */
export class TimeExpr<K extends Time, J> extends ComparableExpr<K, J> {
  /** The start of the unit that holds it. Weeks begin on Monday. */
  truncate(unit: TimeUnit): ExprOf<K, J> {
    return this.apply('truncate', [], { unit })
  }
  /** A part as int32: dayOfWeek is Monday 1 to Sunday 7, week is ISO 8601. */
  extract(part: TimePart): ExprOf<'int32', number | NullOf<J>> {
    return this.apply('extract', [], { part })
  }
  /** Moved by a duration, such as '90 minutes' or '-1 day'; a date by whole days. */
  add(duration: Offset): ExprOf<K, J> {
    const options: FunctionOptions = { micros: offsetMicros(duration) }
    return this.apply('dateAdd', [], options)
  }
  /** Whole units from the other to this, truncated toward zero. */
  diff<const B extends Operand<K, J>>(
    other: B,
    unit: FixedUnit,
  ): ExprOf<'int64', bigint | NullOf<J> | NullsIn<B>> {
    return this.apply('diff', [other], { unit })
  }
}
