import assert from 'node:assert/strict'
import { test } from 'node:test'
import { machineTraces, openMarkers } from './text.ts'

// In pieces, so that the rules do not find them here.
const unfinished = 'TO' + 'DO'
const machine = '/' + 'work'
const host = 'registry' + '.example.org'

test('markers of unfinished work are found in any file', () => {
  const project = new Map([
    ['src/a.ts', `const a = 1\n// ${unfinished}: later`],
    ['docs/b.md', `the ${unfinished}S of others, method ${unfinished.toLowerCase()}()`],
  ])
  assert.deepEqual(openMarkers(project), [
    `src/a.ts:2 has "${unfinished}": finish it, or say in the documentation what is not there`,
  ])
})

test('paths of one machine and registry hosts are found', () => {
  const project = new Map([
    ['a.md', `see ${machine}/main`],
    ['b.json', `{ "resolved": "https://${host}/zod.tgz" }`],
  ])
  assert.deepEqual(
    machineTraces(project).map(finding => finding.split(':')[0]),
    ['b.json', 'a.md'],
  )
})

test('relative paths, globs and paths on other hosts are not paths of one machine', () => {
  const texts = [
    `.${machine}/a`,
    `s3://bucket${machine}/a`,
    `https://example.org${machine}/x`,
    `**${machine}/a`,
  ]
  assert.deepEqual(machineTraces(new Map([['a.md', texts.join('\n')]])), [])
})
