/** The decision page quotes the examples that compile, all of them and to the letter. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

/** Title and code of each section. */
function sections(text: string, pattern: RegExp): string[][] {
  return [...text.matchAll(pattern)].map(([, title, code]) => [title!, code!.trim()])
}

test('docs/decisions/api.md quotes every example as it is', () => {
  const code = sections(read('examples.ts'), /^\/\/ ## (.+)\n([\s\S]*?)(?=^\/\/ ## |$(?![\s\S]))/gm)
  const quoted = sections(read('../../../docs/decisions/api.md'), /^### (.+)\n\n```ts\n([\s\S]*?)^```$/gm)
  assert.ok(code.length >= 11)
  assert.deepEqual(quoted, code)
})
