import type { numbers } from '../../src/plan/function/numbers.ts'
import { t } from '../../src/schema/type.ts'
import { fails, on, onWith, type Vectors } from './table.ts'

const int32 = t.int32()
const int64 = t.int64()
const float = t.float64()
const MAX32 = 2147483647
const MIN32 = -2147483648
const MAX64 = 9223372036854775807n
const MIN64 = -9223372036854775808n
const MAX = Number.MAX_VALUE
const NINES38 = '9'.repeat(38)
const money = t.decimal(12, 2)
const wide = t.decimal(38, 0)

const overflow = fails('OVERFLOW')

export const numberVectors: Readonly<Record<keyof typeof numbers, readonly Vectors[]>> = {
  add: [
    on(
      [int32, int32],
      [1, 2, 3],
      [-5, 3, -2],
      [MAX32, 0, MAX32],
      [MIN32, MAX32, -1],
      [null, 1, null],
      [1, null, null],
      [MAX32, 1, overflow],
      [MIN32, -1, overflow],
    ),
    on(
      [int64, int32],
      [9007199254740993n, 1, 9007199254740994n],
      [MIN64, 1, -9223372036854775807n],
      [MAX64, 1, overflow],
      [MIN64, -1, overflow],
    ),
    on(
      [money, t.decimal(5, 4)],
      ['1.50', '0.0005', '1.5005'],
      ['-0.01', '0.0100', '0.0000'],
      ['9999999999.99', '9.9999', '10000000009.9899'],
    ),
    on([money, int32], ['0.50', 1, '1.50'], ['-0.50', MIN32, '-2147483648.50']),
    on([wide, wide], [NINES38, '0', NINES38], [`-${NINES38}`, NINES38, '0'], [NINES38, '1', overflow]),
    on(
      [float, float],
      [0.5, 0.25, 0.75],
      [0.1, 0.2, 0.30000000000000004],
      [1e308, -1e308, 0],
      [MAX, MAX, null],
      [-MAX, -MAX, null],
    ),
    on([float, int32], [0.5, 2, 2.5]),
    on([t.decimal(18, 0), t.decimal(18, 0)], ['9'.repeat(18), '1', `1${'0'.repeat(18)}`]),
  ],
  sub: [
    on(
      [int32, int32],
      [3, 5, -2],
      [MIN32, MIN32, 0],
      [null, 1, null],
      [MIN32, 1, overflow],
      [0, MIN32, overflow],
    ),
    on([int64, int64], [0, MAX64, -9223372036854775807n], [-1, MIN64, MAX64], [0, MIN64, overflow]),
    on([money, money], ['0.10', '0.30', '-0.20']),
    on([float, float], [0.3, 0.1, 0.19999999999999998], [-MAX, MAX, null]),
  ],
  mul: [
    on(
      [int32, int32],
      [-4, 3, -12],
      [46341, 46340, 2147441940],
      [MIN32, 1, MIN32],
      [null, 0, null],
      [46341, 46341, overflow],
      [MIN32, -1, overflow],
    ),
    on(
      [int64, int64],
      [3037000500, 3037000499, 9223372033963249500n],
      [4611686018427387904n, -2, MIN64],
      [3037000500, 3037000500, overflow],
      [MIN64, -1, overflow],
    ),
    on(
      [money, t.decimal(3, 1)],
      ['10.00', '1.1', '11.000'],
      ['-0.01', '0.1', '-0.001'],
      ['9999999999.99', '99.9', '998999999999.001'],
    ),
    on([money, int32], ['-2.50', 3, '-7.50'], ['9999999999.99', MIN32, '-21474836479978525163.52']),
    on(
      [t.decimal(19, 0), t.decimal(19, 0)],
      ['9'.repeat(19), '9'.repeat(19), `${'9'.repeat(18)}8${'0'.repeat(18)}1`],
    ),
    on([float, float], [1.5, -2, -3], [-0, 5, 0], [MAX, 2, null], [5e-324, 0.5, 0]),
  ],
  neg: [
    on([int32], [5, -5], [0, 0], [MAX32, -MAX32], [null, null], [MIN32, overflow]),
    on([int64], [MAX64, -9223372036854775807n], [MIN64, overflow]),
    on([money], ['1.50', '-1.50']),
    on([wide], [`-${NINES38}`, NINES38]),
    on([float], [1.5, -1.5], [-0, 0], [MAX, -MAX]),
  ],
  intDiv: [
    on(
      [int32, int32],
      [7, 2, 3],
      [-7, 2, -3],
      [7, -2, -3],
      [-7, -2, 3],
      [0, 5, 0],
      [1, 0, null],
      [0, 0, null],
      [null, 0, null],
      [1, null, null],
      [MIN32, 1, MIN32],
      [MIN32, -1, overflow],
    ),
    on(
      [int64, int32],
      [MAX64, 2, 4611686018427387903n],
      [MIN64, 3, -3074457345618258602n],
      [MIN64, -1, overflow],
    ),
  ],
  mod: [
    on(
      [int32, int32],
      [7, 3, 1],
      [-7, 3, -1],
      [7, -3, 1],
      [-7, -3, -1],
      [6, 3, 0],
      [5, 0, null],
      [null, 3, null],
      [MIN32, -1, 0],
    ),
    on([int64, int64], [MAX64, 10, 7], [MIN64, 10, -8], [MIN64, -1, 0]),
  ],
  fdiv: [
    on(
      [int32, int32],
      [7, 2, 3.5],
      [-1, 4, -0.25],
      [1, 3, 1 / 3],
      [0, 5, 0],
      [1, 0, null],
      [0, 0, null],
      [null, 1, null],
    ),
    on([int64, int64], [9007199254740993n, 1, 9007199254740992]),
    on([money, money], ['0.10', '0.30', 0.1 / 0.3]),
    on([t.decimal(28, 10), int32], ['0.0183333333', 1, 0.0183333333]),
    on([float, float], [1, 3, 1 / 3], [1, -0, null], [MAX, 0.5, null], [5e-324, 2, 0]),
  ],
  decDiv: [
    onWith(
      [money, money],
      { scale: 4 },
      ['1.00', '3.00', '0.3333'],
      ['2.00', '3.00', '0.6667'],
      ['-2.00', '3.00', '-0.6667'],
      ['-1.00', '-3.00', '0.3333'],
      ['1.00', '0.00', null],
      ['0.00', '0.00', null],
      [null, '1.00', null],
      ['9999999999.99', '0.01', '999999999999.0000'],
    ),
    onWith(
      [int32, int32],
      { scale: 2 },
      [1, 8, '0.13'],
      [-1, 8, '-0.13'],
      [1, -8, '-0.13'],
      [3, 8, '0.38'],
      [MIN32, 1, '-2147483648.00'],
    ),
    onWith(
      [t.decimal(2, 2), t.decimal(2, 0)],
      { scale: 0 },
      ['0.99', '1', '1'],
      ['0.50', '1', '1'],
      ['0.49', '1', '0'],
      ['-0.50', '1', '-1'],
    ),
    onWith([int64, t.decimal(18, 9)], { scale: 1 }, [MAX64, '0.000000001', '9223372036854775807000000000.0']),
  ],
  abs: [
    on([int32], [-5, 5], [5, 5], [null, null], [MIN32, overflow]),
    on([int64], [-9223372036854775807n, MAX64], [MIN64, overflow]),
    on([money], ['-1.50', '1.50']),
    on([float], [-1.5, 1.5], [-0, 0], [-MAX, MAX]),
  ],
  round: [
    on(
      [float],
      [2.5, 3],
      [-2.5, -3],
      [1.5, 2],
      [-0.5, -1],
      [0.5, 1],
      [0.49999999999999994, 0],
      [-0.4, 0],
      [4503599627370497, 4503599627370497],
      [MAX, MAX],
      [null, null],
    ),
    onWith([float], { scale: 2 }, [2.345, 2.35], [-2.345, -2.35], [1.005, 1], [0.125, 0.13], [MAX, null]),
    onWith(
      [money],
      { scale: 1 },
      ['2.45', '2.5'],
      ['-2.45', '-2.5'],
      ['2.44', '2.4'],
      ['-0.04', '0.0'],
      ['9999999999.95', '10000000000.0'],
    ),
    on([money], ['2.50', '3'], ['-2.50', '-3'], ['2.49', '2']),
    onWith([money], { scale: 5 }, ['2.45', '2.45']),
    on([t.decimal(38, 1)], [`${'9'.repeat(37)}.5`, `1${'0'.repeat(37)}`]),
    onWith([int32], { scale: 3 }, [MIN32, MIN32]),
  ],
  floor: [
    on([float], [1.9, 1], [-1.1, -2], [-0.5, -1], [0.5, 0], [2, 2], [null, null]),
    on([money], ['1.99', '1'], ['-1.01', '-2'], ['-1.00', '-1'], ['-9999999999.99', '-10000000000']),
    on([int64], [MIN64, MIN64]),
  ],
  ceil: [
    on([float], [1.1, 2], [-1.9, -1], [-0.5, 0], [2, 2], [null, null]),
    on([money], ['1.01', '2'], ['-1.99', '-1'], ['1.00', '1'], ['9999999999.99', '10000000000']),
    on([int32], [MAX32, MAX32]),
  ],
  power: [
    on(
      [float, float],
      [2, 10, 1024],
      [2, -1, 0.5],
      [9, 0.5, 3],
      [-2, 3, -8],
      [0, 0, 1],
      [5, 0, 1],
      [-8, 1 / 3, null],
      [0, -1, null],
      [10, 400, null],
      [10, -400, 0],
      [null, 0, null],
      [1, null, null],
    ),
    on([int32, int32], [3, 4, 81]),
    on([money, int32], ['1.50', 2, 2.25]),
  ],
  sqrt: [
    on([float], [9, 3], [2, Math.SQRT2], [0, 0], [-0, 0], [-1, null], [-5e-324, null], [null, null]),
    on([int64], [1000000000000n, 1000000]),
    on([money], ['6.25', 2.5]),
  ],
  ln: [
    on([float], [1, 0], [Math.E, 1], [0.5, -Math.LN2], [0, null], [-0, null], [-1, null], [null, null]),
    on([int32], [10, Math.LN10]),
    on([money], ['2.00', Math.LN2]),
  ],
}
