/** Time functions of one row. The calendar parts work on days; instants are split into day and time of day first. */
import { HeadraceError } from '../../../errors.ts'
import type { TimePart, TimeUnit } from '../../../plan/function/function.ts'
import { FIXED_UNITS, type times } from '../../../plan/function/times.ts'
import type { Cell } from '../../../schema/cell.ts'
import { MAX_DAY, MAX_INSTANT, MIN_DAY, MIN_INSTANT } from '../../../schema/instant.ts'
import { civilOfDays, daysOfCivil } from '../../../schema/text/time-text.ts'
import type { ColumnType } from '../../../schema/type.ts'
import { floorDivide } from './exact.ts'
import { type ScalarMaker, strict } from './scalar.ts'

export const DAY_MICROS = 86_400_000_000
/** 1970-01-01 was a Thursday: weeks, which begin on Monday, began three days before it. */
const MONDAY_SHIFT = 3

/** The day an instant lies in. */
export const dayOf = (micros: bigint): number => Number(floorDivide(micros, BigInt(DAY_MICROS)))

/** The first day of the unit (day and longer) that holds a day. */
export function truncateDay(days: number, unit: TimeUnit): number {
  if (unit === 'week') return Math.floor((days + MONDAY_SHIFT) / 7) * 7 - MONDAY_SHIFT
  if (unit !== 'month' && unit !== 'quarter' && unit !== 'year') return days
  const [year, month] = civilOfDays(days)
  if (unit === 'year') return daysOfCivil(year, 1, 1)
  return daysOfCivil(year, unit === 'month' ? month : month - ((month - 1) % 3), 1)
}

/** A calendar part of a day. */
export function dayPart(days: number, part: TimePart): number {
  const dayOfWeek = days + MONDAY_SHIFT - Math.floor((days + MONDAY_SHIFT) / 7) * 7 + 1
  if (part === 'dayOfWeek') return dayOfWeek
  if (part === 'week') {
    // ISO 8601: the week belongs to the year that holds its Thursday.
    const thursday = days - dayOfWeek + 4
    return Math.floor((thursday - daysOfCivil(civilOfDays(thursday)[0], 1, 1)) / 7) + 1
  }
  const [year, month, day] = civilOfDays(days)
  switch (part) {
    case 'year':
      return year
    case 'quarter':
      return Math.ceil(month / 3)
    case 'month':
      return month
    case 'dayOfYear':
      return days - daysOfCivil(year, 1, 1) + 1
    default:
      return day
  }
}

/** How the parts below a day are cut out of the microseconds of a day: ⌊micros / divisor⌋ mod modulus. */
export const CLOCK_PARTS: Readonly<Partial<Record<TimePart, readonly [divisor: number, modulus: number]>>> = {
  hour: [3_600_000_000, 24],
  minute: [60_000_000, 60],
  second: [1_000_000, 60],
  millisecond: [1_000, 1_000],
  microsecond: [1, 1_000_000],
}

function clockPart(micros: bigint, [divisor, modulus]: readonly [number, number]): number {
  const inDay = Number(micros - BigInt(dayOf(micros)) * BigInt(DAY_MICROS))
  return Math.floor(inDay / divisor) % modulus
}

const truncate: ScalarMaker = ({ args, options }) => {
  const unit = options.unit!
  if (args[0]!.kind === 'date')
    return ([days]) => inRange(truncateDay(days as number, unit), args[0]!, 'truncate')
  const micros = FIXED_UNITS[unit]
  if (micros === undefined || unit === 'week') {
    return ([at]) => BigInt(truncateDay(dayOf(at as bigint), unit)) * BigInt(DAY_MICROS)
  }
  const step = BigInt(micros)
  return ([at]) => floorDivide(at as bigint, step) * step
}

const extract: ScalarMaker = ({ args, options }) => {
  const part = options.part!
  const clock = CLOCK_PARTS[part]
  if (clock !== undefined) return ([at]) => clockPart(at as bigint, clock)
  if (args[0]!.kind === 'date') return ([days]) => dayPart(days as number, part)
  return ([at]) => dayPart(dayOf(at as bigint), part)
}

/** A date or timestamp within the years 0001 to 9999, or OVERFLOW. */
function inRange(value: number | bigint, type: ColumnType, what: string): Cell {
  const [least, greatest] = type.kind === 'date' ? [MIN_DAY, MAX_DAY] : [MIN_INSTANT, MAX_INSTANT]
  if (value >= least && value <= greatest) return value
  throw new HeadraceError('OVERFLOW', `${what}: the result is outside the years 0001 to 9999.`)
}

const dateAdd: ScalarMaker = ({ args, options, type }) => {
  const micros = options.micros!
  if (args[0]!.kind === 'date')
    return ([days]) => inRange((days as number) + micros / DAY_MICROS, type, 'add')
  return ([at]) => inRange((at as bigint) + BigInt(micros), type, 'add')
}

const diff: ScalarMaker = ({ args, options }) => {
  const micros = BigInt(FIXED_UNITS[options.unit!]!)
  const unit = args[0]!.kind === 'date' ? micros / BigInt(DAY_MICROS) : micros
  return ([a, b]) => (BigInt(a as number | bigint) - BigInt(b as number | bigint)) / unit
}

export const timeScalars: Record<keyof typeof times, ScalarMaker> = {
  truncate: strict(truncate),
  extract: strict(extract),
  dateAdd: strict(dateAdd),
  diff: strict(diff),
}
