import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { apiPage } from '../../scripts/api-page.ts'
import { readRepository, textOf } from '../tidy/project.ts'

test('docs/reference/api.md lists what the package exports: npm run docs', () => {
  const project = readRepository(fileURLToPath(new URL('../..', import.meta.url)))
  assert.equal(textOf(project, 'docs/reference/api.md'), apiPage(project))
})

const entry = `export { one } from './one.ts'\nexport type { Two } from './one.ts'\n`
const manifest = JSON.stringify({ exports: { './sub': { 'headrace-source': './src/sub.ts' } } })
const made = (one: string) =>
  new Map([
    ['package.json', manifest],
    ['src/sub.ts', entry],
    ['src/one.ts', one],
  ])

test('an export is described by the first sentence of its comment', () => {
  const page = apiPage(
    made(
      `/** One | two.\n *\n * More. */\nexport const one = 1\n/** A type.\n * Again. */\nexport type Two = 2\n`,
    ),
  )
  assert.match(page, /## headrace\/sub\n\n\| value .*\n.*\n\| `one` \| One \\\| two\. \|\n/)
  assert.match(page, /\| type .*\n.*\n\| `Two` \| A type\. \|\n/)
})

test('an export without a comment is refused', () => {
  assert.throws(
    () => apiPage(made('export const one = 1\nexport type Two = 2\n')),
    /src\/one\.ts: the exported one/,
  )
})
