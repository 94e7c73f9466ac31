/** The fast way from the bytes of a date or timestamp to columns. Where it gives NaN, `time-text.ts` decides. */
import { dayExists, daysOfCivil } from './time-text.ts'

/** Days since 1970 of `2024-01-31`. */
export function dateAt(bytes: Uint8Array, start: number, end: number): number {
  if (end - start !== 10 || bytes[start + 4] !== 45 || bytes[start + 7] !== 45) return Number.NaN
  const year = two(bytes, start) * 100 + two(bytes, start + 2)
  const month = two(bytes, start + 5)
  const day = two(bytes, start + 8)
  // A part that is not digits is so far below zero that no other part makes up for it.
  return dayExists(year, month, day) ? daysOfCivil(year, month, day) : Number.NaN
}

/** Microseconds of `2024-01-31T12:00:00Z` or `…00.123456Z`, one to six digits, where they are exact in a double. */
export function timestampAt(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 20 || end - start > 27 || bytes[end - 1] !== 90 || bytes[start + 10] !== 84)
    return Number.NaN
  const days = dateAt(bytes, start, start + 10)
  const hours = two(bytes, start + 11)
  const minutes = two(bytes, start + 14)
  const seconds = two(bytes, start + 17)
  if (bytes[start + 13] !== 58 || bytes[start + 16] !== 58) return Number.NaN
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 59) return Number.NaN
  const micros = end - start === 20 ? 0 : fractionAt(bytes, start + 19, end - 1)
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
