import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { commandLine } from '../../../test/cli/command-line.ts'

let dir = ''

beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'headrace-doctor-')))
  put('package.json', '{ "type": "module" }')
  put('node_modules/headrace/package.json', '{ "name": "headrace", "version": "0.0.1" }')
})

afterEach(() => rmSync(dir, { recursive: true }))

function put(file: string, text: string): void {
  mkdirSync(dirname(join(dir, file)), { recursive: true })
  writeFileSync(join(dir, file), text)
}

async function doctor(...args: string[]) {
  const { status, out, err } = await commandLine(['doctor', '--dir', dir, ...args])
  return { status, text: err + out }
}

test('a project that is ready has no line that fails', async () => {
  const { status, text } = await doctor()
  assert.equal(status, 0, text)
  assert.match(text, /^ok +node +v\d+/m)
  assert.match(text, /^ok +duckdb +v\d+/m)
  assert.match(text, /^ok +project +.* can be written/m)
  assert.match(text, /^warn +import +modules import headrace 0\.0\.1, and this command is /m)
  assert.match(text, /^warn +modules +no file matches src/m)
  assert.match(text, /^ok +warehouse .* is not there yet/m)
  assert.match(text, /^ok +dead letters +none/m)
})

test('modules that cannot be loaded, dead letters and a broken warehouse are found', async () => {
  put('src/good.ts', 'export const x = 1')
  put('src/bad.ts', '\nenum A { B }')
  put('dead-letters/daily.ndjson', '{}\n')
  put('.headrace/warehouse.duckdb', 'no database')
  const { status, text } = await doctor()
  assert.equal(status, 1)
  assert.match(text, /^ok +modules +2 modules/m)
  assert.match(text, /^fail +modules +Cannot load .*bad\.ts at .*bad\.ts:2: it has an enum/m)
  assert.match(text, /^warn +dead letters +1 file .*daily\.ndjson/m)
  assert.match(text, /^fail +warehouse +READ_FAILED: .*no DuckDB database/m)
  const json = JSON.parse((await doctor('--json')).text) as { ok: boolean; findings: { status: string }[] }
  assert.equal(json.ok, false)
  assert.equal(json.findings.filter(each => each.status === 'fail').length, 2)
})

test('a config that cannot be loaded, and a variable that is not set, are found', async () => {
  put('headrace.config.ts', 'export default {')
  assert.match((await doctor()).text, /^fail +config +LOAD_FAILED: .*headrace\.config\.ts:1/m)
  assert.match((await doctor('--profile', 'prod')).text, /^fail +config +LOAD_FAILED/m)
  rmSync(join(dir, 'headrace.config.ts'))
  const index = new URL('../../index.ts', import.meta.url).href
  put(
    'headrace.config.mjs',
    `import { env } from '${index}'\nexport default { warehouse: env('NO_SUCH_VARIABLE') }`,
  )
  assert.match((await doctor()).text, /^fail +warehouse +ENV_MISSING: .*NO_SUCH_VARIABLE/m)
})

test('a warehouse that another process has open is told with its id', async () => {
  const file = new URL('../../duckdb/database-file.ts', import.meta.url).href
  const path = join(dir, '.headrace', 'warehouse.duckdb')
  const holding = `
    import { openDatabase } from '${file}'
    await openDatabase(${JSON.stringify(path)}, { create: true })
    console.log('open')
    setInterval(() => undefined, 1000)`
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const child = spawn(
    process.execPath,
    ['--conditions=headrace-source', '--input-type=module', '--eval', holding],
    { env, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  try {
    await new Promise(resolve => child.stdout.once('data', resolve))
    const { status, text } = await doctor()
    assert.equal(status, 0, text)
    assert.match(text, new RegExp(`^warn +warehouse +WAREHOUSE_LOCKED: .*${child.pid}`, 'm'))
  } finally {
    child.kill('SIGKILL')
  }
})
