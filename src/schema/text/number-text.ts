/** Numbers as text: the one grammar of CSV fields, quoted JSON numbers and casts. No spaces, no digit is ever lost. */
import { Refusal } from '../refusal.ts'

export const MIN_INT64 = -(2n ** 63n)
export const MAX_INT64 = 2n ** 63n - 1n
export const MIN_INT32 = -(2 ** 31)
export const MAX_INT32 = 2 ** 31 - 1

const NOT_A_NUMBER = new Refusal('BAD_VALUE', 'is not a number')
const NOT_AN_INTEGER = new Refusal('BAD_VALUE', 'is not a whole number')
const NOT_FINITE = new Refusal('NOT_FINITE', 'is not finite; a column holds finite numbers or null')
const BEYOND_INT32 = new Refusal('OUT_OF_RANGE', 'is outside −2^31 to 2^31−1')
const BEYOND_INT64 = new Refusal('OUT_OF_RANGE', 'is outside −2^63 to 2^63−1')
const BEYOND_DOUBLE = new Refusal('OUT_OF_RANGE', 'is beyond the largest double')

/** Reads an optional sign and digits. */
export function int64OfText(text: string): bigint | Refusal {
  if (!/^[+-]?\d+$/.test(text)) return NOT_AN_INTEGER
  // A bound before BigInt, whose cost grows with the square of the digits.
  if (significant(text).length > 19) return BEYOND_INT64
  return fitInt64(BigInt(text.startsWith('+') ? text.slice(1) : text))
}

/** Reads an optional sign and digits. */
export function int32OfText(text: string): number | Refusal {
  if (!/^[+-]?\d+$/.test(text)) return NOT_AN_INTEGER
  return fitInt32(Number(text))
}

export function fitInt64(value: bigint): bigint | Refusal {
  return value < MIN_INT64 || value > MAX_INT64 ? BEYOND_INT64 : value
}

/** A whole number within int32; −0 becomes 0. */
export function fitInt32(value: number): number | Refusal {
  if (!Number.isInteger(value)) return Number.isFinite(value) ? NOT_AN_INTEGER : NOT_FINITE
  return value < MIN_INT32 || value > MAX_INT32 ? BEYOND_INT32 : value + 0
}

/** Reads an optional sign, digits with an optional fraction, and an optional exponent, as the nearest double. */
export function floatOfText(text: string): number | Refusal {
  if (!/^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)) {
    return /^[+-]?(nan|inf|infinity)$/i.test(text) ? NOT_FINITE : NOT_A_NUMBER
  }
  const value = Number(text)
  return Number.isFinite(value) ? value : BEYOND_DOUBLE
}

export function fitFloat(value: number): number | Refusal {
  return Number.isFinite(value) ? value : NOT_FINITE
}

/** The shortest text that reads back as the same double, with the sign of −0. */
export function textOfFloat(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

/** What happens to digits beyond the scale: refused (reading data), or rounded half away from zero (a cast). */
export type Excess = 'refuse' | 'round'

/**
 * Reads an optional sign and digits with an optional fraction as the unscaled integer of a decimal. Zeros at the end
 * of the fraction carry nothing and are never excess.
 */
export function decimalOfText(
  text: string,
  precision: number,
  scale: number,
  excess: Excess = 'refuse',
): bigint | Refusal {
  const match = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text)
  if (match === null) return /^[+-]?(nan|inf|infinity)$/i.test(text) ? NOT_FINITE : NOT_A_NUMBER
  return decimalOfDigits(match[1] === '-', match[2]!, match[3] ?? '', precision, scale, excess)
}

/**
 * The exact value of a number in JSON's spelling, which may have an exponent: `1.5e3` and `1500.0` are the decimal 1500.
 */
export function decimalOfJson(text: string, precision: number, scale: number): bigint | Refusal {
  const [negative, whole, fraction] = digitsOfJson(text)
  return decimalOfDigits(negative, whole, fraction, precision, scale, 'refuse')
}

/** The int64 that a number in JSON's spelling is equal to: `1500.0` and `1.5e3` are 1500. */
export function integerOfJson(text: string): bigint | Refusal {
  const [negative, whole, fraction] = digitsOfJson(text)
  if (/[1-9]/.test(fraction)) return NOT_AN_INTEGER
  if (significant(whole).length > 19) return BEYOND_INT64
  return fitInt64(BigInt(negative ? `-${whole}` : whole))
}

type Digits = readonly [negative: boolean, whole: string, fraction: string]

/** More digits than any type has. */
const HUGE: Digits = [false, '9'.repeat(40), '']
/** Fewer than any type has. */
const TINY: Digits = [false, '0', `${'0'.repeat(40)}1`]

/** The digits around the point of a number in JSON's spelling, its exponent worked in. */
function digitsOfJson(text: string): Digits {
  const [, sign, whole, fraction = '', power] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text)!
  const exponent = Number(power ?? 0)
  if (exponent === 0 || !/[1-9]/.test(whole + fraction)) return [sign === '-', whole!, fraction]
  // The padding is bounded before it is made: what is further from the point than this fits no type anyway.
  const digits = whole + fraction
  if (exponent > fraction.length + 40) return HUGE
  if (exponent < -whole!.length - 40) return TINY
  const point = whole!.length + exponent
  if (point <= 0) return [sign === '-', '0', '0'.repeat(-point) + digits]
  return [sign === '-', digits.slice(0, point).padEnd(point, '0'), digits.slice(point)]
}

function decimalOfDigits(
  negative: boolean,
  whole: string,
  fraction: string,
  precision: number,
  scale: number,
  excess: Excess,
): bigint | Refusal {
  let end = fraction.length
  while (end > scale && fraction.charCodeAt(end - 1) === 48) end--
  if (end > scale && excess === 'refuse') return tooManyDigits(precision, scale)
  const kept = fraction.slice(0, scale).padEnd(scale, '0')
  if (significant(whole).length > precision - scale) return tooManyDigits(precision, scale)
  let unscaled = BigInt(whole + kept)
  if (end > scale && fraction.charCodeAt(scale) >= 53) unscaled += 1n
  return fitDecimal(negative ? -unscaled : unscaled, precision, scale)
}

/** An unscaled integer with at most `precision` digits. */
export function fitDecimal(unscaled: bigint, precision: number, scale: number): bigint | Refusal {
  const limit = 10n ** BigInt(precision)
  return unscaled >= limit || unscaled <= -limit ? tooManyDigits(precision, scale) : unscaled
}

function tooManyDigits(precision: number, scale: number): Refusal {
  return new Refusal(
    'OUT_OF_RANGE',
    `has more than ${precision - scale} digits before or ${scale} after the point`,
  )
}

/** The digits of an integer without sign and leading zeros. */
function significant(text: string): string {
  return text.replace(/^[+-]?0*/, '')
}

/** All `scale` digits after the point. */
export function textOfDecimal(unscaled: bigint, scale: number): string {
  const digits = unscaled.toString()
  if (scale === 0) return digits
  const sign = unscaled < 0n ? '-' : ''
  const padded = digits.slice(sign.length).padStart(scale + 1, '0')
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`
}
