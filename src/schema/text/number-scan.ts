/**
 * The fast way from digits to columns, without strings and bigints, for the numbers that data is made of: JSON's
 * spelling, at most 15 digits. Where a function here says false, `number-text.ts` decides.
 */
import type { Int32Builder, Int64Builder, Int128Builder } from '../builder.ts'
import type { ColumnType } from '../type.ts'

/** Where a scanner stands, and the number that it last read. The byte at the end of `bytes` belongs to no number. */
export class NumberScan {
  bytes: Buffer = Buffer.alloc(0)
  pos = 0
  /** The digits as an integer with its sign (−0 too), exact if `plain`. */
  mantissa = 0
  /** Digits after the point. */
  fraction = 0
  /** At most 15 digits and no exponent. */
  plain = false
}

/** Scans a number from `pos`; says whether there is one in JSON's spelling. It ends before the new `pos`. */
export function scanNumber(s: NumberScan): boolean {
  const bytes = s.bytes
  let pos = s.pos
  let c = bytes[pos]!
  const negative = c === 45
  if (negative) c = bytes[++pos]!
  const first = pos
  let mantissa = 0
  if (c === 48) c = bytes[++pos]!
  else
    for (; c >= 48 && c <= 57; c = bytes[++pos]!) {
      mantissa = mantissa * 10 + (c - 48)
    }
  let digits = pos - first
  if (digits === 0) return false
  s.fraction = 0
  if (c === 46) {
    const point = pos++
    for (c = bytes[pos]!; c >= 48 && c <= 57; c = bytes[++pos]!) mantissa = mantissa * 10 + (c - 48)
    s.fraction = pos - point - 1
    digits += s.fraction
    if (s.fraction === 0) return false
  }
  s.plain = digits <= 15
  s.mantissa = negative ? -mantissa : mantissa
  s.pos = pos
  return c === 101 || c === 69 ? scanExponent(s) : true
}

function scanExponent(s: NumberScan): boolean {
  const bytes = s.bytes
  let pos = s.pos + 1
  if (bytes[pos] === 43 || bytes[pos] === 45) pos++
  const first = pos
  while (bytes[pos]! >= 48 && bytes[pos]! <= 57) pos++
  s.plain = false
  s.pos = pos
  return pos > first
}

const POWERS = Array.from({ length: 39 }, (_, n) => 10 ** n)

/** Stores the number just scanned, if it is a plain int32. */
export function storeInt32(s: NumberScan, builder: Int32Builder, row: number): boolean {
  const value = s.mantissa
  if (!s.plain || s.fraction !== 0 || value < -(2 ** 31) || value >= 2 ** 31) return false
  builder.set(row, value)
  return true
}

/** Stores the number just scanned, if it is a plain integer. */
export function storeInt64(s: NumberScan, builder: Int64Builder, row: number): boolean {
  if (!s.plain || s.fraction !== 0) return false
  builder.setNumber(row, s.mantissa)
  return true
}

/** Stores the number just scanned, if it is plain and its unscaled form is below 2^53 and within the type. */
export function storeDecimal(
  s: NumberScan,
  builder: Int64Builder | Int128Builder,
  row: number,
  type: ColumnType,
): boolean {
  const up = type.scale! - s.fraction
  if (!s.plain || up < 0) return false
  const unscaled = s.mantissa * POWERS[up]!
  const size = Math.abs(unscaled)
  if (size >= 2 ** 53 || size >= POWERS[type.precision!]!) return false
  builder.setNumber(row, unscaled)
  return true
}

/**
 * The nearest double of a plain number: digits and power of ten are exact doubles, so that one division rounds once.
 * Source: Clinger, "How to Read Floating Point Numbers Accurately" (1990), the fast case.
 */
export function floatOf(s: NumberScan): number {
  return s.mantissa / POWERS[s.fraction]!
}
