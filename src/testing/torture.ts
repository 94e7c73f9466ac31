/**
 * The torture table: for each type the values that break readers and writers. Whatever holds rows must give each of them
 * back exactly, or refuse it; its refusals are listed as data beside it, like those of the codecs here.
 */
import type { ErrorCode } from '../errors.ts'
import type { Cell } from '../schema/cell.ts'
import { MAX_DAY, MAX_INSTANT, MIN_DAY, MIN_INSTANT } from '../schema/instant.ts'
import { MAX_INT32, MAX_INT64, MIN_INT32, MIN_INT64 } from '../schema/text/number-text.ts'
import { type ColumnType, t } from '../schema/type.ts'

/** A type and cells of it by name. Every list holds null; so all types are nullable. */
export interface TortureValues {
  readonly type: ColumnType
  readonly cells: Readonly<Record<string, Cell>>
}

/** A value that a holder of rows refuses. `value` is a name of the table, or `*` for all of them. */
export interface Refused {
  readonly codec: string
  readonly kind: string
  readonly value: string
  readonly code: ErrorCode
  readonly reason: string
}

const int32s: Record<string, Cell> = {
  zero: 0,
  one: 1,
  'minus one': -1,
  least: MIN_INT32,
  greatest: MAX_INT32,
  'least but one': MIN_INT32 + 1,
  'greatest but one': MAX_INT32 - 1,
  'a byte': 255,
  'two bytes': 65_536,
  '2^24 + 1, beyond float32': 16_777_217,
  '2^30': 2 ** 30,
  '−2^30 − 1': -(2 ** 30) - 1,
  'ten digits': 1_234_567_890,
}

const int64s: Record<string, Cell> = {
  zero: 0n,
  one: 1n,
  'minus one': -1n,
  least: MIN_INT64,
  greatest: MAX_INT64,
  'least but one': MIN_INT64 + 1n,
  'greatest but one': MAX_INT64 - 1n,
  '2^31': 2n ** 31n,
  '−2^31 − 1': -(2n ** 31n) - 1n,
  '2^32 − 1': 2n ** 32n - 1n,
  '2^32': 2n ** 32n,
  '−2^32': -(2n ** 32n),
  '−2^32 − 1': -(2n ** 32n) - 1n,
  '2^53 − 1': 2n ** 53n - 1n,
  '2^53': 2n ** 53n,
  '2^53 + 1, which no double is': 2n ** 53n + 1n,
  '−2^53 − 1': -(2n ** 53n) - 1n,
  '2^62': 2n ** 62n,
  '15 digits': 999_999_999_999_999n,
  '16 digits': 1_000_000_000_000_000n,
  '16 digits, odd': 9_007_199_254_740_993n,
  '18 digits': 123_456_789_012_345_678n,
  '19 digits': 1_234_567_890_123_456_789n,
  'a telephone number': 491_701_234_567n,
}

const floats: Record<string, Cell> = {
  zero: 0,
  'minus zero': -0,
  one: 1,
  'minus one': -1,
  'a tenth': 0.1,
  'a tenth and two tenths': 0.1 + 0.2,
  'a third': 1 / 3,
  greatest: Number.MAX_VALUE,
  least: -Number.MAX_VALUE,
  'smallest above zero': Number.MIN_VALUE,
  'smallest below zero': -Number.MIN_VALUE,
  'smallest normal': 2 ** -1022,
  'greatest subnormal': 2 ** -1022 - 2 ** -1074,
  epsilon: Number.EPSILON,
  'one and epsilon': 1 + Number.EPSILON,
  '2^53': 2 ** 53,
  '2^53 + 2': 2 ** 53 + 2,
  '2^63': 2 ** 63,
  '1e21, where JavaScript turns to exponents': 1e21,
  '1e-7, where it does so below': 1e-7,
  '1e22': 1e22,
  '1e23, which is not exact': 1e23,
  '123456.789': 123_456.789,
  '15 digits': 0.123_456_789_012_345,
  '16 digits': 0.123_456_789_012_345_6,
  '17 digits': 0.123_456_789_012_345_68,
  'hard to round': 2.225_073_858_507_201_4e-308,
  '5e-324 spelt otherwise': 4.940_656_458_412_465e-324,
  'a 1024th': 1 / 1024,
}

