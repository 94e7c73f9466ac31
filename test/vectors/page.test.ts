import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { functionsPage } from '../../scripts/functions-page.ts'

test('docs/reference/functions.md is what `npm run docs` writes', () => {
  const page = new URL('../../docs/reference/functions.md', import.meta.url)
  assert.equal(readFileSync(page, 'utf8'), functionsPage())
})
