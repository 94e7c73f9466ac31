import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const runner = fileURLToPath(new URL('../run.ts', import.meta.url))
const importTest = "import { test } from 'node:test'\n"

/** Runs the runner over the given test files in an empty project. */
function runOver(
  files: Record<string, string>,
  ...args: string[]
): { lines: string[]; exitCode: number | null } {
  const dir = mkdtempSync(join(tmpdir(), 'headrace-run-'))
  try {
    mkdirSync(join(dir, 'src'))
    for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, 'src', name), text)
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    const done = spawnSync(process.execPath, [runner, ...args], { cwd: dir, env, encoding: 'utf8' })
    return { lines: done.stdout.trimEnd().split('\n'), exitCode: done.status }
  } finally {
    rmSync(dir, { recursive: true })
  }
}

test('passed and skipped tests are counted, subtests too, and suites are not', () => {
  const suite = `import { describe, test } from 'node:test'
    describe('suite', () => { test('one', () => {}); test('two', { skip: 'reason' }, () => {}) })
    test('parent', async t => { await t.test('child', () => {}) })`
  const { lines, exitCode } = runOver({
    'a.test.ts': suite,
    'b.test.ts': `${importTest}test('three', () => {})`,
  })
  assert.equal(lines.at(-1), '4 passed, 0 failed, 1 skipped')
  assert.equal(exitCode, 0)
})

test('a failed subtest counts once and is shown with what it threw', () => {
  const { lines, exitCode } = runOver({
    'a.test.ts': `${importTest}test('parent', async t => { await t.test('child', () => { throw new Error('boom') }) })`,
  })
  assert.equal(lines.at(-1), '0 passed, 1 failed, 0 skipped')
  assert.ok(lines.includes('1) src/a.test.ts > child'))
  assert.ok(lines.some(line => line.includes('Error: boom')))
  assert.equal(exitCode, 1)
})

test('a file that cannot load, one that exits early and one without a test are failures', () => {
  const { lines, exitCode } = runOver({
    'load.test.ts': "import './missing.ts'",
    'exit.test.ts': `${importTest}test('leaves', () => process.exit(0))\ntest('never', () => {})`,
    'empty.test.ts': 'export {}',
    'good.test.ts': `${importTest}test('passes', () => {})`,
  })
  assert.equal(lines.at(-1), '1 passed, 3 failed, 0 skipped')
  assert.equal(exitCode, 1)
})

test('words pick files and --name picks tests', () => {
  const files = {
    'a.test.ts': `${importTest}test('one', () => {})`,
    'b.test.ts': `${importTest}test('two', () => {})`,
  }
  assert.equal(runOver(files, 'src/b').lines.at(-1), '1 passed, 0 failed, 0 skipped')
  assert.equal(runOver(files, '--name', '^two$').lines.at(-1), '1 passed, 0 failed, 0 skipped')
})

test('a run that finds no test fails', () => {
  const { lines, exitCode } = runOver({ 'a.test.ts': `${importTest}test('one', () => {})` }, 'src/nothing')
  assert.equal(lines.at(-1), '0 passed, 0 failed, 0 skipped')
  assert.equal(exitCode, 1)
})
