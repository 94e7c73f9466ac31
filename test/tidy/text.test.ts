import assert from 'node:assert/strict'
import { test } from 'node:test'
import { machineTraces, missingPaths, openMarkers } from './text.ts'

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

test('paths that a document names and that are not there are found', () => {
  const project = new Map([
    ['src/plan/node.ts', ''],
    [
      'docs/a.md',
      'See `src/plan/`, (src/plan/node.ts), src/plan/node.ts. And\n`src/plan/gone.ts`, not src/pla.',
    ],
    ['src/plan/gone.md', 'in src/nowhere.ts'],
    ['docs/b.md', 'https://example.org/src/other.ts, ../src/other.ts and node_modules/x/src/other.ts'],
  ])
  assert.deepEqual(missingPaths(project), [
    'docs/a.md:2 names src/plan/gone.ts, which does not exist',
    'docs/a.md:2 names src/pla, which does not exist',
  ])
})
