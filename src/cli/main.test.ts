import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as timer } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { commandLine } from '../../test/cli/command-line.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
let folder = ''

const program = `
import { count, generate, pipeline, print, sum, t } from 'headrace'
const { sequence, uniform } = generate
const schema = { id: t.int32(), size: t.int64() }
const rows = generate({ schema, rows: 1000, columns: { id: uniform(1, 3), size: sequence() } })
export const sizes = pipeline('sizes', rows.groupBy('id').agg({ n: count(), size: sum('size') }), { to: print({ limit: 0, line: () => {} }) })
export const big = pipeline('big-rows', rows.filter(c => c.size.gt(900)), { to: print({ line: () => {} }) })
export const broken = pipeline('broken', rows.map('fail', { out: { x: t.int32() }, version: 1 }, () => {
  throw new Error('scripted failure')
}), { to: print({ limit: 0, line: () => {} }), onBadRecord: 'fail' })
const endless = generate({ schema, columns: { id: uniform(1, 3), size: sequence() } })
export const forever = pipeline('forever', endless, { to: print({ limit: 0, line: () => {} }) })
`

before(() => {
  // Inside the repository, because only there `import 'headrace'` leads to src/.
  mkdirSync(join(root, '.headrace'), { recursive: true })
  folder = mkdtempSync(join(root, '.headrace', 'cli-'))
  writeFileSync(join(folder, 'jobs.mjs'), program)
  writeFileSync(join(folder, 'none.mjs'), 'export const x = 1')
  writeFileSync(join(folder, 'data.json'), '{}')
  writeFileSync(join(folder, 'syntax.ts'), 'const ok = 1\nexport const a = (\n')
  writeFileSync(join(folder, 'import.mjs'), "import './nowhere.mjs'")
  writeFileSync(join(folder, 'throws.mjs'), "\n\nthrow new Error('no luck')")
  writeFileSync(join(folder, 'null.mjs'), 'throw null')
  writeFileSync(join(folder, 'typo.mjs'), program.replace('c.size', 'c.sise'))
})

after(() => rmSync(folder, { recursive: true }))

