/** Arithmetic of one row. */
import type { numbers } from '../../../plan/function/numbers.ts'
import type { Cell } from '../../../schema/cell.ts'
import { divideHalfUp, rescale } from '../../../schema/decimal.ts'
import {
  digitsAt,
  digitsOf,
  doubleOf,
  exactCell,
  finiteOrNull,
  floorDivide,
  roundHalfAway,
  scaleOf,
} from './exact.ts'
import { type CallShape, type Scalar, type ScalarMaker, strict } from './scalar.ts'

/** Adds and subtracts at the result's scale. */
const additive =
  (exact: (a: bigint, b: bigint) => bigint, float: (a: number, b: number) => number): ScalarMaker =>
  ({ fn, args, type }) => {
    const [left, right] = args as [CallShape['type'], CallShape['type']]
    if (type.kind === 'float64')
      return ([a, b]) => finiteOrNull(float(doubleOf(a!, left), doubleOf(b!, right)))
    const scale = scaleOf(type)
    return ([a, b]) => exactCell(exact(digitsAt(a!, left, scale), digitsAt(b!, right, scale)), type, fn)
  }

const product: ScalarMaker = ({ fn, args, type }) => {
  if (type.kind === 'float64')
    return ([a, b]) => finiteOrNull(doubleOf(a!, args[0]!) * doubleOf(b!, args[1]!))
  return ([a, b]) => exactCell(digitsOf(a!) * digitsOf(b!), type, fn)
}

const wholeQuotient =
  (of: (a: bigint, b: bigint) => bigint): ScalarMaker =>
  ({ fn, type }) =>
  ([a, b]) =>
    Number(b) === 0 ? null : exactCell(of(digitsOf(a!), digitsOf(b!)), type, fn)

const decimalQuotient: ScalarMaker = ({ fn, args, options, type }) => {
  const shift = options.scale! + scaleOf(args[1]!) - scaleOf(args[0]!)
  const up = 10n ** BigInt(Math.max(0, shift))
  const down = 10n ** BigInt(Math.max(0, -shift))
  return ([a, b]) => {
    const divisor = digitsOf(b!)
    return divisor === 0n ? null : exactCell(divideHalfUp(digitsOf(a!) * up, divisor * down), type, fn)
  }
}

/** Functions of one number that keep its type: a float64 in doubles, the others in digits. */
const signed =
  (exact: (a: bigint) => bigint, float: (a: number) => number): ScalarMaker =>
  ({ fn, type }): Scalar =>
    type.kind === 'float64' ? ([a]) => float(a as number) : ([a]) => exactCell(exact(digitsOf(a!)), type, fn)

/** Rounding to a whole number; integers are whole already. */
const whole =
  (exact: (digits: bigint, unit: bigint) => bigint, float: (a: number) => number): ScalarMaker =>
  ({ fn, args, type }) => {
    if (type.kind === 'float64') return ([a]) => float(a as number)
    const unit = 10n ** BigInt(scaleOf(args[0]!))
    return unit === 1n ? ([a]) => a! : ([a]) => exactCell(exact(digitsOf(a!), unit), type, fn)
  }

const rounded: ScalarMaker = ({ fn, args, options, type }) => {
  const scale = options.scale ?? 0
  if (type.kind === 'float64') {
    const power = 10 ** scale
    return ([a]): Cell => finiteOrNull(roundHalfAway((a as number) * power) / power)
  }
  const from = scaleOf(args[0]!)
  if (from <= scale) return ([a]) => a!
  return ([a]) => exactCell(rescale(digitsOf(a!), from, scale), type, fn)
}

const ofDoubles =
  (compute: (a: number, b: number) => number): ScalarMaker =>
  ({ args }) =>
  cells =>
    finiteOrNull(compute(doubleOf(cells[0]!, args[0]!), args.length > 1 ? doubleOf(cells[1]!, args[1]!) : 0))

const magnitude = (a: bigint): bigint => (a < 0n ? -a : a)

export const numberScalars: Record<keyof typeof numbers, ScalarMaker> = {
  add: strict(
    additive(
      (a, b) => a + b,
      (a, b) => a + b,
    ),
  ),
  sub: strict(
    additive(
      (a, b) => a - b,
      (a, b) => a - b,
    ),
  ),
  mul: strict(product),
  neg: strict(
    signed(
      a => -a,
      a => -a,
    ),
  ),
  abs: strict(signed(magnitude, Math.abs)),
  intDiv: strict(wholeQuotient((a, b) => a / b)),
  mod: strict(wholeQuotient((a, b) => a % b)),
  decDiv: strict(decimalQuotient),
  fdiv: strict(ofDoubles((a, b) => a / b)),
  power: strict(ofDoubles((a, b) => a ** b)),
  sqrt: strict(ofDoubles(Math.sqrt)),
  ln: strict(ofDoubles(Math.log)),
  round: strict(rounded),
  floor: strict(whole(floorDivide, Math.floor)),
  ceil: strict(whole((digits, unit) => -floorDivide(-digits, unit), Math.ceil)),
}
