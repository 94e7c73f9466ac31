/** Reading the warehouse, through sessions. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openDatabase } from '../../duckdb/database-file.ts'
import { TableWriter } from '../../duckdb/table.ts'
import { batch, microBatch, stream } from '../../pipeline/mode.ts'
import { pipeline } from '../../pipeline/pipeline.ts'
import type { Session } from '../../pipeline/session.ts'
import { count, max, sum } from '../../plan/builder/aggregate.ts'
import type { SourceNode } from '../../plan/node.ts'
import { open } from '../../project/open.ts'
import { systemRuntime } from '../../runtime/runtime.ts'
import { type Row, rowsOf as rowsIn } from '../../schema/row.ts'
import { type Schema, t } from '../../schema/type.ts'
import { memory } from '../memory/endpoint.ts'
import { warehouse } from './endpoint.ts'
import { WarehouseSource } from './source.ts'

const folder = mkdtempSync(join(tmpdir(), 'headrace-warehouse-'))
after(() => rmSync(folder, { recursive: true }))
let places = 0

/** A session with an empty warehouse. */
async function emptyPlace(): Promise<Session> {
  const dir = join(folder, `project-${++places}`)
  mkdirSync(dir)
  return open({ dir })
}

async function rowsOf(session: Session, sql: string): Promise<Row[]> {
  return Array.fromAsync((await session.query(sql)).rows(), row => ({ ...row }))
}

const modes = [batch(), microBatch('1 second'), stream()] as const

const pair = { k: t.string(), n: t.int32() }
type Pair = readonly [text: string, n: number]
const pairs = (...rows: readonly Pair[]) =>
  memory.rows(
    rows.map(([k, n]) => ({ k, n })),
    { schema: pair, key: 'k' },
  )

test('every type comes back from a table as it went in, at its bounds, in every mode', async () => {
  await using session = await emptyPlace()
  const schema = {
    bool: t.nullable(t.bool()),
    int32: t.nullable(t.int32()),
    int64: t.nullable(t.int64()),
    float64: t.nullable(t.float64()),
    small: t.nullable(t.decimal(4, 2)),
    large: t.nullable(t.decimal(38, 10)),
    string: t.nullable(t.string()),
    bytes: t.nullable(t.bytes()),
    date: t.nullable(t.date()),
    timestamp: t.nullable(t.timestamp()),
    uuid: t.nullable(t.uuid()),
    enum: t.nullable(t.enum('a', 'b"c')),
    json: t.nullable(t.json()),
    list: t.nullable(t.list(t.nullable(t.decimal(12, 2)))),
    deep: t.nullable(t.list(t.list(t.uuid()))),
    jsons: t.nullable(t.list(t.json())),
  } satisfies Schema
  const nothing = Object.fromEntries(Object.keys(schema).map(name => [name, null]))
  const uuid = '00000000-0000-4000-8000-0000000000ff'
  const rows = [
    {
      bool: true,
      int32: -(2 ** 31),
      int64: -(2n ** 63n),
      float64: 5e-324,
      small: '-99.99',
      large: '-9999999999999999999999999999.9999999999',
      string: 'a\0b 𝄞 \ufeff',
      bytes: Uint8Array.of(0, 255, 10),
      date: '0001-01-01',
      timestamp: '1900-01-01T00:00:00.000001Z',
      uuid,
      enum: 'b"c',
      json: { a: [1.5, null, 'x'], b: '' },
      list: ['1.50', null],
      deep: [[uuid], []],
      jsons: [{ a: 1 }, 'x'],
    },
    { ...nothing, int64: 2n ** 63n - 1n, date: '9999-12-31', string: '', list: [], bytes: new Uint8Array() },
    nothing,
  ] as never[]
  const input = memory.rows(rows, { schema })
  const expected = await Array.fromAsync(session.rows(input))
  for (const [i, mode] of modes.entries()) {
    const table = warehouse.table(`types_${i}`, { schema, write: 'replace' })
    await session.run(pipeline('write', input, { to: table, mode }))
    assert.deepEqual(await Array.fromAsync(session.rows(table)), expected)
    for (const readMode of modes) {
      const seen = memory.collect({ like: table })
      await session.run(pipeline('read', table, { to: seen, mode: readMode }))
      assert.deepEqual(seen.rows(), expected)
    }
  }
  const declared = await rowsOf(session, 'SELECT column_name AS c, column_type AS t FROM (DESCRIBE types_0)')
  const types = Object.fromEntries(declared.map(({ c, t: type }) => [c, type]))
  assert.equal(types.large, 'DECIMAL(38,10)')
  assert.equal(types.uuid, 'UUID')
  assert.equal(types.json, 'JSON')
  assert.equal(types.deep, 'UUID[][]')
})

/** Fills a table with SQL, as another program would have done. */
async function withTable(session: Session, name: string, select: string, schema: Schema): Promise<void> {
  const to = warehouse.table(name, { write: 'replace' })
  await session.run(pipeline('fill', warehouse.sql(select, { schema }), { to }))
}

