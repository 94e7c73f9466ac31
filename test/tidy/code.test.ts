import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nonDeterminism, switchedTests, unusedCodes } from './code.ts'

test('tests that are switched off are found, as a method and as an option', () => {
  const text = `
test.only('a', () => {})
describe.skip('b', () => {})
test('c', { todo: true }, () => {})
test('d', t => t.skip('reason'))
it('e', { skip: process.platform === 'win32' }, () => {})
test('f', { timeout: 5 }, () => {})
rows.skip(5)`
  assert.deepEqual(switchedTests(new Map([['src/a.test.ts', text]])), [
    'src/a.test.ts:2 .only switches tests off',
    'src/a.test.ts:3 .skip switches tests off',
    'src/a.test.ts:4 { todo } switches tests off',
    'src/a.test.ts:5 .skip switches tests off',
    'src/a.test.ts:6 { skip } switches tests off',
  ])
})

test('clocks, randomness and timers are found outside the runtime and tests', () => {
  const text =
    'const a = [Date.now(), Math.random(), new Date(), performance.now]\nsetTimeout(f, 1)\nnew Date(0)'
  const found = nonDeterminism(
    new Map([
      ['src/plan/a.ts', text],
      ['src/runtime/clock.ts', text],
      ['src/plan/a.test.ts', text],
    ]),
  )
  assert.deepEqual(
    found.map(finding => finding.split(' is not')[0]),
    ['Date.now', 'Math.random', 'new Date()', 'performance.now', 'setTimeout()'].map(
      (what, i) => `src/plan/a.ts:${i < 4 ? 1 : 2} ${what}`,
    ),
  )
})

test('a code that nothing throws is found', () => {
  const project = new Map([
    ['src/errors.ts', "const table = { USED: {}, UNUSED: {} }; 'UNUSED'"],
    ['src/plan/a.ts', "throw new HeadraceError('USED', '')"],
    ['src/plan/a.test.ts', "assert.throws(f, { code: 'UNUSED' })"],
  ])
  assert.deepEqual(unusedCodes(project, ['USED', 'UNUSED']), ['UNUSED: nothing in src/ throws it'])
})
