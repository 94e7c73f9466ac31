import type { logic } from '../../src/plan/function/logic.ts'
import { type ColumnType, t } from '../../src/schema/type.ts'
import { on, type Value, type Vectors } from './table.ts'

const int32 = t.int32()
const int64 = t.int64()
const float = t.float64()
const string = t.string()
const bool = t.bool()
const date = t.date()
const timestamp = t.timestamp()
const money = t.decimal(12, 2)
const color = t.enum('red', 'green', 'blue')
const bytes = t.bytes()
const uuid = t.uuid()

const ID_A = '00000000-0000-0000-0000-00000000000a'
const ID_B = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** Pairs of values and their order: −1 before, 0 equal, 1 after. */
const ORDERED: [ColumnType, ColumnType, (readonly [Value, Value, -1 | 0 | 1])[]][] = [
  [
    int32,
    int64,
    [
      [1, 2, -1],
      [2, 2, 0],
      [-1, -9223372036854775808n, 1],
    ],
  ],
  [
    int64,
    money,
    [
      [1, '1.00', 0],
      [9223372036854775807n, '9999999999.99', 1],
    ],
  ],
  [money, t.decimal(6, 4), [['0.10', '0.1001', -1]]],
  [
    float,
    float,
    [
      [-0, 0, 0],
      [0.1, 0.2, -1],
      [1e300, -1e300, 1],
    ],
  ],
  [
    string,
    string,
    [
      ['a', 'b', -1],
      ['a', 'A', 1],
      ['', 'a', -1],
      ['a', 'a ', -1],
      ['é', 'e\u0301', 1],
      // By code point an emoji comes after U+FFFF, in UTF-16 before it.
      ['😀', '\uffff', 1],
      ['a😀', 'a😁', -1],
      ['10', '9', -1],
    ],
  ],
  // By text, not by the place in the declaration.
  [color, color, [['red', 'green', 1]]],
  [
    color,
    string,
    [
      ['blue', 'blue', 0],
      ['blue', 'red', -1],
    ],
  ],
  [bool, bool, [[false, true, -1]]],
  [
    date,
    date,
    [
      ['0001-01-01', '9999-12-31', -1],
      ['1970-01-01', '1969-12-31', 1],
    ],
  ],
  [timestamp, timestamp, [['1969-12-31T23:59:59.999999Z', '1970-01-01T00:00:00Z', -1]]],
  [
    bytes,
    bytes,
    [
      ['', '00', -1],
      ['80', '7f', 1],
      ['ff', 'ff', 0],
    ],
  ],
  [uuid, uuid, [[ID_A, ID_B, -1]]],
]

/** A comparison over all ordered pairs, both ways round, with nulls. */
const comparison = (holds: (order: number) => boolean): Vectors[] =>
  ORDERED.map(([a, b, pairs]) =>
    on(
      [a, b],
      ...pairs.map(([x, y, order]) => [x, y, holds(order)] as const),
      [null, pairs[0]![1], null],
      [pairs[0]![0], null, null],
      [null, null, null],
    ),
  )

export const logicVectors: Readonly<Record<keyof typeof logic, readonly Vectors[]>> = {
  eq: comparison(order => order === 0),
  ne: comparison(order => order !== 0),
  lt: comparison(order => order < 0),
  le: comparison(order => order <= 0),
  gt: comparison(order => order > 0),
  ge: comparison(order => order >= 0),
  and: [
    on(
      [bool, bool],
      [true, true, true],
      [true, false, false],
      [false, true, false],
      [false, false, false],
      [true, null, null],
      [null, true, null],
      [false, null, false],
      [null, false, false],
      [null, null, null],
    ),
    on([bool, bool, bool], [true, null, false, false], [true, null, true, null], [true, true, true, true]),
  ],
  or: [
    on(
      [bool, bool],
      [true, true, true],
      [true, false, true],
      [false, true, true],
      [false, false, false],
      [true, null, true],
      [null, true, true],
      [false, null, null],
      [null, false, null],
      [null, null, null],
    ),
    on([bool, bool, bool], [false, null, true, true], [false, null, false, null]),
  ],
  not: [on([bool], [true, false], [false, true], [null, null])],
  isNull: [
    on([int32], [0, false], [null, true]),
    on([string], ['', false], [null, true]),
    on([t.list(int32)], [[null], false]),
    on([t.json()], ['null', false]),
  ],
  in: [
    on(
      [int32, int32, int32],
      [1, 1, 2, true],
      [2, 1, 2, true],
      [3, 1, 2, false],
      [3, 1, null, null],
      [1, 1, null, true],
      [null, 1, 2, null],
      [null, null, null, null],
    ),
    on([string, string, color], ['red', 'x', 'red', true], ['RED', 'x', 'red', false]),
    on([money, int32], ['1.00', 1, true]),
    on([date, date], ['2024-02-29', '2024-02-29', true]),
  ],
  case: [
    on(
      [bool, int32, int32],
      [true, 1, 2, 1],
      [false, 1, 2, 2],
      [null, 1, 2, 2],
      [true, null, 2, null],
      [false, 1, null, null],
    ),
    on(
      [bool, string, bool, string, string],
      [true, 'a', true, 'b', 'c', 'a'],
      [false, 'a', true, 'b', 'c', 'b'],
      [null, 'a', null, 'b', 'c', 'c'],
    ),
    on([bool, int32, money], [true, 1, '2.50', '1.00'], [false, 1, '2.50', '2.50']),
    on([bool, color, string], [true, 'red', '', 'red']),
  ],
  coalesce: [
    on([int32, int32], [1, 2, 1], [null, 2, 2], [1, null, 1], [null, null, null]),
    on([int32, int64], [null, 9223372036854775807n, 9223372036854775807n]),
    on([int32, money], [7, null, '7.00']),
    on([string, color], [null, 'blue', 'blue'], ['', 'blue', '']),
    on([t.list(int32), t.list(int32)], [null, [1, null], [1, null]]),
  ],
  nullif: [
    on([int32, int32], [1, 1, null], [1, 2, 1], [null, 1, null], [1, null, 1]),
    on([int32, money], [1, '1.00', null], [1, '1.01', 1]),
    on([float, float], [-0, 0, null]),
    on([string, string], ['', '', null]),
  ],
  least: [
    on([int32, int32, int32], [3, 1, 2, 1], [3, null, 2, null]),
    on([int32, money], [1, '0.99', '0.99']),
    on([string, string], ['b', 'a', 'a'], ['😀', '\uffff', '\uffff']),
    on(
      [timestamp, timestamp],
      ['9999-12-31T23:59:59.999999Z', '0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'],
    ),
    on([bool, bool], [true, false, false]),
  ],
  greatest: [
    on([int32, int32, int32], [3, 1, 2, 3], [3, null, 2, null]),
    on([int64, int32], [-5, -6, -5]),
    on([string, string], ['b', 'a', 'b'], ['😀', '\uffff', '😀']),
    on([float, float], [-1.5, -2.5, -1.5]),
    on([date, date], ['1969-12-31', '1970-01-01', '1970-01-01']),
  ],
}
