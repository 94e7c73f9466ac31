import type { texts } from '../../src/plan/function/texts.ts'
import { t } from '../../src/schema/type.ts'
import { on, onWith, type Vector, type Vectors } from './table.ts'

const string = t.string()
const int32 = t.int32()
const color = t.enum('red', 'green')

const FAMILY = '👨‍👩‍👧'

const matching = (pattern: string, ...rows: Vector[]): Vectors => onWith([string], { pattern }, ...rows)
const extracting = (pattern: string, group: number, ...rows: Vector[]): Vectors =>
  onWith([string], { pattern, group }, ...rows)
const inside = (path: readonly (string | number)[], ...rows: Vector[]): Vectors =>
  onWith([t.json()], { path }, ...rows)

export const textVectors: Readonly<Record<keyof typeof texts, readonly Vectors[]>> = {
  concat: [
    on(
      [string, string],
      ['a', 'b', 'ab'],
      ['', '', ''],
      ['a', null, null],
      [null, null, null],
      ['😀', '\u0301', '😀\u0301'],
    ),
    on([string, string, color], ['a', ' ', 'red', 'a red']),
  ],
  lower: [on([string], ['AbC1', 'abc1'], ['ÄÉİ', 'ÄÉİ'], ['', ''], [null, null], ['Ω😀Z', 'Ω😀z'])],
  upper: [
    on([string], ['aBc1', 'ABC1'], ['ßäıé', 'ßäıé'], ['', ''], [null, null]),
    on([color], ['red', 'RED']),
  ],
  trim: [
    on(
      [string],
      ['  a b  ', 'a b'],
      ['\t a \n', '\t a \n'],
      ['\u00a0a\u3000', '\u00a0a\u3000'],
      ['   ', ''],
      ['', ''],
      [null, null],
    ),
  ],
  length: [
    on([string], ['abc', 3], ['', 0], ['é', 1], ['e\u0301', 2], ['😀', 1], [FAMILY, 5], [null, null]),
    on([color], ['green', 5]),
  ],
  substring: [
    on(
      [string, int32, int32],
      ['hello', 1, 2, 'he'],
      ['hello', 2, 3, 'ell'],
      ['hello', 5, 9, 'o'],
      ['hello', 6, 1, ''],
      ['hello', 100, 1, ''],
      ['hello', 1, 0, ''],
      ['hello', 2, 2147483647, 'ello'],
      ['a😀b', 2, 1, '😀'],
      ['a😀b', 3, 1, 'b'],
      [FAMILY, 1, 2, '👨\u200d'],
      ['', 1, 1, ''],
      [null, 1, 1, null],
    ),
  ],
  startsWith: [
    on(
      [string, string],
      ['hello', 'he', true],
      ['hello', 'lo', false],
      ['hello', '', true],
      ['', '', true],
      ['', 'a', false],
      ['a%b', 'a%', true],
      ['axb', 'a_', false],
      ['Hello', 'h', false],
      [null, 'a', null],
      ['a', null, null],
    ),
  ],
  endsWith: [
    on(
      [string, string],
      ['hello', 'lo', true],
      ['hello', 'he', false],
      ['hello', '', true],
      ['lo', 'hello', false],
      ['a😀', '😀', true],
      [null, '', null],
    ),
  ],
  contains: [
    on(
      [string, string],
      ['hello', 'ell', true],
      ['hello', 'elo', false],
      ['hello', '', true],
      ['50%', '%', true],
      ['50', '%', false],
      ['a_b', '_', true],
      ['a\\b', '\\', true],
      ["it's", "'", true],
      ['', '', true],
      [null, 'a', null],
    ),
  ],
  replace: [
    on(
      [string, string, string],
      ['banana', 'an', 'o', 'booa'],
      ['aaa', 'aa', 'b', 'ba'],
      ['abc', 'x', 'y', 'abc'],
      ['abc', '', 'x', 'abc'],
      ['a.b.c', '.', '', 'abc'],
      ['a', 'a', '$&$1\\0', '$&$1\\0'],
      ['😀😀', '😀', 'ok', 'okok'],
      ['a', null, 'b', null],
      ['a', 'a', null, null],
      [null, 'a', 'b', null],
    ),
  ],
  splitPart: [
    on(
      [string, string, int32],
      ['a,b,c', ',', 1, 'a'],
      ['a,b,c', ',', 3, 'c'],
      ['a,b,c', ',', 4, ''],
      ['a,,c', ',', 2, ''],
      ['', ',', 1, ''],
      ['abc', ',', 1, 'abc'],
      ['abc', ',', 2, ''],
      ['a--b-c', '--', 2, 'b-c'],
      ['a.b', '.', 2, 'b'],
      ['1😀2', '😀', 2, '2'],
      [null, ',', 1, null],
    ),
  ],
  regexpMatch: [
    matching('b+', ['abbc', true], ['ac', false], ['', false], [null, null]),
    matching(
      '^\\d{3}-\\d{2,4}$',
      ['123-45', true],
      ['123-45\n', false],
      ['x123-45', false],
      ['123-45678', false],
      // Digits are ASCII only.
      ['١٢٣-45', false],
    ),
    matching('^.$', ['a', true], ['😀', true], ['\n', false], ['\r', true], ['\u2028', true], ['ab', false]),
    matching(
      '^\\s$',
      [' ', true],
      ['\t', true],
      ['\f', true],
      ['\v', false],
      ['\u00a0', false],
      ['\u2003', false],
    ),
    matching('^\\S\\D\\W$', ['\va-', true], ['é😀ß', true]),
    matching('^[^a-c\\s\\]]+$', ['dé😀', true], ['d e', false], ['d]', false], ['a', false]),
    matching('\\bcat\\b', ['a cat.', true], ['concat', false], ['catégorie', true]),
    matching('(a|ab)(c|bcd)(d*)$', ['abcd', true]),
    matching('^(?:a{2}|b{2,})+?$', ['aabbb', true], ['aab', false]),
    matching('', ['', true], ['x', true]),
    matching('[\\-.+/{}()|$^*?\\\\]', ['-', true], ['\\', true], ['a', false]),
    matching('\\/\\-\\{\\}', ['/-{}', true]),
    matching('É', ['É', true], ['é', false]),
  ],
  regexpExtract: [
    extracting('\\d+', 0, ['abc123def45', '123'], ['abc', null], ['', null], [null, null]),
    extracting('(\\w+)@(\\w+)', 2, ['me@home', 'home'], ['me@', null]),
    extracting('(a)|(b)', 1, ['a', 'a'], ['b', ''], ['c', null]),
    extracting('(a+)?b', 1, ['aab', 'aa'], ['b', '']),
    // The first alternative that matches wins, not the longest.
    extracting('a|ab', 0, ['ab', 'a']),
    extracting('(a+?)(a*)', 1, ['aaa', 'a']),
    extracting('(a+)(a*)', 2, ['aaa', '']),
    extracting('x*', 0, ['aaa', '']),
    extracting('(?:a|b)+(.)', 1, ['abab😀', '😀']),
    extracting('^([^,]*),', 1, [',x', ''], ['é,x', 'é']),
  ],
  sha256: [
    on(
      [string],
      ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
      ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
      ['😀', 'f0443a342c5ef54783a111b51ba56c938e474c32324d90c3a60c9c8e3a37e2d9'],
      [null, null],
    ),
    on(
      [t.bytes()],
      ['616263', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
      ['00ff', '06eb7d6a69ee19e5fbdf749018d3d2abfa04bcbd1365db312eb86dc7169389b8'],
    ),
  ],
  jsonGet: [
    inside(
      ['a'],
      ['{"a":"x"}', 'x'],
      ['{"a":""}', ''],
      ['{"a":"é\\n\\u0041\\ud83d\\ude00"}', 'é\nA😀'],
      ['{"a":1}', '1'],
      ['{"a":-0.50e+2}', '-0.50e+2'],
      ['{"a":12345678901234567890.12}', '12345678901234567890.12'],
      ['{"a":true}', 'true'],
      ['{"a":false}', 'false'],
      ['{"a":null}', null],
      ['{"a":{"b":1}}', null],
      ['{"a":[1]}', null],
      ['{"b":1}', null],
      ['{"a":1,"a":2}', '2'],
      [' { "a" : 1 } ', '1'],
      ['[1]', null],
      ['"a"', null],
      ['null', null],
      [null, null],
    ),
    inside(
      ['items', 1, 'id'],
      ['{"items":[{"id":1},{"id":9007199254740993}]}', '9007199254740993'],
      ['{"items":[{"id":1}]}', null],
      ['{"items":{"1":{"id":7}}}', null],
    ),
    inside(['a.b'], ['{"a.b":1,"a":{"b":2}}', '1']),
    inside(['', '"'], ['{"":{"\\"":3}}', '3']),
    inside([0], ['["x"]', 'x'], ['{"0":"x"}', null], ['[]', null]),
    inside(['length'], ['[1,2]', null]),
    inside(['__proto__'], ['{}', null]),
  ],
}
