/** Tables of the warehouse, through sessions. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { batch, microBatch, stream } from '../../pipeline/mode.ts'
import { pipeline } from '../../pipeline/pipeline.ts'
import type { Session } from '../../pipeline/session.ts'
import { count, max, sum } from '../../plan/builder/aggregate.ts'
import { lit } from '../../plan/builder/functions.ts'
import { tumbling } from '../../plan/builder/window.ts'
import { open } from '../../project/open.ts'
import type { Row } from '../../schema/row.ts'
import { type Schema, t } from '../../schema/type.ts'
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
  const { mkdir } = await import('node:fs/promises')
  await mkdir(dir)
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
    const straddling = pipeline(
      'p',
      salesOf(['01T12', 1])
        .window(tumbling('7 days'))
        .agg({ n: sum('n') }),
      {
        to: warehouse.table('weekly'),
        mode,
      },
    )
    await assert.rejects(session.run(straddling, day(1)), {
      code: 'WRITE_FAILED',
      message: /weekly.*1 rows lie outside/,
    })
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
    /column 'n' is int32\? in the dataset, and int32 \(INTEGER\) in/,
  )
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
  const twice = memory.rows([], { schema: { a: t.int32(), A: t.int32() } })
  await assert.rejects(session.run(pipeline('p', twice, { to: warehouse.table('twice') })), {
    code: 'NOT_EXPRESSIBLE',
    message: /'a' and 'A' differ in case only/,
  })
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
  assert.deepEqual(
    await given('SELECT max(n) AS n, k FROM t GROUP BY k ORDER BY k; -- done\n'.replace('; -- done\n', ';')),
    [
      { k: 'a', n: 1 },
      { k: 'b', n: 2 },
    ],
  )
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

test('from table to table in batch mode nothing leaves DuckDB', async () => {
  await using session = await emptyPlace()
  await session.run(pipeline('p', pairs(['a', 1], ['b', 2], ['b', 3]), { to: warehouse.table('t') }))
  const never = () => {
    throw new Error('This must not be called')
  }
  const { WarehouseSource } = await import('./source.ts')
  const { TableWriter } = await import('../../duckdb/table.ts')
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

test('all that a run reads is one state of the warehouse', async () => {
  await using session = await emptyPlace()
  const both = async (n: number) => {
    for (const name of ['a', 'b']) {
      await session.run(pipeline('p', pairs(['x', n]), { to: warehouse.table(name, { write: 'replace' }) }))
    }
  }
  await both(0)
  let stop = false
  const writing = (async () => {
    for (let n = 1; !stop; n++) await both(n)
  })()
  const [a, b] = ['a', 'b'].map(name => warehouse.table(name, { schema: pair, key: 'k' }))
  // `a` is written before `b`: they are equal, or a is one ahead. Looked at one after the other, b could be ahead.
  const each = [b!.select(c => ({ b: c.n, a: lit(0) })), a!.select(c => ({ b: lit(0), a: c.n }))] as const
  const joined = each[0].union(each[1])
  try {
    for (const mode of [...modes, ...modes, ...modes]) {
      const seen = memory.collect({ like: joined })
      await session.run(pipeline('p', joined, { to: seen, mode }))
      const found = { a: 0, b: 0 }
      for (const row of seen.rows())
        for (const name of ['a', 'b'] as const) found[name] += row[name] as number
      assert.ok(found.a === found.b || found.a === found.b + 1, JSON.stringify(found))
    }
  } finally {
    stop = true
    await writing
  }
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
