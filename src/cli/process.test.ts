/** The command in processes of its own: what reaches standard output, and what stops it. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('../../bin/headrace.js', import.meta.url))
const index = new URL('../index.ts', import.meta.url).href
let dir = ''

const program = `
import { files, generate, pipeline, print, t } from '${index}'
console.log('told while it is loaded')
const { sequence } = generate
const rows = options => generate({ schema: { n: t.int64() }, columns: { n: sequence() }, ...options })
export const some = pipeline('some', rows({ rows: 3 }), { to: print() })
export const endless = pipeline('endless', rows({}), { to: print({ limit: 10_000_000 }) })
export const quiet = pipeline('quiet', rows({ rows: 1e9 }), { to: files.ndjson('quiet.ndjson') })
`

before(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'headrace-process-')))
  writeFileSync(join(dir, 'jobs.mjs'), program)
})

after(() => rmSync(dir, { recursive: true }))

interface Running {
  readonly pid: number
  /** Resolve once there is something on standard output, on standard error. */
  readonly begun: Promise<void>
  readonly told: Promise<void>
  readonly ended: Promise<{ status: number | null; signal: string | null; stdout: string; stderr: string }>
  /** Closes the reading end of standard output. */
  leave(): void
}

function headrace(...args: string[]): Running {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const child = spawn(process.execPath, ['--conditions=headrace-source', bin, ...args], { cwd: dir, env })
  let [stdout, stderr] = ['', '']
  const begun = new Promise<void>(resolve => {
    child.stdout.on('data', (data: Buffer) => {
      stdout += data.toString()
      resolve()
    })
  })
  const told = new Promise<void>(resolve => {
    child.stderr.on('data', (data: Buffer) => {
      stderr += data.toString()
      resolve()
    })
  })
  const ended = new Promise<Awaited<Running['ended']>>(resolve => {
    child.on('close', (status, signal) => resolve({ status, signal, stdout, stderr }))
  })
  return { pid: child.pid!, begun, told, ended, leave: () => child.stdout.destroy() }
}

test('with --json standard output has one document, whatever modules and targets print', async () => {
  const [good, bad, wrong] = await Promise.all([
    headrace('run', 'jobs.mjs#some', '--json').ended,
    headrace('run', 'jobs.mjs#sme', '--json').ended,
    headrace('run', '--json').ended,
  ])
  assert.equal(good.status, 0, good.stderr)
  assert.equal((JSON.parse(good.stdout) as { rowsRead: number }).rowsRead, 3)
  assert.match(good.stderr, /told while it is loaded\n/)
  assert.match(good.stderr, /^ *n\n *0\n *1\n *2$/m)
  const { error } = JSON.parse(bad.stdout) as { error: { code: string; message: string } }
  assert.deepEqual([bad.status, error.code], [1, 'NOT_FOUND'])
  assert.match(error.message, /did you mean 'some'/)
  assert.deepEqual([wrong.status, JSON.parse(wrong.stdout).error.code], [2, 'USAGE'])
})

test('Ctrl-C ends a run with STOPPED, and leaves nothing half written', async () => {
  const running = headrace('run', 'jobs.mjs#quiet', '--mode', 'stream')
  await running.told
  process.kill(running.pid, 'SIGINT')
  const { status, stderr, signal } = await running.ended
  assert.deepEqual([status, signal], [1, null], stderr)
  assert.match(stderr, /headrace: STOPPED: /)
  assert.equal(existsSync(join(dir, 'quiet.ndjson')), false)
})

test('who closes the pipe ends the run without a word', async () => {
  const running = headrace('run', 'jobs.mjs#endless')
  await running.begun
  running.leave()
  const { status, stderr } = await running.ended
  assert.equal(status, 1)
  assert.doesNotMatch(stderr, /EPIPE|STOPPED|at .*:\d+/)
})
