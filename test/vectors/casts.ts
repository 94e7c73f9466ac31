import type { casts } from '../../src/plan/function/casts.ts'
import { type ColumnType, t } from '../../src/schema/type.ts'
import { fails, isFailure, onWith, type Vector, type Vectors } from './table.ts'

const int32 = t.int32()
const int64 = t.int64()
const float = t.float64()
const string = t.string()
const bool = t.bool()
const date = t.date()
const timestamp = t.timestamp()
const uuid = t.uuid()
const color = t.enum('red', 'green')
const money = t.decimal(6, 2)
const TWO63 = 2 ** 63

const bad = fails('BAD_VALUE')
const beyond = fails('OUT_OF_RANGE')

const to = (from: ColumnType, target: ColumnType, ...rows: Vector[]): Vectors =>
  onWith([from], { to: target }, ...rows)

const CASTS: readonly Vectors[] = [
  to(bool, int32, [true, 1], [false, 0], [null, null]),
  to(bool, string, [true, 'true'], [false, 'false']),
  to(int32, int64, [-2147483648, -2147483648]),
  to(int32, float, [-7, -7]),
  to(int32, money, [-9999, '-9999.00'], [null, null], [10000, beyond]),
  to(int32, string, [-7, '-7'], [0, '0']),
  to(int64, int32, [-2147483648, -2147483648], [2147483648, beyond], [-2147483649, beyond]),
  to(int64, float, [9007199254740993n, 9007199254740992], [9223372036854775807n, TWO63]),
  to(int64, t.decimal(38, 2), [-9223372036854775808n, '-9223372036854775808.00']),
  to(int64, string, [-9223372036854775808n, '-9223372036854775808']),
  to(
    float,
    int32,
    [2.5, 2],
    [-2.9, -2],
    [-0.5, 0],
    [2147483647.9, 2147483647],
    [-2147483648.9, -2147483648],
    [null, null],
    [2147483648, beyond],
    [-2147483649, beyond],
  ),
  to(
    float,
    int64,
    [1e18, 1000000000000000000n],
    [-TWO63, -9223372036854775808n],
    [TWO63, beyond],
    [1e300, beyond],
  ),
  to(
    float,
    money,
    [0.1, '0.10'],
    [0.125, '0.13'],
    [-0.125, '-0.13'],
    [1.005, '1.00'],
    [-0.001, '0.00'],
    [9999.99, '9999.99'],
    [9999.996, beyond],
    [1e300, beyond],
  ),
  to(float, t.decimal(15, 0), [999999999999999, '999999999999999'], [1e15, beyond]),
  to(money, int32, ['2.50', 3], ['-2.50', -3], ['2.49', 2], ['-0.49', 0]),
  to(
    t.decimal(38, 1),
    int64,
    ['9223372036854775807.4', 9223372036854775807n],
    ['9223372036854775807.5', beyond],
    ['-9223372036854775808.5', beyond],
  ),
  to(money, float, ['-0.10', -0.1]),
  to(
    t.decimal(28, 10),
    float,
    ['0.0183333333', 0.0183333333],
    ['123456789012345678.0123456789', 123456789012345680],
  ),
  to(t.decimal(38, 0), float, ['9'.repeat(38), 1e38]),
  to(money, t.decimal(4, 1), ['1.25', '1.3'], ['-1.25', '-1.3'], ['999.94', '999.9'], ['999.95', beyond]),
  to(money, t.decimal(38, 20), ['1.25', '1.25000000000000000000']),
  to(money, string, ['0.05', '0.05'], ['-12.50', '-12.50'], ['0.00', '0.00']),
  to(t.decimal(38, 38), string, [`-0.${'9'.repeat(38)}`, `-0.${'9'.repeat(38)}`]),
  to(string, bool, ['true', true], ['false', false], [null, null], ['TRUE', bad], ['1', bad], ['t', bad]),
  to(
    string,
    int32,
    ['42', 42],
    ['+7', 7],
    ['-0', 0],
    ['007', 7],
    ['2147483647', 2147483647],
    [null, null],
    ['2147483648', beyond],
    ['', bad],
    [' 1', bad],
    ['1.0', bad],
    ['1e3', bad],
    ['0x10', bad],
    ['1_000', bad],
    ['١', bad],
    ['-', bad],
  ),
  to(
    string,
    int64,
    ['-9223372036854775808', -9223372036854775808n],
    [`000${'0'.repeat(40)}1`, 1],
    ['9223372036854775808', beyond],
    ['1 ', bad],
  ),
  to(
    string,
    float,
    ['1.5', 1.5],
    ['-2', -2],
    ['+1e3', 1000],
    ['1.5E-3', 0.0015],
    ['0.1', 0.1],
    ['4.9e-324', 5e-324],
    ['1e-400', 0],
    ['1e400', beyond],
    ['NaN', bad],
    ['Infinity', bad],
    ['.5', bad],
    ['5.', bad],
    ['1,5', bad],
    ['', bad],
  ),
  to(
    string,
    money,
    ['12.5', '12.50'],
    ['-0.005', '-0.01'],
    ['0.004999999999999999999999999999999999999', '0.00'],
    ['+3', '3.00'],
    ['9999.994', '9999.99'],
    ['9999.995', beyond],
    ['10000', beyond],
    ['1e3', bad],
    ['.5', bad],
    ['', bad],
  ),
  to(
    string,
    date,
    ['2024-02-29', '2024-02-29'],
    ['0001-01-01', '0001-01-01'],
    ['9999-12-31', '9999-12-31'],
    ['2023-02-29', bad],
    ['2024-13-01', bad],
    ['2024-1-1', bad],
    ['2024-01-01T00:00:00Z', bad],
    ['01/02/2024', bad],
    ['', bad],
  ),
  to(
    string,
    timestamp,
    ['2024-02-29T12:34:56Z', '2024-02-29T12:34:56Z'],
    ['2024-02-29 12:34:56', '2024-02-29T12:34:56Z'],
    ['2024-02-29T12:34:56.5Z', '2024-02-29T12:34:56.500000Z'],
    ['2024-02-29T12:34:56.123456', '2024-02-29T12:34:56.123456Z'],
    ['2024-02-29T00:00:00+05:30', '2024-02-28T18:30:00Z'],
    ['1969-12-31T23:59:59.999999-01:00', '1970-01-01T00:59:59.999999Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'],
    ['0001-01-01T00:00:00+01:00', beyond],
    ['9999-12-31T23:59:59-01:00', beyond],
    ['2024-02-29T12:34:56.1234567Z', beyond],
    ['2024-02-30T00:00:00Z', bad],
    ['2024-02-29T24:00:00Z', bad],
    ['2024-02-29T12:60:00Z', bad],
    ['2024-02-29T12:34', bad],
    ['2024-02-29', bad],
    ['2024-02-29T12:34:56+0530', bad],
    ['2024-02-29T12:34:56 Europe/Paris', bad],
    ['now', bad],
  ),
  to(
    string,
    uuid,
    ['ABCDEF01-2345-6789-abcd-ef0123456789', 'abcdef01-2345-6789-abcd-ef0123456789'],
    ['abcdef0123456789abcdef0123456789', bad],
    ['{abcdef01-2345-6789-abcd-ef0123456789}', bad],
    ['', bad],
  ),
  to(string, color, ['red', 'red'], ['Red', bad], ['', bad]),
  to(date, timestamp, ['1969-12-31', '1969-12-31T00:00:00Z'], ['9999-12-31', '9999-12-31T00:00:00Z']),
  to(date, string, ['0001-01-01', '0001-01-01'], ['2024-02-29', '2024-02-29']),
  to(
    timestamp,
    date,
    ['1969-12-31T23:59:59.999999Z', '1969-12-31'],
    ['1970-01-01T00:00:00Z', '1970-01-01'],
    ['0001-01-01T23:00:00Z', '0001-01-01'],
  ),
  to(
    timestamp,
    string,
    ['2024-01-31T12:00:00Z', '2024-01-31T12:00:00Z'],
    ['2024-01-31T12:00:00.5Z', '2024-01-31T12:00:00.500000Z'],
    ['1969-12-31T23:59:59.000001Z', '1969-12-31T23:59:59.000001Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'],
  ),
  to(uuid, string, ['abcdef01-2345-6789-abcd-ef0123456789', 'abcdef01-2345-6789-abcd-ef0123456789']),
  to(color, string, ['red', 'red']),
  to(color, t.enum('green', 'blue'), ['green', 'green'], ['red', bad]),
  to(t.json(), string, ['{"a": 1}', '{"a": 1}']),
  to(t.bytes(), t.bytes(), ['00ff', '00ff']),
  to(t.list(int32), t.list(int32), [
    [1, null],
    [1, null],
  ]),
]

/** tryCast gives null where cast fails, and is the same otherwise. */
const TRY_CASTS = CASTS.map(vectors => ({
  ...vectors,
  rows: vectors.rows.map(row => {
    const result = row.at(-1)!
    return isFailure(result) ? ([...row.slice(0, -1), null] as typeof row) : row
  }),
}))

export const castVectors: Readonly<Record<keyof typeof casts, readonly Vectors[]>> = {
  cast: CASTS,
  tryCast: TRY_CASTS,
}