interface Done {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

function headrace(...args: string[]): Promise<Done> {
  return headraceInto(new AbortController().signal, ...args)
}

/** With an output that leads nowhere once `lost` is aborted. */
async function headraceInto(lost: AbortSignal, ...args: string[]): Promise<Done> {
  const here = args.map(arg => arg.replace(/^(?=\w+\.(mjs|ts|json))/, `${folder}/`))
  const { status, out, err } = await commandLine(here, { lost })
  const stripped = (text: string): string =>
    text.replaceAll(`${folder}/`, '').replaceAll(`${relative('.', folder)}/`, '')
  return { status, stdout: stripped(out), stderr: stripped(err) }
}

async function refused(args: string[], status: number, message: RegExp): Promise<void> {
  const done = await headrace(...args)
  assert.match(done.stderr, message)
  assert.equal(done.status, status)
  assert.equal(done.stdout, '')
  assert.doesNotMatch(done.stderr, /\n {4}at .*:\d+/)
}

test('help names every command', async () => {
  const { stdout, status } = await headrace('--help')
  assert.equal(status, 0)
  for (const command of ['run NAME', 'explain NAME', '--version']) assert.ok(stdout.includes(command))
})

test('run prints the rows and the report, in any mode', async () => {
  const batch = await headrace('run', 'jobs.mjs#sizes')
  assert.equal(batch.status, 0, batch.stderr)
  assert.match(batch.stderr, /^sizes:\n {2}to print, upsert\n {4}from generate.* at least once/)
  assert.match(batch.stdout, /sizes: batch on duckdb, 1 step/)
  assert.match(batch.stdout, /1,000 rows read = 1,000 processed \+ 0 late/)
  const stream = await headrace('run', 'jobs.mjs#big-rows', '--mode', 'stream', '--json')
  assert.equal(stream.status, 0, stream.stderr)
  const report = JSON.parse(stream.stdout) as Record<string, unknown>
  assert.deepEqual(
    [report.pipeline, report.engine, report.rowsRead, report.rowsWritten],
    ['big-rows', 'incremental', 1000, 99],
  )
})

test('explain shows every pipeline of a module', async () => {
  const { stdout, status } = await headrace('explain', 'jobs.mjs')
  assert.equal(status, 0)
  assert.match(stdout, /pipeline sizes/)
  assert.match(stdout, /pipeline big-rows/)
})

test('a command line that is not understood exits with 2 and names what is near', async () => {
  await refused(['rum', 'jobs.mjs'], 2, /no command "rum" — did you mean 'run'\?/)
  await refused(['run'], 2, /one NAME or FILE/)
  await refused(['run', 'jobs.mjs', '--fast'], 2, /--fast/)
  await refused(['run', 'jobs.mjs#sizes', '--mode', 'strem'], 2, /did you mean 'stream'/)
  await refused(
    ['run', 'jobs.mjs'],
    2,
    /pick one: jobs\.mjs#big-rows, jobs\.mjs#broken, jobs\.mjs#forever, jobs\.mjs#sizes/,
  )
  for (const later of ['replay', 'redrive', 'dag', 'start', 'serve']) {
    await refused([later, 'views'], 2, new RegExp(`"${later}" .* does not have it yet`))
  }
})

test('a run that fails exits with 1 and says why; --debug adds the stack', async () => {
  await refused(['run', 'missing.js'], 1, /NOT_FOUND: There is no file missing\.js/)
  await refused(['run', 'none.mjs'], 1, /exports no pipeline/)
  await refused(['run', 'jobs.mjs#size'], 1, /did you mean 'sizes'/)
  await refused(['run', 'jobs.mjs#broken'], 1, /USER_FUNCTION: .*scripted failure/)
  assert.match((await headrace('run', 'jobs.mjs#broken', '--debug')).stderr, /\n {4}at /)
})

test('a module that cannot be loaded is named with the place in it', async () => {
  await refused(['run', 'data.json'], 1, /LOAD_FAILED: data\.json is no TypeScript or JavaScript module/)
  await refused(
    ['run', 'syntax.ts'],
    1,
    /LOAD_FAILED: Cannot load syntax\.ts at .*syntax\.ts:\d: SyntaxError: /,
  )
  await refused(
    ['run', 'import.mjs'],
    1,
    /LOAD_FAILED: Cannot load import\.mjs at .*import\.mjs:1: it imports .*nowhere\.mjs/,
  )
  await refused(['run', 'throws.mjs'], 1, /Cannot load throws\.mjs at .*throws\.mjs:3: Error: no luck/)
  await refused(['run', 'null.mjs'], 1, /Cannot load null\.mjs: it threw null/)
  await refused(['explain', 'typo.mjs'], 1, /UNKNOWN_COLUMN: .*typo\.mjs:7: There is no column 'sise'/)
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} stops a run whose source never waits, and a second one would not be caught`, async () => {
    const before = process.listenerCount(signal)
    let ended = false
    const running = headrace('run', 'jobs.mjs#forever').finally(() => {
      ended = true
    })
    while (!ended && process.listenerCount(signal) === before) await timer(1)
    assert.equal(ended, false, 'it did not start')
    process.kill(process.pid, signal)
    const { status, stderr } = await running
    assert.match(stderr, /STOPPED/)
    assert.equal(status, 1)
    assert.equal(process.listenerCount(signal), before)
  })
}

test('a run stops when nobody reads its output: without a word for a closed pipe, with one for a full disk', async () => {
  const lost = (code: string): AbortSignal => AbortSignal.abort(Object.assign(new Error(code), { code }))
  const closed = await headraceInto(lost('EPIPE'), 'run', 'jobs.mjs#forever')
  assert.equal(closed.status, 1)
  assert.doesNotMatch(closed.stderr, /STOPPED|WRITE_FAILED/)
  const full = await headraceInto(lost('ENOSPC'), 'run', 'jobs.mjs#forever')
  assert.equal(full.status, 1)
  assert.match(full.stderr, /WRITE_FAILED: Cannot write standard output: ENOSPC/)
})
