/** Days and instants as ISO 8601 text, in the proleptic Gregorian calendar, years 0001 to 9999. */
import { MAX_INSTANT, MIN_INSTANT } from '../instant.ts'
import { Refusal } from '../refusal.ts'

const NOT_A_DATE = new Refusal('BAD_VALUE', 'is not a date as 2024-01-31')
const NO_SUCH_DAY = new Refusal('BAD_VALUE', 'names a day or a time that does not exist')
const NOT_A_TIMESTAMP = new Refusal('BAD_VALUE', 'is not a timestamp as 2024-01-31T12:00:00Z')
const TOO_PRECISE = new Refusal(
  'OUT_OF_RANGE',
  'has more than 6 digits of fraction; columns hold microseconds',
)
const BEYOND_YEARS = new Refusal('OUT_OF_RANGE', 'is outside the years 0001 to 9999')

const SECONDS_A_DAY = 86_400

/**
 * Days since 1970-01-01 of a day that exists, in the years 1 to 9999: the divisions truncate, which floors only there.
 * Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
 */
export function daysOfCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = (y / 400) | 0
  const yearOfEra = y - era * 400
  const dayOfYear = (((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) | 0) + day - 1
  const dayOfEra = yearOfEra * 365 + ((yearOfEra / 4) | 0) - ((yearOfEra / 100) | 0) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/** The inverse of `daysOfCivil`: [year, month, day]. Same source, civil_from_days. */
export function civilOfDays(days: number): [number, number, number] {
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shifted = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  return [yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day]
}

/** Whether the calendar has this day, in the years 1 to 9999. */
export function dayExists(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false
  if (month === 2) return day <= (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28)
  return day <= (month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31)
}

/** Reads `2024-01-31` as days since 1970-01-01. */
export function dateOfText(text: string): number | Refusal {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)
  if (match === null) return NOT_A_DATE
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  return dayExists(year, month, day) ? daysOfCivil(year, month, day) : NO_SUCH_DAY
}

/** `2024-01-31`. */
export function textOfDate(days: number): string {
  const [year, month, day] = civilOfDays(days)
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`
}

const TIMESTAMP = /^(\d{4}-\d\d-\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))?$/

/**
 * Reads `2024-01-31T12:00:00.123456+02:00` as microseconds since the epoch: `T` or a space, seconds, up to six digits
 * of fraction, `Z` or an offset. Without a zone the time is UTC.
 */
export function timestampOfText(text: string): bigint | Refusal {
  const match = TIMESTAMP.exec(text)
  if (match === null) return NOT_A_TIMESTAMP
  const days = dateOfText(match[1]!)
  if (typeof days !== 'number') return days
  const [hours, minutes, seconds] = [Number(match[2]), Number(match[3]), Number(match[4])]
  const [zoneHours, zoneMinutes] = [Number(match[7] ?? 0), Number(match[8] ?? 0)]
  if (hours > 23 || minutes > 59 || seconds > 59 || zoneHours > 23 || zoneMinutes > 59) return NO_SUCH_DAY
  const fraction = match[5] ?? ''
  if (fraction.length > 6) return TOO_PRECISE
  const offset = (zoneHours * 3600 + zoneMinutes * 60) * (match[6] === '-' ? -1 : 1)
  const total = days * SECONDS_A_DAY + hours * 3600 + minutes * 60 + seconds - offset
  return fitInstant(BigInt(total) * 1_000_000n + BigInt(fraction.padEnd(6, '0')))
}

/** Microseconds within the years 0001 to 9999. */
export function fitInstant(micros: bigint): bigint | Refusal {
  return micros < MIN_INSTANT || micros > MAX_INSTANT ? BEYOND_YEARS : micros
}

/** `2024-01-31T12:00:00Z`, with six digits of fraction where it is not zero. */
export function textOfTimestamp(micros: bigint): string {
  let seconds = Number(micros / 1_000_000n)
  let rest = Number(micros % 1_000_000n)
  if (rest < 0) {
    rest += 1_000_000
    seconds -= 1
  }
  const days = Math.floor(seconds / SECONDS_A_DAY)
  const time = seconds - days * SECONDS_A_DAY
  const clock = `${two(Math.floor(time / 3600))}:${two(Math.floor(time / 60) % 60)}:${two(time % 60)}`
  return `${textOfDate(days)}T${clock}${rest === 0 ? '' : `.${String(rest).padStart(6, '0')}`}Z`
}

function two(n: number): string {
  return n < 10 ? `0${n}` : String(n)
}
