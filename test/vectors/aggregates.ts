import type { AggregateName } from '../../src/plan/function/aggregates.ts'
import { Decimal } from '../../src/schema/decimal.ts'
import { t } from '../../src/schema/type.ts'
import type { Aggregate } from '../../src/seam/aggregate.ts'
import { type AggregateVectors, fails, over, overPairs } from './table.ts'

const int32 = t.int32()
const int64 = t.int64()
const float = t.float64()
const string = t.string()
const bool = t.bool()
const date = t.date()
const money = t.decimal(12, 2)

const MAX64 = 9223372036854775807n
const MAX = Number.MAX_VALUE
const overflow = fails('OVERFLOW')

/** The values 1 to 100, whose median by rank is 50. */
const HUNDRED = Array.from({ length: 100 }, (_, i) => i + 1)

/** The sum of squares, whose rows can be taken away again. */
const squares: Aggregate<number, bigint, bigint> = {
  zero: () => 0n,
  add: (total, n) => total + BigInt(n) ** 2n,
  retract: (total, n) => total - BigInt(n) ** 2n,
  result: total => total,
}

/** The number with the most digits after its point that are not zero, in a total that is changed in place. */
const finest: Aggregate<Decimal, { digits: number; of: Decimal }, Decimal> = {
  zero: () => ({ digits: -1, of: new Decimal(0n, 0) }),
  add: (total, of) => {
    const digits = of.toString().replace(/0*$/, '').split('.')[1]!.length
    return digits > total.digits ? Object.assign(total, { digits, of }) : total
  },
  result: total => total.of,
}

