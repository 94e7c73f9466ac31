import assert from 'node:assert/strict'
import { test } from 'node:test'
import { longFiles, longFunctions } from './size.ts'

const lines = (count: number) => Array.from({ length: count }, (_, i) => `// ${i}`).join('\n')
const body = (count: number) => `{\n${lines(count - 2)}\n}`

test('a file over the limit is found, with or without a newline at its end', () => {
  const project = new Map([
    ['src/long.ts', `${lines(401)}\n`],
    ['src/full.ts', `${lines(400)}\n`],
    ['docs/long.md', lines(1000)],
  ])
  assert.deepEqual(longFiles(project, []), ['src/long.ts has 401 lines, and 400 are allowed: split it'])
})

test('functions over the limit are found in every form, by name', () => {
  const text = `
function declared() ${body(61)}
const assigned = () => ${body(62)}
const object = { property: function () ${body(63)}, method() ${body(64)} }
class C { m() ${body(65)} #p() ${body(66)}; static s = () => ${body(67)} }
export function ok() ${body(60)}`
  assert.deepEqual(
    longFunctions(new Map([['src/a.ts', text]]), []).map(finding => finding.split(' lines')[0]),
    [
      'src/a.ts#declared has 61',
      'src/a.ts#assigned has 62',
      'src/a.ts#property has 63',
      'src/a.ts#method has 64',
      'src/a.ts#m has 65',
      'src/a.ts#p has 66',
      'src/a.ts#s has 67',
    ],
  )
})

test('an exception holds only as long as it is exact and needed', () => {
  const project = new Map([['src/a.ts', lines(450)]])
  const exception = (what: string, count: number) => [{ what, lines: count, reason: 'a table' }]
  assert.deepEqual(longFiles(project, exception('src/a.ts', 450)), [])
  assert.match(longFiles(project, exception('src/a.ts', 460)).join(), /says 460: lower it/)
  assert.match(longFiles(project, exception('src/a.ts', 440)).join(), /says 440: split it/)
  assert.match(
    longFiles(project, [...exception('src/a.ts', 450), ...exception('src/gone.ts', 500)]).join(),
    /remove/,
  )
})
