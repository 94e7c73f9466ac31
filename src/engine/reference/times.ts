/** Dates and timestamps. `Date` is the calendar: proleptic Gregorian, UTC. */
import { HeadraceError } from '../../errors.ts'
import type { Call } from '../../plan/expression.ts'
import type { TimePart, TimeUnit } from '../../plan/function/function.ts'
import type { Cell } from '../../schema/cell.ts'
import { MAX_DAY, MAX_INSTANT, MIN_DAY, MIN_INSTANT } from '../../schema/instant.ts'
import type { Strict } from './function.ts'

export const DAY = 86_400_000_000n

const MICROS: Partial<Record<TimeUnit, bigint>> = {
  microsecond: 1n,
  millisecond: 1_000n,
  second: 1_000_000n,
  minute: 60_000_000n,
  hour: 3_600_000_000n,
  day: DAY,
  week: 7n * DAY,
}

/** Rounds down to a multiple, also below zero. */
export function floorTo(value: bigint, unit: bigint): bigint {
  const rest = value % unit
  return value - rest - (rest < 0n ? unit : 0n)
}

/** The UTC day of an instant, in days since 1970-01-01. */
export const dayOf = (micros: bigint): number => Number(floorTo(micros, DAY) / DAY)

const isDate = (call: Call): boolean => call.args[0]!.type.kind === 'date'

const calendar = (day: number): Date => new Date(day * 86_400_000)

function dayNumber(year: number, month: number, day: number): number {
  // Date.UTC reads years below 100 as 19xx.
  return new Date(0).setUTCFullYear(year, month, day) / 86_400_000
}

/** Monday 1 to Sunday 7. */
const dayOfWeek = (day: number): number => calendar(day).getUTCDay() || 7

/** The first day of the unit that holds a day. */
function truncateDay(day: number, unit: TimeUnit): number {
  const date = calendar(day)
  const year = date.getUTCFullYear()
  const month = date.getUTCMonth()
  switch (unit) {
    case 'week':
      return day - (dayOfWeek(day) - 1)
    case 'month':
      return dayNumber(year, month, 1)
    case 'quarter':
      return dayNumber(year, month - (month % 3), 1)
    case 'year':
      return dayNumber(year, 0, 1)
    default:
      return day
  }
}

const truncate: Strict = ([time], call) => {
  const unit = call.options.unit!
  if (isDate(call)) return truncateDay(time as number, unit)
  const micros = time as bigint
  const fixed = MICROS[unit]
  if (fixed !== undefined && unit !== 'week') return floorTo(micros, fixed)
  return BigInt(truncateDay(dayOf(micros), unit)) * DAY
}

/** ISO 8601: week 1 holds the year's first Thursday. So a week's number is that of its Thursday in its year. */
function isoWeek(day: number): number {
  const thursday = day + 4 - dayOfWeek(day)
  const firstOfYear = truncateDay(thursday, 'year')
  return Math.floor((thursday - firstOfYear) / 7) + 1
}

function partOfDay(day: number, part: TimePart): number {
  const date = calendar(day)
  switch (part) {
    case 'year':
      return date.getUTCFullYear()
    case 'quarter':
      return Math.floor(date.getUTCMonth() / 3) + 1
    case 'month':
      return date.getUTCMonth() + 1
    case 'week':
      return isoWeek(day)
    case 'day':
      return date.getUTCDate()
    case 'dayOfWeek':
      return dayOfWeek(day)
    default:
      return day - truncateDay(day, 'year') + 1
  }
}

const extract: Strict = ([time], call) => {
  const part = call.options.part!
  if (isDate(call)) return partOfDay(time as number, part)
  const micros = time as bigint
  const ofDay = Number(micros - floorTo(micros, DAY))
  switch (part) {
    case 'hour':
      return Math.floor(ofDay / 3_600_000_000)
    case 'minute':
      return Math.floor(ofDay / 60_000_000) % 60
    case 'second':
      return Math.floor(ofDay / 1_000_000) % 60
    case 'millisecond':
      return Math.floor(ofDay / 1_000) % 1_000
    case 'microsecond':
      return ofDay % 1_000_000
    default:
      return partOfDay(dayOf(micros), part)
  }
}

function inYears<T extends number | bigint>(value: T, least: T, most: T): Cell {
  if (value >= least && value <= most) return value
  throw new HeadraceError('OVERFLOW', `dateAdd: the result is outside the years 0001 to 9999.`)
}

const dateAdd: Strict = ([time], call) => {
  const micros = BigInt(call.options.micros!)
  return isDate(call)
    ? inYears((time as number) + Number(micros / DAY), MIN_DAY, MAX_DAY)
    : inYears((time as bigint) + micros, MIN_INSTANT, MAX_INSTANT)
}

const diff: Strict = ([a, b], call) => {
  const unit = MICROS[call.options.unit!]!
  if (isDate(call)) return (BigInt((a as number) - (b as number)) * DAY) / unit
  return ((a as bigint) - (b as bigint)) / unit
}

export const times = { truncate, extract, dateAdd, diff } satisfies Record<string, Strict>