/** Unscaled, of decimal(38, 10). */
const decimals: Record<string, Cell> = {
  zero: 0n,
  'smallest above zero': 1n,
  'smallest below zero': -1n,
  one: 10n ** 10n,
  'minus one': -(10n ** 10n),
  'a tenth': 10n ** 9n,
  'minus a tenth': -(10n ** 9n),
  half: 5n * 10n ** 9n,
  '38 digits': 10n ** 38n - 1n,
  '−38 digits': 1n - 10n ** 38n,
  '38 different digits': 12_345_678_901_234_567_890_123_456_789_012_345_678n,
  '10^37': 10n ** 37n,
  '2^63': 2n ** 63n,
  '−2^63 − 1': -(2n ** 63n) - 1n,
  '2^64 − 1': 2n ** 64n - 1n,
  '2^64': 2n ** 64n,
  '−2^64': -(2n ** 64n),
  '2^126': 2n ** 126n,
  '−2^126': -(2n ** 126n),
  '2^53 + 1': 2n ** 53n + 1n,
  '18 digits': 10n ** 18n - 1n,
  '19 digits': 10n ** 18n,
  '15 digits': 10n ** 15n - 1n,
  '16 digits': 10n ** 15n,
  '0.1 + 0.2': 3n * 10n ** 9n,
  'low word of ones': 0xffff_ffff_ffff_ffffn,
  'high word alone': 1n << 100n,
}

/** Unscaled, of decimal(18, 2): the form of one word. */
const shortDecimals: Record<string, Cell> = {
  zero: 0n,
  'a cent': 1n,
  'minus a cent': -1n,
  'one half': 50n,
  price: 1_999n,
  'minus price': -1_999n,
  '18 digits': 10n ** 18n - 1n,
  '−18 digits': 1n - 10n ** 18n,
  '2^53 + 1': 2n ** 53n + 1n,
  '2^32': 2n ** 32n,
  '−2^31': -(2n ** 31n),
  '15 digits': 10n ** 15n - 1n,
}

const strings: Record<string, Cell> = {
  empty: '',
  space: ' ',
  'spaces around': '  a  ',
  letter: 'a',
  quote: '"',
  'two quotes': '""',
  apostrophe: "it's",
  comma: 'a,b',
  semicolon: 'a;b',
  tab: 'a\tb',
  'line feed': 'a\nb',
  'carriage return': 'a\rb',
  'carriage return at the end': 'a\r',
  'CR LF': 'a\r\nb',
  'quote and delimiter': '"a","b"\n',
  backslash: '\\',
  'backslash n': '\\n',
  'escaped surrogate, spelt out': '\\ud800',
  NUL: '\0',
  'NUL inside': 'a\0b',
  'control characters': '\x01\x1b\x1f\x7f',
  'next line and line separator': '\x85\u2028\u2029',
  'byte order mark': '\ufeff',
  'byte order mark before text': '\ufeffa',
  'Latin-1': 'Zürich é ÿ',
  'combining accent': 'e\u0301',
  'the same composed': '\u00e9',
  'right to left': 'שלום \u202eabc',
  Chinese: '数据',
  emoji: '😀',
  family: '👨‍👩‍👧‍👦',
  flag: '🇨🇭',
  'around the surrogates': '\ud7ff\ue000',
  'the last character': '\u{10ffff}',
  'non-characters': '\ufffe\uffff',
  'replacement character': '\ufffd',
  'word null': 'null',
  'word NULL': 'NULL',
  'word NaN': 'NaN',
  'word true': 'true',
  number: '-0',
  date: '2024-01-31',
  formula: '=1+1',
  markup: '<b>&amp;</b>',
  'a name of JavaScript': '__proto__',
  'ten thousand letters': 'x'.repeat(10_000),
  'ten thousand emoji': '😀'.repeat(10_000),
}

const dates: Record<string, Cell> = {
  epoch: 0,
  'the day before': -1,
  'the first': MIN_DAY,
  'the last': MAX_DAY,
  'leap day 2000': 11_016,
  'leap day 2024': 19_782,
  'last of February 1900': -25_509,
  'first of March 1900': -25_508,
  'the Gregorian reform': -141_427,
  'the end of int32 seconds': 24_855,
  'last of 1999': 10_956,
  'first of 2000': 10_957,
}

const timestamps: Record<string, Cell> = {
  epoch: 0n,
  'a microsecond': 1n,
  'a microsecond before': -1n,
  'a millisecond': 1_000n,
  'a second before': -1_000_000n,
  'now to the microsecond': 1_706_702_400_123_456n,
  'now to the millisecond': 1_706_702_400_123_000n,
  'now to the second': 1_706_702_400_000_000n,
  'half a second': 500_000n,
  'a tenth of a second': 100_000n,
  'the first, of year 1': MIN_INSTANT,
  'the last, of year 9999': MAX_INSTANT,
  'a microsecond after the first': MIN_INSTANT + 1n,
  'a second before the last': MAX_INSTANT - 999_999n,
  '2^53, the last exact number': 2n ** 53n,
  '2^53 + 1': 2n ** 53n + 1n,
  '−2^53 − 1': -(2n ** 53n) - 1n,
  'nine thousand million seconds': 9_000_000_000_000_000n,
  'a microsecond less': 8_999_999_999_999_999n,
  'year 1600': -11_676_096_000_000_000n,
  'leap day 2000, last microsecond': 951_868_799_999_999n,
  'the end of int32 seconds': 2_147_483_647_000_000n,
}

