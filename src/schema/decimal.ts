/** Decimal: an exact number with a fixed count of digits after the point. */
import { HeadraceError } from '../errors.ts'

/** An immutable exact decimal: `unscaled × 10^−scale`. */
export class Decimal {
  readonly unscaled: bigint
  readonly scale: number

  constructor(unscaled: bigint, scale: number) {
    this.unscaled = unscaled
    this.scale = scale
  }

  /** Reads `-12.50`, `7`, `1.5e3`. The scale is the count of digits written after the point. Throws BAD_VALUE. */
  static parse(text: string): Decimal {
    const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text)
    const whole = match?.[2] ?? ''
    const fraction = match?.[3] ?? ''
    if (match === null || whole.length + fraction.length === 0) {
      throw new HeadraceError('BAD_VALUE', `'${text}' is not a decimal number. Write it as 12.50 or -3.`)
    }
    const digits = BigInt(whole + fraction)
    const unscaled = match[1] === '-' ? -digits : digits
    const scale = fraction.length - Number(match[4] ?? 0)
    return scale >= 0 ? new Decimal(unscaled, scale) : new Decimal(unscaled * 10n ** BigInt(-scale), 0)
  }

  /** The same number with another scale, rounded half away from zero where digits are lost. */
  rescale(scale: number): Decimal {
    return new Decimal(rescale(this.unscaled, this.scale, scale), scale)
  }

  compare(other: Decimal): number {
    const scale = Math.max(this.scale, other.scale)
    const a = rescale(this.unscaled, this.scale, scale)
    const b = rescale(other.unscaled, other.scale, scale)
    return a < b ? -1 : a > b ? 1 : 0
  }

  equals(other: Decimal): boolean {
    return this.compare(other) === 0
  }

  /** All `scale` digits after the point: `12.50`. */
  toString(): string {
    const negative = this.unscaled < 0n
    const digits = (negative ? -this.unscaled : this.unscaled).toString().padStart(this.scale + 1, '0')
    const whole = digits.slice(0, digits.length - this.scale)
    const fraction = this.scale === 0 ? '' : `.${digits.slice(digits.length - this.scale)}`
    return (negative ? '-' : '') + whole + fraction
  }

  /** The nearest double. */
  toNumber(): number {
    return Number(this.toString())
  }

  /** A string, so that no digit is lost on the way through JSON. */
  toJSON(): string {
    return this.toString()
  }
}

/** Unscaled digits moved from one scale to another, rounded half away from zero where digits are lost. */
export function rescale(unscaled: bigint, from: number, to: number): bigint {
  if (to >= from) return unscaled * 10n ** BigInt(to - from)
  return divideHalfUp(unscaled, 10n ** BigInt(from - to))
}

/** Integer division rounded half away from zero. The divisor is not zero. */
export function divideHalfUp(a: bigint, b: bigint): bigint {
  const negative = a < 0n !== b < 0n
  const n = a < 0n ? -a : a
  const d = b < 0n ? -b : b
  const q = (2n * n + d) / (2n * d)
  return negative ? -q : q
}
