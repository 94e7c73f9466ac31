/** The fast way from the bytes of a date or timestamp to columns. Where it gives NaN, `time-text.ts` decides. */
import { dayExists, daysOfCivil } from './time-text.ts'

/** The month that was asked for last, as year · 12 + month, its first day, and how many it has: neighbours often share it. */
let month = 0
let firstDay = 0
let monthDays = 0

function setMonth(year: number, ofYear: number): void {
  month = year * 12 + ofYear
  firstDay = daysOfCivil(year, ofYear, 1)
  monthDays = dayExists(year, ofYear, 31)
    ? 31
    : dayExists(year, ofYear, 30)
      ? 30
      : dayExists(year, ofYear, 29)
        ? 29
        : 28
}

/** Days since 1970 of `2024-01-31`. */
export function dateAt(bytes: Uint8Array, start: number, end: number): number {
  if (end - start !== 10 || bytes[start + 4] !== 45 || bytes[start + 7] !== 45) return Number.NaN
  const year = two(bytes, start) * 100 + two(bytes, start + 2)
  const ofYear = two(bytes, start + 5)
  const day = two(bytes, start + 8)
  // A part that is not digits is so far below zero that no other part makes up for it.
  if (year < 1 || ofYear < 1 || ofYear > 12 || day < 1) return Number.NaN
  if (year * 12 + ofYear !== month) setMonth(year, ofYear)
  return day <= monthDays ? firstDay + day - 1 : Number.NaN
}

/** Where the text of a timestamp that begins at `start` would end, if it has a second and no offset. */
export function timestampEnd(bytes: Uint8Array, start: number): number {
  let end = start + 19
  if (bytes[end] === 46) for (let c = bytes[++end]!; c >= 48 && c <= 57; c = bytes[++end]!);
  return bytes[end] === 90 ? end + 1 : end
}

/**
 * Microseconds of `2024-01-31T12:00:00Z`, with a space for the T, without the Z, or with one to six digits of fraction, where
 * they are exact in a double.
 */
export function timestampAt(bytes: Uint8Array, start: number, end: number): number {
  const last = bytes[end - 1] === 90 ? end - 1 : end
  if (last - start < 19 || last - start > 26 || (bytes[start + 10] !== 84 && bytes[start + 10] !== 32))
    return Number.NaN
  const days = dateAt(bytes, start, start + 10)
  const hours = two(bytes, start + 11)
  const minutes = two(bytes, start + 14)
  const seconds = two(bytes, start + 17)
  if (bytes[start + 13] !== 58 || bytes[start + 16] !== 58) return Number.NaN
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 59) return Number.NaN
  const micros = last - start === 19 ? 0 : fractionAt(bytes, start + 19, last)
  const total = days * 86_400 + hours * 3600 + minutes * 60 + seconds
  return Math.abs(total) < 9e9 ? total * 1_000_000 + micros : Number.NaN
}

/** Microseconds of `.123`. */
function fractionAt(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start] !== 46 || end === start + 1) return Number.NaN
  let micros = 0
  let unit = 100_000
  for (let i = start + 1; i < end; i++) {
    const digit = bytes[i]! - 48
    if (digit < 0 || digit > 9) return Number.NaN
    micros += digit * unit
    unit /= 10
  }
  return micros
}

/** Two digits, or far below zero. */
function two(bytes: Uint8Array, pos: number): number {
  const tens = bytes[pos]! - 48
  const ones = bytes[pos + 1]! - 48
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -100_000 : tens * 10 + ones
}
