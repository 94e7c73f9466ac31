/** Writing tables of the warehouse, through sessions. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openDatabase } from '../../duckdb/database-file.ts'
import { batch, microBatch, stream } from '../../pipeline/mode.ts'
import { pipeline } from '../../pipeline/pipeline.ts'
import type { Session } from '../../pipeline/session.ts'
import { count, sum } from '../../plan/builder/aggregate.ts'
import { tumbling } from '../../plan/builder/window.ts'
import { open } from '../../project/open.ts'
import type { Row } from '../../schema/row.ts'
import { type Schema, t } from '../../schema/type.ts'
import { files } from '../files/files.ts'
import { oneOf, sequence } from '../generate/columns.ts'
import { generate } from '../generate/endpoint.ts'
import { memory } from '../memory/endpoint.ts'
import { warehouse } from './endpoint.ts'

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

test('append adds, replace replaces, upsert keeps one row a key, and a dataset decides where nobody says', async () => {
  for (const mode of modes) {
    await using session = await emptyPlace()
    const run = async (rows: ReturnType<typeof pairs>, to: ReturnType<typeof warehouse.table>) =>
      void (await session.run(pipeline('p', rows, { to: to as never, mode })))
    const all = (table: string) => rowsOf(session, `FROM ${table} ORDER BY ALL`)
    for (const write of ['append', 'replace', 'upsert'] as const) {
      await run(pairs(['a', 1], ['b', 2]), warehouse.table(write, { write }) as never)
      await run(pairs(['a', 5], ['c', 3], ['c', 4]), warehouse.table(write, { write }) as never)
    }
    assert.deepEqual(await all('append'), [
      { k: 'a', n: 1 },
      { k: 'a', n: 5 },
      { k: 'b', n: 2 },
      { k: 'c', n: 3 },
      { k: 'c', n: 4 },
    ])
    assert.deepEqual(await all('replace'), [
      { k: 'a', n: 5 },
      { k: 'c', n: 3 },
      { k: 'c', n: 4 },
    ])
    assert.deepEqual(await all('upsert'), [
      { k: 'a', n: 5 },
      { k: 'b', n: 2 },
      { k: 'c', n: 4 },
    ])
    const totals = (...rows: readonly Pair[]) =>
      pairs(...rows)
        .groupBy('k')
        .agg({ n: sum('n') })
    await session.run(
      pipeline('t', totals(['a', 1], ['a', 1], ['b', 2]), { to: warehouse.table('totals'), mode }),
    )
    await session.run(pipeline('t', totals(['a', 7]), { to: warehouse.table('totals'), mode }))
    assert.deepEqual(await all('totals'), [
      { k: 'a', n: 7n },
      { k: 'b', n: 2n },
    ])
  }
})

test('a changelog replaces a table by what it adds up to', async () => {
  for (const mode of modes) {
    await using session = await emptyPlace()
    const row = { k: 'a', n: 1 }
    const changes = memory.changes(
      [
        [row, 1],
        [{ k: 'b', n: 2 }, 1],
        [row, 2],
        [{ k: 'b', n: 2 }, -1],
      ],
      { schema: pair },
    )
    await session.run(pipeline('p', changes, { to: warehouse.table('t', { write: 'replace' }), mode }))
    assert.deepEqual(await rowsOf(session, 'FROM t'), [row, row, row])
  }
})

test('a run that fails leaves the table as it was', async () => {
  for (const mode of modes) {
    await using session = await emptyPlace()
    const to = warehouse.table('t', { write: 'replace' })
    await session.run(pipeline('p', pairs(['a', 1]), { to, mode }))
    const failing = pairs(['b', 2]).mapBatch('fails', { out: pair, version: 1 }, () => {
      throw new Error('no')
    })
    await assert.rejects(session.run(pipeline('p', failing, { to, mode })), { code: 'USER_FUNCTION' })
    assert.deepEqual(await rowsOf(session, 'FROM t'), [{ k: 'a', n: 1 }])
  }
})

const sales = { at: t.timestamp(), n: t.int32() }
const salesOf = (...rows: readonly Pair[]) =>
  memory.rows(
    rows.map(([at, n]) => ({ at: `2024-01-${at}:00:00Z`, n })),
    { schema: sales, eventTime: { column: 'at' } },
  )

test('a run over an interval makes that slice of the table anew, however often', async () => {
  mkdirSync(join(folder, 'days'))
  writeFileSync(join(folder, 'days/2024-01-01.csv'), 'at,n\n2024-01-01T12:00:00Z,1\n2024-01-02T00:00:00Z,2\n')
  for (const mode of modes) {
    await using session = await emptyPlace()
    const hourly = (...rows: readonly Pair[]) =>
      pipeline(
        'hourly',
        salesOf(...rows)
          .window(tumbling('1 hour'))
          .agg({ n: sum('n') }),
        {
          to: warehouse.table('hourly'),
          mode,
        },
      )
    const day = (date: number) => ({ from: `2024-01-0${date}`, to: `2024-01-0${date + 1}` })
    await session.run(hourly(['01T00', 1], ['01T23', 2], ['02T00', 3]), day(1))
    await session.run(hourly(['01T23', 2], ['02T00', 3], ['02T05', 4]), day(2))
    await session.run(hourly(['01T00', 10], ['02T00', 0]), day(1))
    await session.run(hourly(['01T00', 10], ['02T00', 0]), day(1))
    const found = await rowsOf(
      session,
      'SELECT CAST(window_start AS VARCHAR) AS at, n FROM hourly ORDER BY ALL',
    )
    assert.deepEqual(found, [
      { at: '2024-01-01 00:00:00', n: 10n },
      { at: '2024-01-02 00:00:00', n: 3n },
      { at: '2024-01-02 05:00:00', n: 4n },
    ])
    // A dated file is read whole, with rows of other days that it may hold.
    const misplaced = files.csv(join(folder, 'days/{yyyy}-{MM}-{dd}.csv'), {
      schema: sales,
      eventTime: { column: 'at' },
    })
    await assert.rejects(
      session.run(pipeline('p', misplaced, { to: warehouse.table('daily'), mode }), day(1)),
      { code: 'WRITE_FAILED', message: /daily.*1 rows lie outside/ },
    )
    const timeless = pipeline(
      'p',
      salesOf(['01T12', 1]).select(c => ({ n: c.n })),
      {
        to: warehouse.table('timeless'),
        mode,
      },
    )
    await assert.rejects(session.run(timeless, day(1)), { code: 'REFUSED', message: /no event time/ })
  }
})

test('a table that differs is refused, naming column, expected and found', async () => {
  await using session = await emptyPlace()
  await session.run(pipeline('p', pairs(['a', 1]), { to: warehouse.table('s.t') }))
  const refused = async (rows: readonly object[], schema: Schema, message: RegExp) => {
    const dataset = memory.rows(rows as never, { schema })
    await assert.rejects(session.run(pipeline('p', dataset, { to: warehouse.table('s.t') })), {
      code: 'SCHEMA_MISMATCH',
      message,
    })
  }
  await refused([], { k: t.string() }, /Writing s\.t: the table has a column 'n', int32 \(INTEGER\), and/)
  await refused([], { ...pair, x: t.bool() }, /the dataset has a column 'x' \(bool\)/)
  await refused(
    [],
    { k: t.string(), n: t.int64() },
    /column 'n' is int64 in the dataset, and int32 \(INTEGER\) in the table/,
  )
  await refused(
    [],
    { k: t.string(), n: t.nullable(t.int32()) },
    /column 'n' is int32\? in the dataset, and int32 \(INTEGER\) in.*the table follow: onSchemaChange: 'evolve'/,
  )
  const noEvolve = (from: string) => new RegExp(`${from}(?!.*'evolve').*write to another one\\.$`)
  await refused([], { k: t.int32(), n: t.int32() }, noEvolve("column 'k' is int32 in the dataset"))
  await refused([], { k: t.string(), x: t.bool() }, noEvolve("the dataset has a column 'x'"))
  await assert.rejects(Array.fromAsync(session.rows(warehouse.table('s.tt', { schema: pair }))), {
    code: 'NOT_FOUND',
    message: /no table s\.tt — did you mean 's\.t'\?/,
  })
  const wrong = { n: t.string() }
  await assert.rejects(Array.fromAsync(session.rows(warehouse.table('s.t', { schema: wrong }))), {
    code: 'SCHEMA_MISMATCH',
    message: /Reading s\.t: column 'n' is declared string and holds int32 \(INTEGER\)/,
  })
  await assert.rejects(Array.fromAsync(session.rows(warehouse.table('s.t', { schema: { m: t.int32() } }))), {
    code: 'SCHEMA_MISMATCH',
    message: /there is no column 'm'.*It has: k string \(VARCHAR\), n int32/,
  })
})

test('a table that evolves gets columns, digits and nulls, and loses nothing', async () => {
  for (const write of ['append', 'replace'] as const) {
    await using session = await emptyPlace()
    // Which write it is, the compiler need not know.
    const to = warehouse.table('t', { write: write as 'append', onSchemaChange: 'evolve' })
    const first = { k: t.string(), n: t.int32(), d: t.decimal(6, 2), old: t.nullable(t.string()) }
    await session.run(
      pipeline('p', memory.rows([{ k: 'a', n: 1, d: '1.25', old: 'x' }], { schema: first }), { to }),
    )
    const second = { new: t.bool(), d: t.decimal(6, 4), n: t.nullable(t.int64()), k: t.string() }
    const rows = [
      { k: 'b', n: 2n ** 40n, d: '1.1234', new: true },
      { k: 'c', n: null, d: '0', new: false },
    ]
    await session.run(pipeline('p', memory.rows(rows, { schema: second }), { to }))
    const shown = await rowsOf(session, 'SELECT k, n, CAST(d AS VARCHAR) AS d, "old", new FROM t ORDER BY k')
    const kept = { k: 'a', n: 1n, d: '1.2500', old: 'x', new: null }
    assert.deepEqual(shown, [
      ...(write === 'append' ? [kept] : []),
      { k: 'b', n: 2n ** 40n, d: '1.1234', old: null, new: true },
      { k: 'c', n: null, d: '0.0000', old: null, new: false },
    ])
    const narrower = { k: t.int32(), d: t.decimal(6, 2), n: t.int32() }
    await assert.rejects(session.run(pipeline('p', memory.rows([], { schema: narrower }), { to })), {
      code: 'SCHEMA_MISMATCH',
      message: /column 'k' is int32 in the dataset, and string \(VARCHAR\) in the table/,
    })
  }
})

test('a table that another program made is written as it is, and a view is not', async () => {
  await using session = await emptyPlace()
  await session.run(pipeline('p', pairs(), { to: warehouse.table('any') }))
  const path = join(folder, `project-${places}`, '.headrace', 'warehouse.duckdb')
  await using file = await openDatabase(path, { create: false })
  await file.db.run('CREATE TABLE made ("at" TIMESTAMP WITH TIME ZONE, id VARCHAR, n INTEGER DEFAULT 5)')
  await file.db.run('CREATE VIEW looks AS SELECT k, n FROM "any"')
  const schema = { id: t.uuid(), n: t.int32(), at: t.timestamp() }
  const rows = [{ id: '00000000-0000-4000-8000-0000000000ff', n: 1, at: '2024-07-01T12:00:00.000001Z' }]
  const made = warehouse.table('made', { schema, write: 'append' })
  for (const mode of modes) {
    await session.run(pipeline('p', memory.rows(rows, { schema }), { to: made, mode }))
  }
  const expected = await Array.fromAsync(session.rows(memory.rows([...rows, ...rows, ...rows], { schema })))
  assert.deepEqual(await Array.fromAsync(session.rows(made)), expected)
  await assert.rejects(session.run(pipeline('p', pairs(['a', 1]), { to: warehouse.table('looks') })), {
    code: 'WRITE_FAILED',
    message: /looks: it is a view/,
  })
  await session.run(pipeline('p', pairs(['a', 1]), { to: warehouse.table('any') }))
  for (const mode of modes) {
    const seen = memory.collect()
    await session.run(pipeline('p', warehouse.table('looks', { schema: pair }), { to: seen, mode }))
    assert.deepEqual(seen.rows(), [{ k: 'a', n: 1 }])
  }
})

test('names are quoted, columns are found by name, whatever their order and case', async () => {
  await using session = await emptyPlace()
  const schema = { 'select "x"': t.string(), Größe: t.int32(), n: t.int32() }
  const table = warehouse.table('"my. schema"."ta""ble; --"', { schema, write: 'replace' })
  const rows = [{ 'select "x"': "it's", Größe: 1, n: 2 }]
  await session.run(pipeline('p', memory.rows(rows, { schema }), { to: table }))
  const turned = memory.rows([{ N: 3, größe: 4, 'SELECT "X"': 'y' }], {
    schema: { N: t.int32(), größe: t.int32(), 'SELECT "X"': t.string() },
  })
  await session.run(pipeline('p', turned, { to: warehouse.table('"my. schema"."ta""ble; --"') }))
  assert.deepEqual(await Array.fromAsync(session.rows(table), row => ({ ...row })), [
    ...rows,
    { 'select "x"': 'y', Größe: 4, n: 3 },
  ])
  for (const name of ['', 'a.b.c', '.a', 'a.', '""', 'a"b', '"a', 'a\0b', ' ']) {
    assert.throws(() => warehouse.table(name), { code: 'INVALID_ARGUMENT' }, name)
  }
  // @ts-expect-error: without a schema it is only written
  const timed = () => warehouse.table('orders', { eventTime: { column: 'at' } })
  assert.throws(timed, { code: 'INVALID_ARGUMENT', message: /eventTime.*no schema/ })
  const twice = memory.rows([], { schema: { a: t.int32(), A: t.int32() } })
  await assert.rejects(session.run(pipeline('p', twice, { to: warehouse.table('twice') })), {
    code: 'NOT_EXPRESSIBLE',
    message: /'a' and 'A' differ in case only/,
  })
})

test('a source without end fills a table epoch by epoch, and replaces none', async () => {
  await using session = await emptyPlace()
  const endless = generate({
    schema: { id: t.int64(), k: t.string() },
    columns: { id: sequence(), k: oneOf(['a', 'b']) },
  })
  const stopAfter = (steps: number) => {
    const stop = new AbortController()
    return {
      signal: stop.signal,
      onProgress: (progress: { steps: number }) => progress.steps >= steps && stop.abort(),
    }
  }
  const counted = endless.groupBy('k').agg({ n: count() })
  await assert.rejects(session.run(pipeline('p', endless, { to: warehouse.table('all') }), stopAfter(3)), {
    code: 'STOPPED',
  })
  await assert.rejects(session.run(pipeline('p', counted, { to: warehouse.table('counts') }), stopAfter(3)), {
    code: 'STOPPED',
  })
  const [all] = await rowsOf(session, 'SELECT count(*) AS n, count(DISTINCT id) AS ids FROM "all"')
  assert.ok((all!.n as bigint) > 0n && all!.n === all!.ids)
  assert.equal((await rowsOf(session, 'FROM counts')).length, 2)
  await assert.rejects(
    session.run(pipeline('p', endless, { to: warehouse.table('r', { write: 'replace' }) })),
    {
      code: 'REFUSED',
      message: /without end/,
    },
  )
})
