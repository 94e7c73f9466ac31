import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { cliPage } from '../../scripts/cli-page.ts'

test('the page of the command line is what the commands say', async () => {
  const page = new URL('../../docs/reference/cli.md', import.meta.url)
  assert.equal(readFileSync(page, 'utf8'), await cliPage(), 'run npm run docs')
})
