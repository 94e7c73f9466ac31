/** Exact numbers of one row: whole numbers and decimals as unscaled bigints, with the range checks of their types. */
import { HeadraceError } from '../../../errors.ts'
import type { Cell } from '../../../schema/cell.ts'
import { Decimal, rescale } from '../../../schema/decimal.ts'
import { type ColumnType, typeText } from '../../../schema/type.ts'

const INT32 = [-(2n ** 31n), 2n ** 31n - 1n] as const
const INT64 = [-(2n ** 63n), 2n ** 63n - 1n] as const

/** The least and greatest unscaled value of an exact type. */
function rangeOf(type: ColumnType): readonly [least: bigint, greatest: bigint] {
  if (type.kind === 'int32') return INT32
  if (type.kind === 'int64') return INT64
  const bound = 10n ** BigInt(type.precision!) - 1n
  return [-bound, bound]
}

/** The quotient rounded down, of a positive divisor: bigints divide toward zero. */
export function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by
  return value % by < 0n ? quotient - 1n : quotient
}

export const scaleOf = (type: ColumnType): number => type.scale ?? 0

/** The unscaled digits of an int32, int64 or decimal cell. */
export const digitsOf = (cell: Cell): bigint => BigInt(cell as number | bigint)

/** Digits at the scale of a type to which the value can be brought without loss. */
export const digitsAt = (cell: Cell, from: ColumnType, scale: number): bigint =>
  rescale(digitsOf(cell), scaleOf(from), scale)

/** The cell of unscaled digits, or an error where the type does not hold them. */
export function exactCell(
  digits: bigint,
  type: ColumnType,
  what: string,
  code: 'OVERFLOW' | 'OUT_OF_RANGE' = 'OVERFLOW',
): Cell {
  const [least, greatest] = rangeOf(type)
  if (digits < least || digits > greatest) {
    const value = new Decimal(digits, scaleOf(type)).toString()
    throw new HeadraceError(
      code,
      `${what}: ${value} is beyond ${typeText(type)}. Cast to a wider type first${code === 'OVERFLOW' ? '' : ', or use tryCast'}.`,
    )
  }
  return type.kind === 'int32' ? Number(digits) : digits
}

/** The nearest double of a number of any type. */
export function doubleOf(cell: Cell, type: ColumnType): number {
  if (typeof cell === 'number') return cell
  const digits = cell as bigint
  return scaleOf(type) === 0 ? Number(digits) : new Decimal(digits, scaleOf(type)).toNumber()
}

/** A float64 cell: null where a computation left the finite numbers. */
export const finiteOrNull = (value: number): Cell => (Number.isFinite(value) ? value : null)

/** Half away from zero. A double minus its whole part is exact, so no value just below a half is rounded up. */
export function roundHalfAway(value: number): number {
  const whole = Math.trunc(value)
  return Math.abs(value - whole) >= 0.5 ? whole + Math.sign(value) : whole
}