const jsons: Record<string, Cell> = {
  'the value null': 'null',
  true: 'true',
  zero: '0',
  'minus zero': '-0',
  'a number no double is': '9007199254740993',
  'a number of 40 digits': '1234567890123456789012345678901234567890',
  exponent: '1E+400',
  fraction: '0.10',
  'empty text': '""',
  text: '"a"',
  'escapes of all kinds': '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\u00e9"',
  'surrogate pair, escaped': '"\\ud83d\\ude00"',
  emoji: '"😀"',
  'empty array': '[]',
  'empty object': '{}',
  'spaces kept': '{ "a" : [ 1 , 2 ] }',
  'tab kept': '[1,\t2]',
  'line feed kept': '[1,\n2]',
  'CR LF kept': '{\r\n"a":1}',
  'key twice': '{"a":1,"a":2}',
  'empty key': '{"":0}',
  'key __proto__': '{"__proto__":{"x":1}}',
  'delimiters inside': '["a,b","}","]","\\""]',
  'order kept': '{"b":1,"a":2}',
  'deep arrays': `${'['.repeat(500)}${']'.repeat(500)}`,
  'deep objects': `${'{"a":'.repeat(500)}1${'}'.repeat(500)}`,
  long: JSON.stringify(Array.from({ length: 2000 }, (_, i) => i)),
}

const uuids: Record<string, Cell> = {
  nil: '00000000-0000-0000-0000-000000000000',
  max: 'ffffffff-ffff-ffff-ffff-ffffffffffff',
  'version 4': '9b2d8c1e-4f0a-4c57-8d1a-3f6e2b7c9d01',
  'version 7': '018f2c6e-7b1a-7c3d-9e4f-0a1b2c3d4e5f',
  'digits alone': '12345678-1234-1234-1234-123456789012',
}

const bytes: Record<string, Cell> = {
  empty: new Uint8Array(0),
  zero: Uint8Array.of(0),
  'one byte': Uint8Array.of(255),
  'two bytes': Uint8Array.of(0, 255),
  'three bytes': Uint8Array.of(251, 239, 190),
  'not UTF-8': Uint8Array.of(0xc3, 0x28, 0xed, 0xa0, 0x80),
  text: new Uint8Array(Buffer.from('a,"b"\n')),
  'all bytes': Uint8Array.from({ length: 256 }, (_, i) => i),
  'ten thousand': new Uint8Array(10_000).fill(0xaa),
}

const enums: Record<string, Cell> = {
  plain: 'basic',
  'with space': 'very good',
  'with delimiters': 'a,"b"\n',
  'empty text': '',
  emoji: '🏅',
  'word null': 'null',
}

const lists: Record<string, Cell> = {
  empty: [],
  'of null': [null],
  one: ['a'],
  'null in the middle': ['a', null, 'b'],
  'of empty text': ['', ''],
  'of brackets': ['[', ']', ',', '"'],
  'a thousand': Array.from({ length: 1000 }, (_, i) => `${i}`),
}

const nestedLists: Record<string, Cell> = {
  empty: [],
  'of empty': [[], []],
  'of null': [null, [null]],
  ragged: [[1n], [], [2n, null, 3n], null],
  'great numbers': [[MAX_INT64, MIN_INT64], [2n ** 53n + 1n]],
}

const table: readonly (readonly [ColumnType, Record<string, Cell>])[] = [
  [t.bool(), { true: true, false: false }],
  [t.int32(), int32s],
  [t.int64(), int64s],
  [t.float64(), floats],
  [t.decimal(38, 10), decimals],
  [t.decimal(18, 2), shortDecimals],
  [t.decimal(38, 0), { '38 digits': 10n ** 38n - 1n, '−38 digits': 1n - 10n ** 38n, zero: 0n }],
  [t.decimal(38, 38), { '38 digits': 10n ** 38n - 1n, smallest: 1n, 'a tenth': 10n ** 37n }],
  [t.string(), strings],
  [t.bytes(), bytes],
  [t.date(), dates],
  [t.timestamp(), timestamps],
  [t.uuid(), uuids],
  [t.enum(...Object.values(enums).map(String)), enums],
  [t.json(), jsons],
  [t.list(t.nullable(t.string())), lists],
  [t.list(t.nullable(t.list(t.nullable(t.int64())))), nestedLists],
]

/** Each type as nullable, since every holder of rows must tell null from all other values. */
export const torture: readonly TortureValues[] = table.map(([type, cells]) => ({
  type: t.nullable(type),
  cells: { ...cells, null: null },
}))
