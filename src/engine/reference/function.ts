/** What the functions of the reference engine share: their shape, and the lossless widening to a common type. */
import { HeadraceError } from '../../errors.ts'
import type { Call } from '../../plan/expression.ts'
import { commonOrMismatch } from '../../plan/function/signature.ts'
import type { Cell } from '../../schema/cell.ts'
import type { ColumnType } from '../../schema/type.ts'

export type Present = Exclude<Cell, null>

/** A function of arguments none of which is null. */
export type Strict = (args: readonly Present[], call: Call) => Cell

/** A function that has a meaning for null. */
export type OfNulls = (args: readonly Cell[], call: Call) => Cell

/** Brings a cell to a type that holds all values of its own: see `commonType`. */
export function widen(cell: Cell, from: ColumnType, to: ColumnType): Cell {
  if (cell === null || from.kind === to.kind) {
    return from.kind === 'decimal' && cell !== null
      ? (cell as bigint) * 10n ** BigInt(to.scale! - from.scale!)
      : cell
  }
  if (to.kind === 'int64') return BigInt(cell as number)
  if (to.kind === 'decimal') return BigInt(cell as number | bigint) * 10n ** BigInt(to.scale!)
  return cell
}

/** All arguments, brought to their common type. */
export function widened(args: readonly Cell[], call: Call): Cell[] {
  const types = call.args.map(arg => arg.type)
  const common = commonOrMismatch(call.fn, types)
  return args.map((arg, i) => widen(arg, types[i]!, common))
}

/** Whether an exact number is in the range of its type. Decimals count their unscaled digits. */
export function fits(value: bigint, type: ColumnType): boolean {
  switch (type.kind) {
    case 'int32':
      return BigInt.asIntN(32, value) === value
    case 'int64':
      return BigInt.asIntN(64, value) === value
    default:
      return value < 10n ** BigInt(type.precision!) && value > -(10n ** BigInt(type.precision!))
  }
}

/** An exact number as a cell of its type, or OVERFLOW. */
export function exact(value: bigint, type: ColumnType, what: string): Cell {
  if (!fits(value, type)) {
    throw new HeadraceError('OVERFLOW', `${what}: the result ${value} is beyond ${type.kind}.`)
  }
  return type.kind === 'int32' ? Number(value) : value
}

/** A double as a cell: null where it is not finite. */
export const finite = (x: number): Cell => (Number.isFinite(x) ? x : null)

/** An exact number's nearest double. */
export function toDouble(cell: Cell, type: ColumnType): number {
  if (type.kind !== 'decimal') return Number(cell)
  // The text of the number is its exact value, and reading a text rounds once.
  return Number(`${cell}e-${type.scale}`)
}

/** a / b as a whole number, rounded half away from zero. */
export function divideRounded(a: bigint, b: bigint): bigint {
  const quotient = a / b
  const rest = a % b
  const twice = 2n * (rest < 0n ? -rest : rest)
  if (twice < (b < 0n ? -b : b)) return quotient
  return a < 0n === b < 0n ? quotient + 1n : quotient - 1n
}

/** A double rounded to a whole number, half away from zero. */
export function roundDouble(x: number): number {
  const whole = Math.trunc(x)
  return Math.abs(x - whole) >= 0.5 ? whole + Math.sign(x) : whole
}
