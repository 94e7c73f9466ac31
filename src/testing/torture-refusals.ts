/**
 * What rows and codecs do not give back of the torture table, and what nothing takes in. This is data, and tests hold it
 * both ways: what is listed must fail as listed, and nothing else may.
 */
import type { ErrorCode } from '../errors.ts'
import { type ColumnType, t } from '../schema/type.ts'
import type { Refused } from './torture.ts'

const inexact = (value: string): Refused => ({
  codec: 'rows',
  kind: 'timestamp',
  value,
  code: 'OUT_OF_RANGE',
  reason: 'rows show microseconds as a number, exact from 1684 to 2255 only; batches hold all years',
})

/** Values that a codec has no way to show or write, with the code, and why. */
export const refused: readonly Refused[] = [
  inexact('the first, of year 1'),
  inexact('the last, of year 9999'),
  inexact('a microsecond after the first'),
  inexact('a second before the last'),
  inexact('2^53, the last exact number'),
  inexact('2^53 + 1'),
  inexact('−2^53 − 1'),
  inexact('year 1600'),
  {
    codec: 'csv',
    kind: 'list',
    value: '*',
    code: 'NOT_EXPRESSIBLE',
    reason: 'CSV has no lists',
  },
]

/** A value that comes back as another one of the same meaning. */
export interface Altered {
  readonly codec: string
  readonly kind: string
  readonly value: string
  readonly reason: string
}

const parsed = (value: string, reason: string): Altered => ({ codec: 'rows', kind: 'json', value, reason })
const respelt = 'rows show JSON parsed, and write it in JavaScript’s spelling'
const doubled = 'rows show JSON parsed, where every number is a double'
const oneLine = 'a line of NDJSON has no line breaks, so those between tokens become spaces'

const jsonNull = (codec: string): Altered => ({
  codec,
  kind: 'json',
  value: 'the value null',
  reason: 'here a null is a null; the JSON text null, a value, cannot be told from it',
})

/** Values that come back from a codec as others, and why. */
export const altered: readonly Altered[] = [
  jsonNull('rows'),
  jsonNull('ndjson'),
  jsonNull('json'),
  parsed('minus zero', respelt),
  parsed('a number no double is', doubled),
  parsed('a number of 40 digits', doubled),
  parsed('exponent', doubled),
  parsed('fraction', respelt),
  parsed('escapes of all kinds', respelt),
  parsed('surrogate pair, escaped', respelt),
  parsed('spaces kept', respelt),
  parsed('tab kept', respelt),
  parsed('line feed kept', respelt),
  parsed('CR LF kept', respelt),
  parsed('key twice', 'JavaScript objects keep the last of equal keys'),
  { codec: 'ndjson', kind: 'json', value: 'line feed kept', reason: oneLine },
  { codec: 'ndjson', kind: 'json', value: 'CR LF kept', reason: oneLine },
]

/** Input that is no value of a type: as a row holds it, as JSON or as a CSV field spells it, or several of these. */
export interface Poison {
  readonly type: ColumnType
  readonly name: string
  readonly value?: unknown
  readonly json?: string
  readonly csv?: string
  readonly code: ErrorCode
}

