import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkPattern, toJavaScript } from './pattern.ts'

const repeated = (pattern: string): boolean[] => checkPattern(pattern).map(group => group.repeated)

test('the subset is accepted, its groups counted and those inside a repetition marked', () => {
  assert.deepEqual(repeated(''), [])
  assert.deepEqual(repeated('a|b||c'), [])
  assert.deepEqual(repeated('(a)(?:b)(c(d))'), [false, false, false])
  assert.deepEqual(repeated('(a)?(?:(b)|c)??(d)'), [false, false, false])
  assert.deepEqual(repeated('(a)+(b(c)){2}(d)(?:(e)|f)*'), [true, true, true, false, true])
  assert.deepEqual(repeated('(?:^|(^))a|^(b$|c)'), [false, false])
  assert.deepEqual(repeated('^\\d{1,3}?\\.\\w+\\s*$'), [])
  assert.deepEqual(repeated('[a-z\\d\\-_.][^\\]][-x][x-]'), [])
  assert.deepEqual(repeated('\\bé😀+/\\/'), [])
})

test('what engines read differently is refused', () => {
  const refused: [pattern: string, why: RegExp][] = [
    ['(?=a)', /only \(\?: \)/],
    ['(?<name>a)', /only \(\?: \)/],
    ['(?i)a', /only \(\?: \)/],
    ['(a)\\1', /escape \\1/],
    ['\\p{L}', /escape \\p/],
    ['\\x41', /escape \\x/],
    ['a\\', /escape \\/],
    ['a++', /possessive/],
    ['a{2}+', /possessive/],
    ['a**', /must be escaped/],
    ['*a', /must be escaped/],
    ['a{,2}', /must be escaped/],
    ['a}', /must be escaped/],
    ['a]', /must be escaped/],
    ['(a', /has no \)/],
    ['a)', /has no \(/],
    ['[a', /has no \]/],
    ['[]', /must be escaped/],
    ['[^]]', /must be escaped/],
    ['[[:alpha:]]', /must be escaped/],
    ['[a-[b]', /must be escaped/],
    ['[a&&b]', /&&/],
    ['[a-c-e]', /must be escaped/],
    ['[\\W]', /inside \[ \]/],
    ['[\\b]', /inside \[ \]/],
    ['[z-a]', /out of order/],
    ['[\\d-x]', /./],
    ['a{3,2}', /out of order/],
    ['(a*)*', /can be empty/],
    ['(|a)?', /can be empty/],
    ['(?:a?|b)+', /can be empty/],
    ['^*', /can be empty/],
    ['(?:😀?)*', /can be empty/],
    ['(?:^a)+', /anchor/],
    ['(a$)?', /anchor/],
    ['a^', /before a \^/],
    ['a(?:b|^c)', /before a \^/],
    ['a$b', /follows a \$/],
    ['(a$)b', /follows a \$/],
    ['\\B', /escape \\B/],
    ['\\b+', /can be empty/],
    ['a{1001}', /1000 times/],
    ['(?:a{100}){11}', /1000 times/],
    ['\ud800', /lone surrogate/],
  ]
  for (const [pattern, why] of refused) {
    assert.throws(
      () => checkPattern(pattern),
      (error: Error & { code?: string }) => error.code === 'INVALID_PATTERN' && why.test(error.message),
      pattern,
    )
  }
  assert.throws(() => checkPattern(undefined), { code: 'INVALID_PATTERN' })
})

test('toJavaScript spells out the classes that differ', () => {
  const matches = (pattern: string, text: string) => new RegExp(toJavaScript(pattern), 'u').test(text)
  assert.equal(matches('^.$', '\u2028'), true)
  assert.equal(matches('^.$', '\n'), false)
  assert.equal(matches('^.$', '😀'), true)
  assert.equal(matches('^[.]$', 'a'), false)
  assert.equal(matches('\\s', '\u00a0'), false)
  assert.equal(matches('\\s', '\v'), false)
  assert.equal(matches('^[\\s]$', '\t'), true)
  assert.equal(matches('^\\S$', '\v'), true)
  assert.equal(matches('^a\\-b$', 'a-b'), true)
  assert.equal(matches('^[a\\-z]$', '-'), true)
})
