/** Arithmetic. Integers and decimals are exact and fail with OVERFLOW; float64 gives null where the result is not finite. */
import { HeadraceError } from '../../errors.ts'
import type { ColumnType } from '../../schema/type.ts'
import { t, withNull } from '../../schema/type.ts'
import type { FunctionSpec } from './function.ts'
import {
  anyNullable,
  asDecimal,
  commonOrMismatch,
  decimalOrTooWide,
  expectKinds,
  isExact,
  mismatch,
} from './signature.ts'

const NUMBERS = ['int32', 'int64', 'float64', 'decimal'] as const
const INTEGERS = ['int32', 'int64'] as const

/** float64 results may leave the finite range and become null. */
const orNull = (type: ColumnType, nullable: boolean): ColumnType =>
  withNull(type, nullable || type.kind === 'float64')

/** Sum and difference: integers keep the wider type; decimals gain one digit (38 at most). */
function additive(what: string): FunctionSpec['resolve'] {
  return types => {
    expectKinds(what, types, NUMBERS)
    const common = commonOrMismatch(what, types)
    if (common.kind !== 'decimal') return orNull(common, anyNullable(types))
    const precision = Math.min(38, common.precision! + 1)
    return withNull(t.decimal(precision, common.scale!), anyNullable(types))
  }
}

/** Product: decimals give (p1 + p2, s1 + s2), refused above 38 digits. An integer beside a decimal counts its digits. */
const product: FunctionSpec['resolve'] = types => {
  expectKinds('mul', types, NUMBERS)
  if (!types.some(type => type.kind === 'decimal'))
    return orNull(commonOrMismatch('mul', types), anyNullable(types))
  if (!types.every(isExact))
    throw mismatch('mul', types, 'Cast one of them, so that no digit can be lost unseen.')
  const [a, b] = types.map(asDecimal) as [ColumnType, ColumnType]
  const type = decimalOrTooWide('mul', types, a.precision! + b.precision!, a.scale! + b.scale!)
  return withNull(type, anyNullable(types))
}

function scaleOption(what: string, scale: number | undefined): number {
  if (scale === undefined || !Number.isInteger(scale) || scale < 0 || scale > 38) {
    throw new HeadraceError(
      'INVALID_ARGUMENT',
      `${what}: the scale must be a whole number from 0 to 38, not ${scale}.`,
    )
  }
  return scale
}

const decimalQuotient: FunctionSpec['resolve'] = (types, options) => {
  expectKinds('decDiv', types, ['int32', 'int64', 'decimal'])
  const scale = scaleOption('decDiv', options.scale)
  const a = asDecimal(types[0]!)
  const b = asDecimal(types[1]!)
  // |a / b| < 10^(whole digits of a) × 10^(scale of b): the smallest non-zero divisor is 10^−scale. One more for the carry.
  const precision = a.precision! - a.scale! + b.scale! + scale + 1
  return withNull(decimalOrTooWide('decDiv', types, precision, scale), true)
}

const sameOrNull =
  (what: string): FunctionSpec['resolve'] =>
  types => {
    expectKinds(what, types, NUMBERS)
    return types[0]!
  }

/** Whole-number results of decimals keep the digits before the point, plus one for the carry. */
const whole =
  (what: string): FunctionSpec['resolve'] =>
  types => {
    expectKinds(what, types, NUMBERS)
    const type = types[0]!
    if (type.kind !== 'decimal') return type
    return withNull(t.decimal(Math.min(38, type.precision! - type.scale! + 1), 0), type.nullable)
  }

const rounded: FunctionSpec['resolve'] = (types, options) => {
  expectKinds('round', types, NUMBERS)
  const scale = scaleOption('round', options.scale ?? 0)
  const type = types[0]!
  if (type.kind === 'float64' && scale > 15)
    throw new HeadraceError('INVALID_ARGUMENT', `round: a float64 takes 0 to 15 digits, not ${scale}.`)
  if (type.kind !== 'decimal' || scale >= type.scale!) return orNull(type, type.nullable)
  return withNull(t.decimal(Math.min(38, type.precision! - type.scale! + scale + 1), scale), type.nullable)
}

const doubleOrNull =
  (what: string): FunctionSpec['resolve'] =>
  types => {
    expectKinds(what, types, NUMBERS)
    return withNull(t.float64(), true)
  }

export const numbers = {
  add: {
    doc: 'The sum. Fails with OVERFLOW beyond the type; float64 gives null beyond the finite range.',
    resolve: additive('add'),
  },
  sub: { doc: 'The difference. Fails and gives null as add.', resolve: additive('sub') },
  mul: {
    doc: 'The product. Decimals add their digits and scales. Fails and gives null as add.',
    resolve: product,
  },
  neg: {
    doc: 'The negative. Fails with OVERFLOW for the least integer.',
    resolve: sameOrNull('neg'),
  },
  intDiv: {
    doc: 'Integer quotient, truncated toward zero; null where the divisor is 0. Fails with OVERFLOW for least ÷ −1.',
    resolve: types => {
      expectKinds('intDiv', types, INTEGERS)
      return withNull(commonOrMismatch('intDiv', types), true)
    },
  },
  mod: {
    doc: 'The remainder of intDiv, with the sign of the dividend; null where the divisor is 0.',
    resolve: types => {
      expectKinds('mod', types, INTEGERS)
      return withNull(commonOrMismatch('mod', types), true)
    },
  },
  fdiv: {
    doc: 'The quotient of both as float64; null where the divisor is 0 or the result is not finite.',
    resolve: doubleOrNull('fdiv'),
  },
  decDiv: {
    doc: 'The exact quotient rounded half away from zero to `scale` digits; null where the divisor is 0.',
    resolve: decimalQuotient,
  },
  abs: { doc: 'The absolute value. Fails with OVERFLOW for the least integer.', resolve: sameOrNull('abs') },
  round: {
    doc: 'Rounded half away from zero to `scale` digits (0 by default). float64: x × 10^scale rounded, then ÷ 10^scale, in double arithmetic; null where that is not finite.',
    resolve: rounded,
  },
  floor: { doc: 'The greatest whole number not above.', resolve: whole('floor') },
  ceil: { doc: 'The least whole number not below.', resolve: whole('ceil') },
  power: {
    doc: 'The first to the power of the second, as float64; null where not finite or not real.',
    resolve: doubleOrNull('power'),
  },
  sqrt: { doc: 'The square root as float64; null below 0.', resolve: doubleOrNull('sqrt') },
  ln: { doc: 'The natural logarithm as float64; null at or below 0.', resolve: doubleOrNull('ln') },
} as const satisfies Record<string, FunctionSpec>