const poisons: readonly (readonly [ColumnType, readonly Omit<Poison, 'type'>[]])[] = [
  [
    t.bool(),
    [
      { name: 'null', value: null, json: 'null', csv: '', code: 'NULL_VALUE' },
      { name: 'a number', value: 1, json: '1', csv: '1', code: 'BAD_VALUE' },
      { name: 'a text', value: 'true', json: '"true"', csv: 'TRUE', code: 'BAD_VALUE' },
    ],
  ],
  [
    t.int32(),
    [
      { name: 'null', value: undefined, json: 'null', csv: '', code: 'NULL_VALUE' },
      { name: 'beyond', value: 2 ** 31, json: '2147483648', csv: '2147483648', code: 'OUT_OF_RANGE' },
      { name: 'below', value: -(2 ** 31) - 1, json: '-2147483649', csv: '-2147483649', code: 'OUT_OF_RANGE' },
      { name: 'a fraction', value: 1.5, json: '1.5', csv: '1.5', code: 'BAD_VALUE' },
      { name: 'a text', value: '1', json: '"1"', csv: 'one', code: 'BAD_VALUE' },
      { name: 'spaces', csv: ' 1', code: 'BAD_VALUE' },
      { name: 'NaN', value: Number.NaN, code: 'NOT_FINITE' },
      { name: 'hexadecimal', csv: '0x10', code: 'BAD_VALUE' },
      { name: 'empty quotes', json: '""', csv: '""', code: 'BAD_VALUE' },
    ],
  ],
  [
    t.int64(),
    [
      {
        name: 'beyond',
        value: 2n ** 63n,
        json: '9223372036854775808',
        csv: '9223372036854775808',
        code: 'OUT_OF_RANGE',
      },
      {
        name: 'below',
        value: -(2n ** 63n) - 1n,
        json: '"-9223372036854775809"',
        csv: '-9223372036854775809',
        code: 'OUT_OF_RANGE',
      },
      { name: 'an inexact number', value: 2 ** 53, code: 'OUT_OF_RANGE' },
      { name: 'huge', json: '1e400', csv: '9'.repeat(400), code: 'OUT_OF_RANGE' },
      { name: 'a fraction', value: 0.5, json: '0.5', csv: '0.5', code: 'BAD_VALUE' },
      { name: 'a small exponent', json: '1e-400', csv: '1e3', code: 'BAD_VALUE' },
      { name: 'infinity', value: Number.POSITIVE_INFINITY, code: 'NOT_FINITE' },
    ],
  ],
  [
    t.float64(),
    [
      { name: 'NaN', value: Number.NaN, csv: 'NaN', code: 'NOT_FINITE' },
      { name: 'infinity', value: Number.POSITIVE_INFINITY, csv: 'inf', code: 'NOT_FINITE' },
      { name: 'minus infinity', value: Number.NEGATIVE_INFINITY, csv: '-Infinity', code: 'NOT_FINITE' },
      { name: 'beyond', json: '1e309', csv: '-1e309', code: 'OUT_OF_RANGE' },
      { name: 'a bare point', csv: '.5', code: 'BAD_VALUE' },
      { name: 'a comma', csv: '"1,5"', code: 'BAD_VALUE' },
      { name: 'a text', value: '1', json: '"1"', csv: 'x', code: 'BAD_VALUE' },
    ],
  ],
  [
    t.decimal(5, 2),
    [
      { name: 'a digit too many after', value: '0.001', json: '0.001', csv: '0.001', code: 'OUT_OF_RANGE' },
      { name: 'a digit too many before', value: '1000', json: '1000', csv: '1000', code: 'OUT_OF_RANGE' },
      { name: 'rounding would help', value: 999.995, json: '999.995', csv: '999.995', code: 'OUT_OF_RANGE' },
      { name: 'exponents', value: 1e21, json: '1e3', code: 'OUT_OF_RANGE' },
      { name: 'NaN', value: Number.NaN, csv: 'NaN', code: 'NOT_FINITE' },
      { name: 'an exponent in text', value: '1e0', json: '"1e0"', csv: '1e0', code: 'BAD_VALUE' },
      { name: 'a currency', value: '$1', json: '"$1"', csv: '$1', code: 'BAD_VALUE' },
    ],
  ],
  [
    t.string(),
    [
      { name: 'lone high surrogate', value: '\ud800', json: '"\\ud800"', code: 'ILL_FORMED_TEXT' },
      { name: 'lone low surrogate', value: 'a\udc00', json: '"a\\udc00"', code: 'ILL_FORMED_TEXT' },
      {
        name: 'surrogates the wrong way round',
        value: '\udc00\ud800',
        json: '"\\udc00\\ud800"',
        code: 'ILL_FORMED_TEXT',
      },
      { name: 'high surrogate before a letter', json: '"\\ud800a"', code: 'ILL_FORMED_TEXT' },
      { name: 'a number', value: 1, json: '1', code: 'BAD_VALUE' },
      { name: 'bare control character', json: '"\t"', code: 'BAD_RECORD' },
      { name: 'unknown escape', json: '"\\x"', code: 'BAD_RECORD' },
      { name: 'short escape', json: '"\\u12"', code: 'BAD_RECORD' },
      { name: 'null, in CSV an empty field', value: null, json: 'null', csv: '', code: 'NULL_VALUE' },
    ],
  ],
  [
    t.bytes(),
    [
      { name: 'no base64', value: 'AA==', json: '"A"', csv: 'A', code: 'BAD_VALUE' },
      { name: 'no padding', json: '"AAA"', csv: 'AA', code: 'BAD_VALUE' },
      { name: 'bits after the end', json: '"AB=="', csv: 'AB==', code: 'BAD_VALUE' },
    ],
  ],
  [
    t.date(),
    [
      {
        name: 'no such day',
        value: '2023-02-29',
        json: '"2023-02-29"',
        csv: '2023-02-29',
        code: 'BAD_VALUE',
      },
      { name: 'year 0', value: '0000-12-31', json: '"0000-12-31"', csv: '0000-12-31', code: 'BAD_VALUE' },
      {
        name: 'year 10000',
        value: '10000-01-01',
        json: '"10000-01-01"',
        csv: '10000-01-01',
        code: 'BAD_VALUE',
      },
      {
        name: 'another order',
        value: '31.01.2024',
        json: '"31.01.2024"',
        csv: '01/31/2024',
        code: 'BAD_VALUE',
      },
      {
        name: 'with a time',
        value: '2024-01-31T00:00:00Z',
        json: '"2024-01-31T00:00:00Z"',
        csv: '2024-01-31 ',
        code: 'BAD_VALUE',
      },
      { name: 'a number', value: 19_000, json: '19000', csv: '19000', code: 'BAD_VALUE' },
      { name: 'a Date that is not midnight', value: new Date(1), code: 'BAD_VALUE' },
    ],
  ],
  [
    t.timestamp(),
    [
      {
        name: 'nanoseconds',
        value: '2024-01-31T12:00:00.1234567Z',
        json: '"2024-01-31T12:00:00.1234567Z"',
        csv: '2024-01-31T12:00:00.1234567Z',
        code: 'OUT_OF_RANGE',
      },
      {
        name: 'before year 1 by its zone',
        value: '0001-01-01T00:00:00+00:01',
        json: '"0001-01-01T00:00:00+00:01"',
        csv: '0001-01-01T00:00:00+00:01',
        code: 'OUT_OF_RANGE',
      },
      {
        name: 'after year 9999 by its zone',
        value: '9999-12-31T23:59:59-00:01',
        json: '"9999-12-31T23:59:59-00:01"',
        csv: '9999-12-31T23:59:59-00:01',
        code: 'OUT_OF_RANGE',
      },
      {
        name: 'hour 24',
        value: '2024-01-31T24:00:00Z',
        json: '"2024-01-31T24:00:00Z"',
        csv: '2024-01-31T24:00:00Z',
        code: 'BAD_VALUE',
      },
      {
        name: 'leap second',
        value: '2016-12-31T23:59:60Z',
        json: '"2016-12-31T23:59:60Z"',
        csv: '2016-12-31T23:59:60Z',
        code: 'BAD_VALUE',
      },
      {
        name: 'a day alone',
        value: '2024-01-31',
        json: '"2024-01-31"',
        csv: '2024-01-31',
        code: 'BAD_VALUE',
      },
      {
        name: 'no seconds',
        value: '2024-01-31T12:00Z',
        json: '"2024-01-31T12:00Z"',
        csv: '2024-01-31T12:00Z',
        code: 'BAD_VALUE',
      },
      {
        name: 'a point without digits',
        json: '"2024-01-31T12:00:00.Z"',
        csv: '2024-01-31T12:00:00.Z',
        code: 'BAD_VALUE',
      },
      { name: 'a bare number', json: '1706702400', csv: '1706702400', code: 'BAD_VALUE' },
      { name: 'an invalid Date', value: new Date(Number.NaN), code: 'BAD_VALUE' },
    ],
  ],
  [
    t.uuid(),
    [
      {
        name: 'no hyphens',
        value: '0'.repeat(32),
        json: `"${'0'.repeat(32)}"`,
        csv: '0'.repeat(32),
        code: 'BAD_VALUE',
      },
      { name: 'not hexadecimal', value: 'g0000000-0000-0000-0000-000000000000', code: 'BAD_VALUE' },
    ],
  ],
  [
    t.enum('a', 'b'),
    [
      { name: 'none of them', value: 'c', json: '"c"', csv: 'c', code: 'BAD_VALUE' },
      { name: 'another case', value: 'A', json: '"A"', csv: 'A', code: 'BAD_VALUE' },
    ],
  ],
  [
    t.json(),
    [
      { name: 'half an object', csv: '{', code: 'BAD_VALUE' },
      { name: 'broken brackets', json: '{]', code: 'BAD_RECORD' },
      {
        name: 'a lone surrogate within',
        value: { a: '\ud800' },
        json: '{"a":"\\ud800"}',
        csv: '"""\\ud800"""',
        code: 'ILL_FORMED_TEXT',
      },
      { name: 'two values', csv: '1 2', code: 'BAD_VALUE' },
      { name: 'a function', value: () => 1, code: 'BAD_VALUE' },
      { name: 'a bigint', value: 1n, code: 'BAD_VALUE' },
    ],
  ],
  [
    t.list(t.int32()),
    [
      { name: 'no list', value: 1, json: '1', code: 'BAD_VALUE' },
      { name: 'a null within', value: [null], json: '[null]', code: 'NULL_VALUE' },
      { name: 'an element too great', value: [1, 2 ** 31], json: '[1,2147483648]', code: 'OUT_OF_RANGE' },
    ],
  ],
]

/** Texts that no codec takes for a value of the type, and the code of each. */
export const poison: readonly Poison[] = poisons.flatMap(([type, inputs]) =>
  inputs.map(input => ({ type, ...input })),
)
