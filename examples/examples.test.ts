/** The examples run, and do what the readme says of them. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { batch, files, type Mode, microBatch, open, stream, t } from 'headrace'
import { revenue } from './revenue.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
let folder = ''

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'headrace-examples-'))
  process.chdir(folder)
})

after(() => {
  process.chdir(root)
  rmSync(folder, { recursive: true })
})

const result = files.parquet('out/revenue.parquet', {
  schema: {
    product: t.string(),
    window_start: t.timestamp(),
    window_end: t.timestamp(),
    revenue: t.decimal(38, 2),
    orders: t.int64(),
  },
})

async function rowsAfter(mode: Mode): Promise<string[]> {
  const session = await open()
  try {
    const { late, processed } = await session.run(revenue, { mode })
    assert.deepEqual([processed, late], [1_000_000, 0])
    const rows: string[] = []
    for await (const row of session.rows(result)) rows.push(JSON.stringify(row))
    return rows.sort()
  } finally {
    await session.close()
  }
}

test('the example of the readme writes the same file in every mode', async () => {
  const rows = await rowsAfter(batch())
  assert.equal(rows.length, 501)
  assert.deepEqual(await rowsAfter(microBatch('1 second')), rows)
  assert.deepEqual(await rowsAfter(stream()), rows)
})

test('the readme shows the example as it is', () => {
  const example = readFileSync(join(root, 'examples', 'revenue.ts'), 'utf8')
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  assert.ok(readme.includes(`\`\`\`ts revenue.ts\n${example}\`\`\`\n`))
})

interface Line {
  readonly equal: boolean
  readonly rows: number
  readonly modes: Readonly<Record<string, { engine: string; steps: number; rowsPerSecond: number }>>
}

test('the main job has one answer in three modes, and says so in JSON', () => {
  const flags = ['--conditions=headrace-source', join(root, 'examples', 'flights.ts'), '--once', '--json']
  const { status, stdout, stderr } = spawnSync(process.execPath, flags, { encoding: 'utf8' })
  assert.equal(status, 0, stdout + stderr)
  const { equal, rows, modes } = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Line
  assert.deepEqual([equal, rows, Object.keys(modes)], [true, 3_000_000, ['batch', 'micro-batch', 'stream']])
  assert.deepEqual([modes.batch!.engine, modes.batch!.steps], ['duckdb', 1])
  assert.equal(modes['micro-batch']!.engine, 'incremental')
  assert.ok(modes['micro-batch']!.steps >= 20)
  assert.equal(modes.stream!.engine, 'incremental')
  assert.ok(modes.stream!.steps >= 1000)
  for (const { rowsPerSecond } of Object.values(modes)) assert.ok(rowsPerSecond > 0)
})
