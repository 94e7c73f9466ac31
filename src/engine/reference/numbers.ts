/** Arithmetic: exact types in bigints, float64 in doubles. */
import type { Call } from '../../plan/expression.ts'
import type { Cell } from '../../schema/cell.ts'
import type { ColumnType } from '../../schema/type.ts'
import { divideRounded, exact, finite, type Present, roundDouble, type Strict, toDouble } from './function.ts'

/** Unscaled digits and their scale: the value of any exact type. */
interface Exact {
  readonly digits: bigint
  readonly scale: number
}

function exactOf(cell: Cell, type: ColumnType): Exact {
  return { digits: BigInt(cell as number | bigint), scale: type.kind === 'decimal' ? type.scale! : 0 }
}

const isDouble = (type: ColumnType): boolean => type.kind === 'float64'

const scaleOf = (type: ColumnType): number => type.scale ?? 0

const typesOf = (call: Call): ColumnType[] => call.args.map(arg => arg.type)

/** Sum and difference: both sides at the scale of the result. */
const additive =
  (ofDoubles: (a: number, b: number) => number, ofExact: (a: bigint, b: bigint) => bigint): Strict =>
  (args, call) => {
    if (isDouble(call.type)) return finite(ofDoubles(args[0] as number, args[1] as number))
    const [a, b] = args.map((arg, i) => {
      const { digits, scale } = exactOf(arg, call.args[i]!.type)
      return digits * 10n ** BigInt(scaleOf(call.type) - scale)
    })
    return exact(ofExact(a!, b!), call.type, call.fn)
  }

const product: Strict = (args, call) => {
  if (isDouble(call.type)) return finite((args[0] as number) * (args[1] as number))
  const [a, b] = args.map((arg, i) => exactOf(arg, call.args[i]!.type).digits)
  return exact(a! * b!, call.type, call.fn)
}

/** Of integers; null where the divisor is 0. Bigint division truncates, its remainder has the sign of the dividend. */
const integral =
  (operation: (a: bigint, b: bigint) => bigint): Strict =>
  (args, call) => {
    const [a, b] = args.map(arg => BigInt(arg as number | bigint))
    return b === 0n ? null : exact(operation(a!, b!), call.type, call.fn)
  }

const decimalQuotient: Strict = (args, call) => {
  const [a, b] = args.map((arg, i) => exactOf(arg, call.args[i]!.type))
  if (b!.digits === 0n) return null
  // (a / 10^sa) / (b / 10^sb) × 10^scale
  const numerator = a!.digits * 10n ** BigInt(scaleOf(call.type) + b!.scale)
  return exact(divideRounded(numerator, b!.digits * 10n ** BigInt(a!.scale)), call.type, call.fn)
}

/** Of one number, keeping its type. */
const unary =
  (ofDouble: (x: number) => number, ofExact: (x: bigint) => bigint): Strict =>
  ([x], call) =>
    isDouble(call.type)
      ? ofDouble(x as number)
      : exact(ofExact(BigInt(x as number | bigint)), call.type, call.fn)

const round: Strict = ([x], call) => {
  const [type] = typesOf(call) as [ColumnType]
  if (isDouble(type)) {
    const power = 10 ** (call.options.scale ?? 0)
    return finite(roundDouble((x as number) * power) / power)
  }
  const lost = scaleOf(type) - scaleOf(call.type)
  return exact(divideRounded(BigInt(x as bigint), 10n ** BigInt(lost)), call.type, call.fn)
}

/** floor and ceil of a decimal divide by its scale; `step` is the way out of zero that truncation does not go. */
const whole =
  (ofDouble: (x: number) => number, step: -1n | 1n): Strict =>
  ([x], call) => {
    const [type] = typesOf(call) as [ColumnType]
    if (isDouble(type)) return ofDouble(x as number)
    if (type.kind !== 'decimal') return x!
    const unit = 10n ** BigInt(type.scale!)
    const digits = x as bigint
    const rest = digits % unit
    const inexactOnThatSide = step < 0n ? rest < 0n : rest > 0n
    return exact(digits / unit + (inexactOnThatSide ? step : 0n), call.type, call.fn)
  }

/** As float64 throughout. */
const doubles =
  (operation: (...xs: number[]) => number): Strict =>
  (args: readonly Present[], call) =>
    finite(operation(...args.map((arg, i) => toDouble(arg, call.args[i]!.type))))

export const numbers = {
  add: additive(
    (a, b) => a + b,
    (a, b) => a + b,
  ),
  sub: additive(
    (a, b) => a - b,
    (a, b) => a - b,
  ),
  mul: product,
  neg: unary(
    x => -x,
    x => -x,
  ),
  intDiv: integral((a, b) => a / b),
  mod: integral((a, b) => a % b),
  fdiv: doubles((a, b) => a! / b!),
  decDiv: decimalQuotient,
  abs: unary(Math.abs, x => (x < 0n ? -x : x)),
  round,
  floor: whole(Math.floor, -1n),
  ceil: whole(Math.ceil, 1n),
  power: doubles((a, b) => a! ** b!),
  sqrt: doubles(Math.sqrt),
  ln: doubles(Math.log),
} satisfies Record<string, Strict>
