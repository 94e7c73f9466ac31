/** Dated paths: `logs/{yyyy}-{MM}-{dd}.csv`, one file or folder for each hour, day, month or year, in UTC. */
import { HeadraceError } from '../../../errors.ts'
import { MAX_INSTANT } from '../../../schema/instant.ts'
import type { Interval } from '../../../seam/site.ts'

/** How long the time is that one file or folder of a dated path holds. */
export type Unit = 'year' | 'month' | 'day' | 'hour'

/** What a placeholder stands for: its unit, its digits, and the least value. */
export interface Placeholder {
  readonly unit: Unit
  readonly digits: number
}

export const placeholders: Readonly<Record<string, Placeholder>> = {
  yyyy: { unit: 'year', digits: 4 },
  MM: { unit: 'month', digits: 2 },
  dd: { unit: 'day', digits: 2 },
  HH: { unit: 'hour', digits: 2 },
}

/** From the longest to the shortest. */
const UNITS: readonly Unit[] = ['year', 'month', 'day', 'hour']

/** What the placeholders of a path, or of its beginning, stand for. */
export type DateParts = { readonly [unit in Unit]?: number }

/** The parts of an instant in µs. */
export function partsOf(micros: bigint): Required<DateParts> {
  const date = new Date(Number(floorDiv(micros, 1000n)))
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
  }
}

/**
 * The time that some parts name: the year alone names a year, year and month a month; a day without its month adds nothing.
 * Undefined for parts that name none, as month 13 and February 30 do, and where there is no year.
 */
export function intervalOfParts(parts: DateParts): Interval | undefined {
  const gap = UNITS.findIndex(unit => parts[unit] === undefined)
  const given = gap < 0 ? UNITS : UNITS.slice(0, gap)
  const unit = given.at(-1)
  if (unit === undefined) return undefined
  const [year, month = 1, day = 1, hour = 0] = given.map(each => parts[each]!)
  const micros = microsOf(year!, month - 1, day, hour)
  const named = partsOf(micros)
  return year !== 0 && given.every(each => named[each] === parts[each]) ? intervalAt(unit, micros) : undefined
}

/** The year, month, day or hour in which an instant lies. */
export function intervalAt(unit: Unit, micros: bigint): Interval {
  const { year, month, day, hour } = partsOf(micros)
  switch (unit) {
    case 'year':
      return { from: microsOf(year, 0, 1, 0), to: microsOf(year + 1, 0, 1, 0) }
    case 'month':
      return { from: microsOf(year, month - 1, 1, 0), to: microsOf(year, month, 1, 0) }
    case 'day':
      return { from: microsOf(year, month - 1, day, 0), to: microsOf(year, month - 1, day + 1, 0) }
    case 'hour':
      return { from: microsOf(year, month - 1, day, hour), to: microsOf(year, month - 1, day, hour + 1) }
  }
}

/** Whether two intervals have an instant in common. */
export function overlaps(a: Interval, b: Interval): boolean {
  return a.from < b.to && b.from < a.to
}

/** Throws REFUSED unless an interval begins and ends where a unit does: part of a file can be neither read nor replaced. */
export function checkAligned(what: string, unit: Unit, { from, to }: Interval): void {
  const begins = intervalAt(unit, from).from === from
  const ends = to === MAX_INSTANT || intervalAt(unit, to).from === to
  if (begins && ends) return
  const odd = begins ? `to ${textOf(to)}` : `from ${textOf(from)}`
  throw new HeadraceError(
    'REFUSED',
    `${what} has one file or folder for each ${unit}, and the run is ${odd}, which is no beginning of one. Give from and to at the beginning of a UTC ${unit}.`,
  )
}

const textOf = (micros: bigint): string => new Date(Number(micros / 1000n)).toISOString()

function microsOf(year: number, month: number, day: number, hour: number): bigint {
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  const date = new Date(0)
  date.setUTCFullYear(year, month, day)
  date.setUTCHours(hour)
  return BigInt(date.getTime()) * 1000n
}

function floorDiv(a: bigint, b: bigint): bigint {
  return a >= 0n ? a / b : -((-a + b - 1n) / b)
}

/** The smallest unit of some placeholders. Throws REFUSED where a longer one is missing: a day of no month names no time. */
export function unitOf(what: string, units: ReadonlySet<Unit>): Unit {
  const last = UNITS.findLastIndex(unit => units.has(unit))
  const missing = UNITS.slice(0, last).find(unit => !units.has(unit))
  if (missing === undefined) return UNITS[last]!
  const write = Object.keys(placeholders).find(name => placeholders[name]!.unit === missing)
  throw new HeadraceError(
    'REFUSED',
    `${what} says the ${UNITS[last]} and not the ${missing}, so it names no time. Add {${write}}.`,
  )
}

/** The text of a placeholder at some time. */
export function textOfPart({ unit, digits }: Placeholder, parts: Required<DateParts>): string {
  return String(parts[unit]).padStart(digits, '0')
}