test('records that are no rows are rejected, in every mode, and the others go on', async () => {
  await using session = await emptyPlace()
  const text = { v: t.nullable(t.string()) }
  await session.run(pipeline('p', memory.rows([{ v: '1' }], { schema: text }), { to: warehouse.table('t') }))
  await withTable(session, 'wide', `FROM (VALUES ('5', 5), (NULL, 6), ('300', NULL)) AS v(v, n)`, {
    v: t.nullable(t.string()),
    n: t.nullable(t.int64()),
  })
  const schema = { v: t.string(), n: t.int64() }
  const wide = warehouse.table('wide', { schema })
  for (const mode of modes) {
    const seen = memory.collect({ like: wide })
    const report = await session.run(pipeline('p', wide, { to: seen, mode }))
    assert.deepEqual(seen.rows(), [{ v: '5', n: 5n }])
    assert.equal(report.rowsRead, 3)
    assert.equal(report.deadLettered, 2)
    await assert.rejects(session.run(pipeline('p', wide, { to: seen, mode, onBadRecord: 'fail' })), {
      code: 'NULL_VALUE',
      message: /wide: row 2: column 'v' holds a null but is not nullable/,
    })
  }
  const narrow = warehouse.sql(`SELECT * FROM (VALUES (CAST(1.5 AS DOUBLE)), ('nan'), ('-inf')) AS v(f)`, {
    schema: { f: t.float64() },
  })
  for (const mode of modes) {
    const seen = memory.collect({ like: narrow })
    const report = await session.run(pipeline('p', narrow, { to: seen, mode, onBadRecord: 'skip' }))
    assert.deepEqual(seen.rows(), [{ f: 1.5 }])
    assert.equal(report.skipped, 2)
  }
})

test('warehouse.sql is one SELECT whose columns fit the schema', async () => {
  await using session = await emptyPlace()
  await session.run(pipeline('p', pairs(['a', 1], ['b', 2]), { to: warehouse.table('t') }))
  const given = (select: string, schema: Schema = pair) =>
    Array.fromAsync(session.rows(warehouse.sql(select, { schema })))
  assert.deepEqual(await given('SELECT max(n) AS n, k FROM t GROUP BY k ORDER BY k; -- done\n'), [
    { k: 'a', n: 1 },
    { k: 'b', n: 2 },
  ])
  assert.deepEqual(await given('SELECT sum(n) AS total FROM t -- all of them', { total: t.int64() }), [
    { total: 3n },
  ])
  const refused = (select: string, message: RegExp) =>
    assert.rejects(given(select), { code: 'INVALID_SQL', message }, select)
  await refused('DELETE FROM t', /only reads.*DELETE/)
  await refused('DELETE FROM nowhere', /only reads/)
  await refused('INSERT INTO t VALUES (1) RETURNING *', /only reads/)
  await refused(`COPY t TO '/dev/null'`, /only reads/)
  await refused('SELECT 1; SELECT 2', /there are 2/)
  await refused('SELECT x FROM t', /"x" not found.*LINE 1/s)
  await refused('SELEC 1', /syntax error.*LINE 1: SELEC/s)
  await refused('SELECT $1', /parameters/)
  await refused('-- nothing', /there is no statement/)
  await assert.rejects(given('SELECT k FROM t'), {
    code: 'SCHEMA_MISMATCH',
    message: /there is no column 'n'/,
  })
  await assert.rejects(given('SELECT n AS k, n FROM t'), {
    code: 'SCHEMA_MISMATCH',
    message: /'k' is declared string and holds int32 \(INTEGER\)/,
  })
  assert.throws(() => warehouse.sql(' ', { schema: pair }), { code: 'INVALID_ARGUMENT' })
  assert.deepEqual(await rowsOf(session, 'SELECT count(*) AS n FROM t'), [{ n: 2n }])
})

test('what the SQL of a user throws when it runs is INVALID_SQL, in every mode', async () => {
  await using session = await emptyPlace()
  await session.run(pipeline('p', pairs(['a', 1], ['b', 2]), { to: warehouse.table('t') }))
  const schema = { n: t.int64() }
  const cases: [string, RegExp][] = [
    ["SELECT CASE WHEN n = 2 THEN error('boom') ELSE n END::BIGINT AS n FROM t", /warehouse\.sql: boom/],
    [
      "SELECT year(strptime(k, '%Y')) AS n FROM t WHERE k <> ''",
      /warehouse\.sql: .*Could not parse string "a" /s,
    ],
  ]
  for (const mode of modes) {
    for (const [select, message] of cases) {
      const read = warehouse.sql(select, { schema })
      await assert.rejects(
        session.run(pipeline('q', read, { to: memory.collect({ like: read }), mode })),
        { name: 'HeadraceError', code: 'INVALID_SQL', message },
        select,
      )
    }
  }
})