/** first and last see rows in the order in which they stand here. */
export const aggregateVectors: Readonly<Record<AggregateName, readonly AggregateVectors[]>> = {
  count: [
    over(int32, [[1, 1, null], 2], [[null], 0], [[], 0]),
    over(t.json(), [['null', null], 1]),
    {
      of: [],
      groups: [
        [[[], [], []], 3],
        [[], 0],
      ],
    },
  ],
  sum: [
    over(
      int32,
      [[1, null, 2], 3],
      [[null], null],
      [[], null],
      [[2147483647, 2147483647], 4294967294],
      [[-2147483648, 2147483647], -1],
    ),
    over(int64, [[MAX64, 1, -1], MAX64], [[MAX64, 1], overflow], [[-MAX64, -2], overflow]),
    over(
      money,
      [['0.10', '0.20', '-0.05'], '0.25'],
      [['9999999999.99', '9999999999.99'], '19999999999.98'],
      [[], null],
    ),
    over(t.decimal(38, 0), [['9'.repeat(38), '1', '-1'], '9'.repeat(38)], [['9'.repeat(38), '1'], overflow]),
    over(float, [[0.5, -0.25, null], 0.25], [[MAX, MAX], null], [[null], null]),
  ],
  avg: [
    over(int32, [[1, 2, null], 1.5], [[null], null], [[], null], [[2147483647, 2147483647], 2147483647]),
    over(int64, [[MAX64, MAX64], Number(MAX64)], [[1, 2, 2], 5 / 3]),
    over(money, [['0.10', '0.20'], 0.15], [['-1.00'], -1]),
    over(float, [[0.5, 1], 0.75], [[MAX, MAX], null]),
  ],
  min: [
    over(int32, [[3, null, -1], -1], [[null], null], [[], null]),
    over(string, [['b', 'a', ''], ''], [['\uffff', '😀'], '\uffff']),
    over(t.decimal(38, 2), [['0.10', '-99999999999999999999.00'], '-99999999999999999999.00']),
    over(float, [[0.5, -0.5], -0.5]),
    over(bool, [[true, false], false]),
    over(date, [['1970-01-01', '0001-01-01'], '0001-01-01']),
    over(t.enum('red', 'green'), [['red', 'green'], 'green']),
    over(t.bytes(), [['80', '7fff'], '7fff']),
  ],
  max: [
    over(int64, [[3, null, MAX64], MAX64], [[null], null], [[], null]),
    over(string, [['b', 'a', 'B'], 'b'], [['\uffff', '😀'], '😀']),
    over(money, [['-0.10', '-0.20'], '-0.10']),
    over(t.timestamp(), [['1969-12-31T23:59:59.999999Z', '1970-01-01T00:00:00Z'], '1970-01-01T00:00:00Z']),
    over(bool, [[false, false], false]),
    over(t.uuid(), [
      ['00000000-0000-0000-0000-00000000000a', 'f0000000-0000-0000-0000-000000000000'],
      'f0000000-0000-0000-0000-000000000000',
    ]),
  ],
  first: [
    over(int32, [[3, 1, 2], 3], [[null, 5, 6], 5], [[null], null], [[], null]),
    over(t.list(int32), [[[2], [1]], [2]]),
  ],
  last: [
    over(int32, [[3, 1, 2], 2], [[4, 5, null], 5], [[null], null], [[], null]),
    over(t.json(), [['{"b":1}', '{"a":1}'], '{"a":1}']),
  ],
  argMin: [
    overPairs(
      [string, int32],
      [
        [
          ['x', 2],
          ['y', 1],
          ['z', 3],
        ],
        'y',
      ],
      [
        [
          ['x', 1],
          ['y', 1],
        ],
        'x',
      ],
    ),
    overPairs(
      [string, int32],
      [
        [
          [null, 0],
          ['y', 1],
          ['z', null],
        ],
        'y',
      ],
      [
        [
          [null, 1],
          ['x', null],
        ],
        null,
      ],
      [[], null],
    ),
    overPairs(
      [t.json(), string],
      [
        [
          ['1', '😀'],
          ['2', '\uffff'],
        ],
        '2',
      ],
    ),
  ],
  argMax: [
    overPairs(
      [string, money],
      [
        [
          ['x', '0.20'],
          ['y', '0.30'],
          ['z', '0.10'],
        ],
        'y',
      ],
      [
        [
          ['x', '1.00'],
          ['y', '1.00'],
        ],
        'x',
      ],
    ),
    overPairs(
      [int32, date],
      [
        [
          [1, null],
          [null, '9999-12-31'],
          [3, '2024-01-01'],
        ],
        3,
      ],
      [[], null],
    ),
  ],
  countDistinct: [
    over(int32, [[1, 2, 1, null], 2], [[null], 0], [[], 0]),
    over(string, [['a', 'A', 'a ', ''], 4], [['é', 'e\u0301'], 2]),
    over(float, [[0, -0, 1], 2]),
    over(money, [['1.00', '1.00', '-1.00'], 2]),
  ],
  approxCountDistinct: [
    over(int32, [[1, 2, 1, null], 2], [[null], 0], [[], 0], [HUNDRED, 100]),
    over(string, [['a', 'b', 'c', 'a'], 3]),
    over(int64, [[MAX64, -MAX64, 0, 0], 3]),
    over(float, [[0, -0], 1]),
    over(bool, [[true, false, true], 2]),
  ],
  quantile: [
    {
      ...over(int32, [HUNDRED, 49.90296094906654], [[7], 7.028793021534769], [[null], null], [[], null]),
      quantile: 0.5,
    },
    { ...over(float, [[-1, 0, 1], -0.9900000000000001], [[0, 0, 5], 0]), quantile: 0 },
    { ...over(money, [['10.00', '20.00', '-5.00'], 19.886670240866188]), quantile: 1 },
  ],
  stddev: [
    over(int32, [[1, 2, 3, 4], 1.2909944487358056], [[5], null], [[5, null], null], [[5, 5], 0], [[], null]),
    over(float, [[0.5, -0.5], Math.SQRT1_2], [[MAX, -MAX], null]),
    over(money, [['1.00', '3.00'], Math.SQRT2]),
    over(int64, [[9007199254740992n, 9007199254740992n], 0]),
  ],
  boolAnd: [over(bool, [[true, null], true], [[true, false], false], [[null], null], [[], null])],
  boolOr: [over(bool, [[false, null], false], [[true, false], true], [[null], null], [[], null])],
  custom: [
    {
      ...over(int32, [[1, -2, null], 5], [[3], 9], [[null], null], [[], null]),
      custom: { fold: squares, gives: int64 },
    },
    {
      ...over(money, [['1.50', '0.25', '7.00'], '0.25'], [[], null]),
      custom: { fold: finest, gives: money },
    },
  ],
}
