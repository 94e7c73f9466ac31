/** Mistakes that the compiler must find, and say in words that name the culprit. */
import assert from 'node:assert/strict'
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { check, type Diagnosis, installed, root, userProject } from './compiler.ts'
import { tsc } from './language-server.ts'

const folder = join(root, 'test', 'types', 'mistakes')

/** Longer than 200 characters, because the compiler writes out the schema. It names the culprit and the nearest name. */
const wordy = ['misspelt-file-option.ts', 'wrong-column-in-expression.ts']

/** What each file expects: the message is a comment on the line before the mistake. */
function expected(): Map<string, Diagnosis> {
  const found = new Map<string, Diagnosis>()
  for (const file of globSync(join(folder, '*.ts')).sort()) {
    const lines = readFileSync(file, 'utf8').split('\n')
    const at = lines.findIndex(line => /^\s*\/\/ TS\d+: /.test(line))
    if (at >= 0) found.set(basename(file), { line: at + 2, message: lines[at]!.trim().slice('// '.length) })
  }
  return found
}

test('each mistake is found at its line, with its message', () => {
  const wanted = expected()
  assert.ok(wanted.size >= 25, `${wanted.size} mistakes`)
  assert.deepEqual(
    [...check(tsc, folder)].sort(([a], [b]) => (a < b ? -1 : 1)),
    [...wanted],
  )
})

test('messages are short', () => {
  for (const [file, { message }] of expected()) {
    const text = message.slice(message.indexOf(' ') + 1)
    assert.equal(text.length <= 200, !wordy.includes(file), `${file}: ${text.length} characters`)
  }
})

test('TypeScript 5.9 rejects the same lines of a project that uses the built package', () => {
  const project = userProject(folder)
  try {
    const compilerOptions = {
      target: 'esnext',
      module: 'nodenext',
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      allowImportingTsExtensions: true,
      noEmit: true,
    }
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
    const lines = (found: Map<string, Diagnosis>) =>
      [...found].map(([file, { line }]) => `${file}:${line}`).sort()
    assert.deepEqual(lines(check(installed('5.9.3'), project)), lines(expected()))
  } finally {
    rmSync(project, { recursive: true })
  }
})
