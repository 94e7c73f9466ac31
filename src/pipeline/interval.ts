/** Intervals as users write them. */
import { HeadraceError } from '../errors.ts'
import type { Instant } from '../schema/instant.ts'
import { MAX_INSTANT, MIN_INSTANT } from '../schema/instant.ts'
import { Refusal } from '../schema/refusal.ts'
import { textOfCell } from '../schema/text/value-text.ts'
import { t } from '../schema/type.ts'
import { cellOfValue } from '../schema/value.ts'
import type { Interval } from '../seam/site.ts'

/** A point in time: an instant, a `Date`, or ISO 8601 text, where a day means its first instant in UTC. */
export type Moment = Instant | Date | string

/** The slice of time that a run must (re)produce: from `from` (inclusive) to `to` (exclusive). An absent end is open. */
export interface IntervalOptions {
  readonly from?: Moment
  readonly to?: Moment
}

/** Throws INVALID_ARGUMENT for what is no moment, and for an interval of no time. */
export function intervalOf(what: string, { from, to }: IntervalOptions): Interval | undefined {
  if (from === undefined && to === undefined) return undefined
  const interval = {
    from: from === undefined ? MIN_INSTANT : microsOf(`${what}: from`, from),
    to: to === undefined ? MAX_INSTANT : microsOf(`${what}: to`, to),
  }
  if (interval.from < interval.to) return interval
  throw new HeadraceError(
    'INVALID_ARGUMENT',
    `${what}: from ${String(from)} is not before to ${String(to)}. An interval begins before it ends: [from, to).`,
  )
}

/** Its ends in ISO 8601; without those that are open. */
export function intervalTexts({ from, to }: Interval): { readonly from?: string; readonly to?: string } {
  return {
    ...(from === MIN_INSTANT ? {} : { from: textOfCell(t.timestamp(), from) }),
    ...(to === MAX_INSTANT ? {} : { to: textOfCell(t.timestamp(), to) }),
  }
}

/** A moment in µs. Throws INVALID_ARGUMENT, beginning with `what`. */
export function microsOf(what: string, moment: Moment): bigint {
  const text =
    typeof moment === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(moment) ? `${moment}T00:00:00Z` : moment
  const isNone = text instanceof Date && Number.isNaN(text.getTime())
  const cell = cellOfValue(t.timestamp(), text instanceof Date && !isNone ? text.toISOString() : text)
  if (!(cell instanceof Refusal)) return cell as bigint
  throw new HeadraceError(
    'INVALID_ARGUMENT',
    `${what} is ${isNone ? 'an Invalid Date' : JSON.stringify(moment)}. Write a day such as '2024-01-31', or an instant such as '2024-01-31T12:00:00Z'.`,
  )
}
