/** Instants: microseconds since 1970-01-01T00:00:00Z. */
import { HeadraceError } from '../errors.ts'

declare const brand: unique symbol

/** Microseconds since the epoch as a JavaScript number, exact from 1684 to 2255. Columns hold 64 bits. */
export type Instant = number & { readonly [brand]: 'microseconds since 1970' }

/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999999Z in microseconds: the range of `timestamp`. */
export const MIN_INSTANT = -62_135_596_800_000_000n
export const MAX_INSTANT = 253_402_300_799_999_999n

/** 0001-01-01 and 9999-12-31 as days since 1970-01-01: the range of `date`. */
export const MIN_DAY = -719_162
export const MAX_DAY = 2_932_896

/** The row form of a column's 64-bit microseconds. Throws OUT_OF_RANGE where a number is not exact. */
export function toInstant(micros: bigint): Instant {
  const n = Number(micros)
  if (!Number.isSafeInteger(n)) {
    throw new HeadraceError(
      'OUT_OF_RANGE',
      `The timestamp ${micros} µs is outside 1684 to 2255, where a JavaScript number is exact. Read it from the batch as a bigint.`,
    )
  }
  return n as Instant
}

/** The instant of a `Date`, exact: a Date has whole milliseconds. */
export function instant(date: Date): Instant {
  return toInstant(BigInt(date.getTime()) * 1000n)
}

/** The `Date` of an instant. Microseconds are floored to milliseconds. */
export function toDate(ts: Instant): Date {
  return new Date(Math.floor(ts / 1000))
}
