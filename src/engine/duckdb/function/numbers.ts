/** Arithmetic of one row in SQL. Overflow of integers and decimals fails in DuckDB as in the plan; doubles become infinite, which is made null. */

import { HeadraceError } from '../../../errors.ts'
import type { Expression } from '../../../plan/expression.ts'
import type { numbers as catalogue } from '../../../plan/function/numbers.ts'
import { asDecimal, commonOrMismatch } from '../../../plan/function/signature.ts'
import type { Cell } from '../../../schema/cell.ts'
import { divideHalfUp } from '../../../schema/decimal.ts'
import type { ColumnType } from '../../../schema/type.ts'
import { cast, common, double, type Emit, type Emitter, finite, power10, widened } from './emit.ts'

const OPERATORS: Readonly<Record<string, string>> = { add: '+', sub: '-', mul: '*' }

/**
 * A double that may not be finite: once it is not, sums and products of it never are again, so that one check at the end
 * of a chain of them is enough.
 */
function unchecked(expression: Expression, emitter: Emitter): string {
  if (
    expression.kind !== 'call' ||
    expression.type.kind !== 'float64' ||
    OPERATORS[expression.fn] === undefined
  )
    return widened(emitter.sql(expression), expression.type, DOUBLE)
  const [a, b] = expression.args.map(arg => unchecked(arg, emitter))
  return `(${a} ${OPERATORS[expression.fn]} ${b})`
}

const DOUBLE: ColumnType = { kind: 'float64', nullable: true }

/**
 * Sum, difference, product. DuckDB types those of decimals as the catalogue does, and the cast only says so, but for one
 * thing: of operands that fit 64 bits it makes a result that does, and fails beyond 18 digits. A 19th digit prevents it.
 */
const arithmetic: Emit = (call, emitter) => {
  const operator = OPERATORS[call.fn]!
  if (call.type.kind === 'float64') return finite(unchecked(call, emitter))
  const types = call.args.map(arg => arg.type)
  const inDecimals = call.fn === 'mul' && call.type.kind === 'decimal'
  const [a, b] = call.args.map(arg => {
    const exact = inDecimals ? asDecimal(arg.type) : commonOrMismatch(call.fn, types)
    const type = exceeds64Bits(call.type) && !exceeds64Bits(exact) ? { ...exact, precision: 19 } : exact
    return widened(emitter.sql(arg), arg.type, type)
  })
  const result = `(${a} ${operator} ${b})`
  return call.type.kind === 'decimal' ? cast(result, call.type) : result
}

const exceeds64Bits = ({ kind, precision }: ColumnType): boolean => kind === 'decimal' && precision! > 18

/** A constant that is not 0 nor −1 needs no guard. */
const isPlainDivisor = (divisor: Expression): boolean =>
  divisor.kind === 'literal' && divisor.value !== null && ![0, -1].includes(Number(divisor.value))

const quotient: Emit = (call, emitter) => {
  const [a, b] = common(call, emitter)
  return isPlainDivisor(call.args[1]!) ? `(${a} // ${b})` : `(${a} // nullif(${b}, 0))`
}

/** The least integer has no quotient by −1, but it has a remainder. */
const remainder: Emit = (call, emitter) => {
  const [a, b] = common(call, emitter)
  if (isPlainDivisor(call.args[1]!)) return `(${a} % ${b})`
  return `CASE WHEN ${b} = -1 THEN ${a} % 1 ELSE ${a} % nullif(${b}, 0) END`
}

/** DuckDB divides decimals as doubles. */
const decimalQuotient: Emit = (call, emitter) => {
  const [a, b] = call.args.map(arg => asDecimal(arg.type)) as [ColumnType, ColumnType]
  const up = 10n ** BigInt(call.type.scale! + b.scale!)
  const down = 10n ** BigInt(a.scale!)
  const limit = 10n ** BigInt(call.type.precision!)
  const apply = (x: Cell, y: Cell): Cell => {
    if (y === 0n) return null
    const result = divideHalfUp((x as bigint) * up, (y as bigint) * down)
    if (result < limit && -result < limit) return result
    throw new HeadraceError(
      'OVERFLOW',
      `decDiv: the result ${result} has more than ${call.type.precision} digits.`,
    )
  }
  const name = emitter.native({
    key: `decDiv ${a.scale} ${b.scale} ${a.precision} ${b.precision} ${call.type.precision} ${call.type.scale}`,
    args: [a, b],
    result: call.type,
    apply,
  })
  const [x, y] = call.args.map((arg, i) => widened(emitter.sql(arg), arg.type, [a, b][i]!))
  return `${name}(${x}, ${y})`
}

/** floor and ceil. */
const whole =
  (fn: string): Emit =>
  (call, emitter) => {
    const [x] = call.args as [Expression]
    if (x.type.kind === 'float64') return `${fn}(${emitter.sql(x)})`
    return x.type.kind === 'decimal' ? cast(`${fn}(${emitter.sql(x)})`, call.type) : emitter.sql(x)
  }

/** A decimal cast to a smaller scale rounds half away from zero. */
const round: Emit = (call, emitter) => {
  const [x] = call.args as [Expression]
  if (x.type.kind === 'decimal') return widened(emitter.sql(x), x.type, call.type)
  if (x.type.kind !== 'float64') return emitter.sql(x)
  const power = power10(call.options.scale ?? 0)
  return finite(`(round(${emitter.sql(x)} * ${power}) / ${power})`)
}

const doubles =
  (write: (...args: string[]) => string): Emit =>
  (call, emitter) =>
    write(...call.args.map(arg => double(emitter.sql(arg), arg.type)))

export const numbers = {
  add: arithmetic,
  sub: arithmetic,
  mul: arithmetic,
  neg: (call, emitter) => `(- ${emitter.sql(call.args[0]!)})`,
  intDiv: quotient,
  mod: remainder,
  fdiv: doubles((a, b) => finite(`(${a} / nullif(${b}, 0))`)),
  decDiv: decimalQuotient,
  abs: (call, emitter) => `abs(${emitter.sql(call.args[0]!)})`,
  round,
  floor: whole('floor'),
  ceil: whole('ceil'),
  power: doubles((a, b) => finite(`pow(${a}, ${b})`)),
  sqrt: doubles(x => `CASE WHEN ${x} >= 0 THEN sqrt(${x}) END`),
  ln: doubles(x => `CASE WHEN ${x} > 0 THEN ln(${x}) END`),
} satisfies Record<keyof typeof catalogue, Emit>