test('from table to table in batch mode nothing leaves DuckDB', async () => {
  await using session = await emptyPlace()
  await session.run(pipeline('p', pairs(['a', 1], ['b', 2], ['b', 3]), { to: warehouse.table('t') }))
  const never = () => {
    throw new Error('This must not be called')
  }
  const { read } = WarehouseSource.prototype
  const { append } = TableWriter.prototype
  WarehouseSource.prototype.read = never
  TableWriter.prototype.append = never
  try {
    const table = warehouse.table('t', { schema: pair })
    const to = (name: string) => ({ to: warehouse.table(name, { write: 'replace' }) })
    const report = await session.run(
      pipeline('p', table.groupBy('k').agg({ n: sum('n'), of: count() }), to('u')),
    )
    assert.equal(report.engine, 'duckdb')
    assert.equal(report.rowsRead, 3)
    assert.equal(report.rowsWritten, 2)
    const sql = warehouse.sql('SELECT k, max(n) AS n FROM t GROUP BY k', { schema: pair })
    await session.run(
      pipeline(
        'p',
        sql.filter(c => c.n.gt(1)),
        to('v'),
      ),
    )
    // A table may be made from itself.
    await session.run(
      pipeline(
        'p',
        table.filter(c => c.n.gt(1)),
        to('t'),
      ),
    )
  } finally {
    WarehouseSource.prototype.read = read
    TableWriter.prototype.append = append
  }
  assert.deepEqual(await rowsOf(session, 'FROM u ORDER BY k'), [
    { k: 'a', n: 1n, of: 1n },
    { k: 'b', n: 5n, of: 2n },
  ])
  assert.deepEqual(await rowsOf(session, 'FROM v'), [{ k: 'b', n: 3 }])
  assert.deepEqual(await rowsOf(session, 'FROM t ORDER BY n'), [
    { k: 'b', n: 2 },
    { k: 'b', n: 3 },
  ])
})

test('a plan over a table gives what it gives over memory, functions and joins included', async () => {
  await using session = await emptyPlace()
  const rows = Array.from({ length: 5000 }, (_, i) => ({ k: `k${i % 97}`, n: i }))
  const plan = (input: ReturnType<typeof pairs>) => {
    const doubled = input.map('double', { out: pair, version: 1 }, ({ k, n }) => ({ k, n: n * 2 }))
    const totals = doubled.groupBy('k').agg({ total: sum('n'), most: max('n') })
    return input
      .filter(c => c.n.gt(100))
      .join(totals, { on: 'k' })
      .orderBy('n')
      .limit(1000)
  }
  const inMemory = memory.rows(rows, { schema: pair, key: 'k' })
  await session.run(pipeline('p', inMemory, { to: warehouse.table('t', { write: 'append' }) }))
  const table = warehouse.table('t', { schema: pair, key: 'k' })
  const expected = await Array.fromAsync(session.rows(plan(inMemory)))
  assert.equal(expected.length, 1000)
  assert.deepEqual(await Array.fromAsync(session.rows(plan(table))), expected)
  await session.run(pipeline('p', plan(table), { to: warehouse.table('out', { write: 'replace' }) }))
  const out = warehouse.table('out', { like: plan(table) })
  assert.deepEqual(await Array.fromAsync(session.rows(out.orderBy('n'))), expected)
})

test('all that a run reads is one state of the warehouse, whoever changes it meanwhile', async () => {
  await using session = await emptyPlace()
  const names = ['a', 'b'] as const
  const both = async (n: number) => {
    for (const name of names) {
      const to = warehouse.table(name, { write: 'replace' })
      await session.run(pipeline('p', pairs(['x', n]), { to }))
    }
  }
  await both(0)
  const [a, b] = names.map(name => warehouse.table(name, { schema: pair }))
  const changing = a!.mapBatch('changes both', { out: pair, version: 1 }, async found => {
    await both(1)
    return found
  })
  const seen = memory.collect({ like: changing })
  await session.run(pipeline('p', changing.union(b!), { to: seen }))
  assert.deepEqual(seen.rows(), [
    { k: 'x', n: 0 },
    { k: 'x', n: 0 },
  ])

  // What the sources of a run read row by row, too: the second begins when the first one has been read.
  const file = await openDatabase(join(folder, `project-${places}`, '.headrace', 'warehouse.duckdb'), {
    create: false,
  })
  const place = {
    dir: folder,
    warehouse: file.file,
    runtime: systemRuntime,
    shared: async () => file as never,
  }
  const placed = [a!, b!].map(({ node }) => (node as SourceNode).source.at!(place))
  for (const [i, source] of placed.entries()) {
    for await (const { batch: found } of source.read('', { from: 0 }, new AbortController().signal)) {
      assert.deepEqual(
        Array.from(rowsIn(found), row => ({ ...row })),
        [{ k: 'x', n: 1 }],
      )
    }
    if (i === 0) await both(2)
  }
  await file[Symbol.asyncDispose]()
})
