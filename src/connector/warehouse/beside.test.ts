/** Runs of one warehouse beside each other, and names of users beside those that Headrace uses there. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openDatabase } from '../../duckdb/database-file.ts'
import { batch, microBatch, stream } from '../../pipeline/mode.ts'
import { pipeline } from '../../pipeline/pipeline.ts'
import type { Session } from '../../pipeline/session.ts'
import { open } from '../../project/open.ts'
import type { Row } from '../../schema/row.ts'
import { type Schema, t } from '../../schema/type.ts'
import { memory } from '../memory/endpoint.ts'
import { warehouse } from './endpoint.ts'

const folder = mkdtempSync(join(tmpdir(), 'headrace-warehouse-'))
after(() => rmSync(folder, { recursive: true }))
let places = 0

/** A session with an empty warehouse, whose file is `project-${places}/.headrace/warehouse.duckdb`. */
async function emptyPlace(): Promise<Session> {
  const dir = join(folder, `project-${++places}`)
  mkdirSync(dir)
  return open({ dir })
}

async function rowsOf(session: Session, sql: string): Promise<Row[]> {
  return Array.fromAsync((await session.query(sql)).rows(), row => ({ ...row }))
}

async function fill(session: Session, name: string, rows: readonly object[], schema: Schema): Promise<void> {
  const to = warehouse.table(name, { write: 'replace' })
  await session.run(pipeline('fill', memory.rows(rows as never, { schema }), { to }))
}

const modes = [batch(), microBatch('1 second'), stream()] as const
const numbers = { n: t.int32() }

test('tables with JSON are read beside each other, in one run and in many', async () => {
  await using session = await emptyPlace()
  const schema = { j: t.json(), of: t.list(t.json()) }
  for (const name of ['a', 'b']) await fill(session, name, [{ j: { in: name }, of: [1] }], schema)
  const both = warehouse.table('a', { schema }).union(warehouse.table('b', { schema }))
  for (const mode of modes) {
    const seen = memory.collect({ like: both })
    await session.run(pipeline('p', both, { to: seen, mode }))
    assert.deepEqual(
      seen.rows().map(({ j }) => j),
      [{ in: 'a' }, { in: 'b' }],
    )
  }
  const runs = Array.from({ length: 12 }, (_, i) =>
    session.run(pipeline(`p${i}`, both, { to: memory.collect({ like: both }), mode: modes[i % 3]! })),
  )
  const queries = Array.from({ length: 6 }, () => rowsOf(session, 'SELECT * FROM a'))
  for (const { rowsRead } of await Promise.all(runs)) assert.equal(rowsRead, 2)
  assert.deepEqual(new Set((await Promise.all(queries)).map(rows => rows.length)), new Set([1]))
})

test('a run that computes in the warehouse and reads from it leaves no connection behind', async () => {
  await using session = await emptyPlace()
  await fill(session, 'a', [{ n: 1 }], numbers)
  await fill(session, 'b', [{ j: { n: 2 } }], { j: t.json() })
  // A validator is JavaScript, so that this table is read, and the other one is not.
  const validator = { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } }
  const read = warehouse
    .table('b', { schema: { j: t.json(validator as never) } })
    .map('n', { out: numbers, version: 1 }, ({ j }) => j as never)
  const mixed = read.union(warehouse.table('a', { schema: numbers }))
  const path = join(folder, `project-${places}`, '.headrace', 'warehouse.duckdb')
  await using file = await openDatabase(path, { create: false })
  const connections = () => file.db.records('SELECT count FROM duckdb_connection_count()')
  const before = await connections()
  for (const mode of modes) {
    const seen = memory.collect({ like: mixed })
    await session.run(pipeline('p', mixed, { to: seen, mode }))
    assert.deepEqual(
      seen
        .rows()
        .map(({ n }) => n)
        .sort(),
      [1, 2],
    )
    assert.deepEqual(await connections(), before)
  }
})

test('a table of the user may be called as one of a run is', async () => {
  await using session = await emptyPlace()
  const seven = warehouse.sql('SELECT 7::INTEGER AS n', { schema: numbers })
  for (const name of ['headrace_0', 'headrace_1']) {
    await fill(session, name, [{ n: 1 }], numbers)
    const asked = warehouse.sql(`SELECT n FROM ${name}`, { schema: numbers })
    const table = warehouse.table(name, { schema: numbers })
    const all = seven.union(asked).union(table)
    const to = warehouse.table('out', { write: 'replace' })
    for (const mode of modes) {
      await session.run(pipeline('p', all, { to, mode }))
      assert.deepEqual(await rowsOf(session, 'FROM out ORDER BY n'), [{ n: 1 }, { n: 1 }, { n: 7 }], name)
    }
  }
})

test('a column of the user may be called as one of a judgement is', async () => {
  await using session = await emptyPlace()
  const stored = { n: t.nullable(t.int32()), headrace_fault: t.nullable(t.string()) }
  const rows = [
    { n: 1, headrace_fault: 'x' },
    { n: null, headrace_fault: null },
    { n: 3, headrace_fault: null },
  ]
  await fill(session, 'a', rows, stored)
  const schema = { n: t.int32(), headrace_fault: stored.headrace_fault }
  for (const mode of modes) {
    for (const input of [warehouse.table('a', { schema }), warehouse.sql('FROM a', { schema })]) {
      const seen = memory.collect({ like: input })
      const report = await session.run(pipeline('p', input, { to: seen, mode, onBadRecord: 'skip' }))
      assert.deepEqual(seen.rows(), [rows[0], rows[2]])
      assert.equal(report.skipped, 1)
    }
  }
})

test('a schema that DuckDB has a catalogue or a schema of its own for is refused', async () => {
  for (const name of ['warehouse', 'Memory', 'temp', 'system', 'information_schema', 'pg_catalog'])
    assert.throws(() => warehouse.table(`${name}.t`), { code: 'INVALID_ARGUMENT', message: /another name/ })
  warehouse.table('warehouse')
  warehouse.table('main.memory')
})

test('a database in which another program made such a schema opens and closes', async () => {
  const session = await emptyPlace()
  await fill(session, 'a', [{ n: 1 }], numbers)
  const path = join(folder, `project-${places}`, '.headrace', 'warehouse.duckdb')
  const file = await openDatabase(path, { create: false })
  for (const name of ['memory', 'warehouse']) await file.db.run(`CREATE SCHEMA warehouse."${name}"`)
  await file[Symbol.asyncDispose]()
  await session.close()
  await using again = await open({ dir: join(folder, `project-${places}`) })
  assert.deepEqual(await rowsOf(again, 'FROM a'), [{ n: 1 }])
})
