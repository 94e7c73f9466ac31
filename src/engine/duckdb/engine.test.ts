import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import * as z from 'zod'
import { files } from '../../connector/files/files.ts'
import { memory } from '../../connector/memory/endpoint.ts'
import { Duckdb } from '../../duckdb/duckdb.ts'
import { readParquet } from '../../duckdb/parquet/read.ts'
import { HeadraceError } from '../../errors.ts'
import { aggregate, count, first, last, sum } from '../../plan/builder/aggregate.ts'
import { hopping, tumbling } from '../../plan/builder/window.ts'
import type { Node, SourceNode } from '../../plan/node.ts'
import { systemRuntime } from '../../runtime/runtime.ts'
import { type Batch, cellsAt } from '../../schema/batch.ts'
import { type Cell, cellKey } from '../../schema/cell.ts'
import { instant } from '../../schema/instant.ts'
import { type Schema, t } from '../../schema/type.ts'
import type { EngineReport } from '../engine.ts'
import { failOnRejection } from '../rejection.ts'
import { duckdbEngine } from './engine.ts'

let dir: string
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'headrace-engine-'))
})
after(() => rm(dir, { recursive: true }))

interface Ran {
  readonly rows: Cell[][][]
  readonly report: EngineReport
}

const never = new AbortController().signal

async function run(nodes: readonly Node[], signal: AbortSignal = never): Promise<Ran> {
  const rows: Cell[][][] = nodes.map(() => [])
  const outputs = nodes.map((node, i) => ({
    node,
    write: async (_step: number, batch: Batch) => {
      for (let row = 0; row < batch.length; row++) rows[i]!.push(cellsAt(batch, row))
    },
  }))
  const job = {
    outputs,
    steps: 'once',
    runtime: systemRuntime,
    careful: false,
    reject: failOnRejection,
    stepped: async () => {},
  } as const
  const report = await duckdbEngine.run(job, signal)
  return { rows, report }
}

const sorted = (rows: Cell[][]): Cell[][] =>
  rows.toSorted((a, b) => (a.map(cellKey).join() < b.map(cellKey).join() ? -1 : 1))

async function parquet(name: string, select: string): Promise<string> {
  const file = join(dir, name)
  const db = await Duckdb.open()
  await db.run(`COPY (${select}) TO '${file}' (FORMAT parquet)`)
  db.close()
  return file
}

const code = (expected: string) => (error: unknown) => (error as HeadraceError).code === expected

const schema = { k: t.string(), at: t.timestamp(), n: t.int64() }
const eventTime = { column: 'at', outOfOrderness: '1 minute' } as const

test('Parquet is read and written by DuckDB itself', async () => {
  const select =
    "SELECT 'k' || range % 3 AS k, TIMESTAMP '2024-01-01' + to_minutes(range) AS at, range AS n FROM range(600)"
  const file = await parquet('flow.parquet', select)
  const hourly = files
    .parquet(file, { schema, eventTime })
    .filter(c => c.n.lt(120))
    .window(tumbling('1 hour'))
    .groupBy('k')
    .agg({ n: count(), total: sum('n') })
  const source = (hourly.node as Node & { input: { input: SourceNode } }).input.input
  source.source.read = () => assert.fail('DuckDB reads the file itself')
  const copyTo = { format: 'parquet', file: join(dir, 'out.parquet') } as const
  const write = () => assert.fail('DuckDB writes the file itself')
  const steps: [number, number][] = []
  const stepped = async (step: number, { rowsRead }: { rowsRead: number }) => {
    steps.push([step, rowsRead])
  }
  const report = await duckdbEngine.run(
    {
      outputs: [{ node: hourly.node, write, copyTo }],
      steps: 'once',
      runtime: systemRuntime,
      careful: false,
      reject: failOnRejection,
      stepped,
    },
    never,
  )
  assert.deepEqual(steps, [[1, 600]])
  assert.deepEqual(report.operators.get(source), { rowsIn: 600, rowsOut: 600, rejected: 0 })
  const db = await Duckdb.open()
  const rows: Cell[][] = []
  for await (const { batch } of readParquet(db, copyTo.file, hourly.node.schema, { from: 0 }))
    for (let row = 0; row < batch.length; row++) rows.push(cellsAt(batch, row))
  db.close()
  const hour = (h: number) => 1_704_067_200_000_000n + BigInt(h) * 3_600_000_000n
  const expected = [0, 1, 2].flatMap(k =>
    [0, 1].map(h => {
      const total = [...Array(60).keys()].map(m => m + 60 * h).filter(n => n % 3 === k)
      return [`k${k}`, hour(h), hour(h + 1), 20n, BigInt(total.reduce((a, b) => a + b))]
    }),
  )
  assert.deepEqual(sorted(rows), sorted(expected))
})

test('what a file holds against its schema is an error, not an answer', async () => {
  const nulls = await parquet(
    'nulls.parquet',
    "SELECT 'a' AS k, TIMESTAMP '2024-01-01' AS at, NULL::BIGINT AS n",
  )
  const read = (file: string, fields: Schema) => run([files.parquet(file, { schema: fields }).node])
  await assert.rejects(read(nulls, schema), code('NULL_VALUE'))
  const nan = await parquet('nan.parquet', "SELECT 'NaN'::DOUBLE AS x")
  await assert.rejects(read(nan, { x: t.float64() }), code('NOT_FINITE'))
  await assert.rejects(read(nan, { y: t.float64() }), code('SCHEMA_MISMATCH'))
})

test('the validator of a json column sees what a file holds', async () => {
  const file = await parquet('json.parquet', `SELECT '{"age": 7}'::JSON AS j`)
  const strict = files.parquet(file, { schema: { j: t.json(z.object({ age: z.number().max(6) })) } })
  await assert.rejects(run([strict.node]), code('BAD_VALUE'))
  const filled = z.object({ age: z.number(), tags: z.array(z.string()).default([]) })
  const { rows } = await run([files.parquet(file, { schema: { j: t.json(filled) } }).node])
  assert.deepEqual(rows, [[['{"age":7,"tags":[]}']]])
  const lists = await parquet('lists.parquet', `SELECT ['{"age": 7}'::JSON] AS j FROM range(3)`)
  const list = files.parquet(lists, { schema: { j: t.list(t.json(z.object({ age: z.string() }))) } })
  await assert.rejects(run([list.node]), { code: 'BAD_VALUE', message: /lists\.parquet: row 1, column 'j'/ })
})

test('what is read twice is computed once', async () => {
  let calls = 0
  const rows = memory.rows([{ n: 1n }, { n: 2n }], { schema: { n: t.int64() } })
  const doubled = rows.map('double', { out: { n: t.int64() }, version: 1 }, ({ n }) => {
    calls++
    return { n: 2n * n }
  })
  const twice = doubled.union(doubled)
  const { rows: results, report } = await run([twice.node, doubled.node, doubled.node])
  assert.deepEqual(results.map(sorted), [
    [[2n], [2n], [4n], [4n]],
    [[2n], [4n]],
    [[2n], [4n]],
  ])
  assert.equal(calls, 2)
  assert.equal(report.rowsRead, 2)
  assert.deepEqual(report.operators.get(doubled.node), { rowsIn: 2, rowsOut: 2, rejected: 0 })
})

test('what is computed into a table counts its rows', async () => {
  const rows = memory.rows([{ n: 1n }, { n: 2n }, { n: 3n }], { schema: { n: t.int64() } })
  const large = rows.filter(c => c.n.gt(1))
  const { report } = await run([large.union(large.distinct()).node])
  assert.deepEqual(report.operators.get(large.node), { rowsIn: 3, rowsOut: 2, filtered: 1 })
})

test('rows taken away are folded before anything else', async () => {
  const list = [
    [{ k: 'a', x: 1.5 }, 1],
    [{ k: 'b', x: null }, 2],
    [{ k: 'a', x: 1.5 }, -1],
    [{ k: 'b', x: null }, 1],
  ] as const
  const source = memory.changes(list, { schema: { k: t.string(), x: t.nullable(t.float64()) } })
  const { rows, report } = await run([source.node])
  assert.deepEqual(rows, [
    [
      ['b', null],
      ['b', null],
      ['b', null],
    ],
  ])
  assert.equal(report.rowsRead, 4)
})

test('columns may differ in case only', async () => {
  const source = memory.rows([{ a: 1, A: 2 }], { schema: { a: t.int32(), A: t.int32() } })
  const swapped = source.select(c => ({ A: c.a, a: c.A, '"': c.a.add(c.A) }))
  assert.deepEqual((await run([swapped.node])).rows, [[[1, 2, 3]]])
})

test('an expression as deep as a program makes it is computed in time', async () => {
  const source = memory.rows(
    [
      { x: 8, s: ' Ab ' },
      { x: null, s: null },
    ],
    { schema: { x: t.nullable(t.float64()), s: t.nullable(t.string()) } },
  )
  const result = source.select(c => {
    let { x, s } = { x: c.x.fdiv(2), s: c.s.trim() }
    for (let i = 0; i < 30; i++) x = c.x.fdiv(x)
    for (let i = 0; i < 15; i++) s = s.lower().upper()
    return { x, s }
  })
  const began = performance.now()
  const { rows } = await run([result.node])
  assert.ok(performance.now() - began < 5000)
  assert.deepEqual(
    sorted(rows[0]!),
    sorted([
      [4, 'AB'],
      [null, null],
    ]),
  )
})

test('a window of a row before 1970 begins before it', async () => {
  const rows = memory.rows([{ k: 'a', at: '1969-12-31T23:59:59Z', n: 1n }], { schema, eventTime })
  const result = rows.window(hopping('10 minutes', { slide: '5 minutes' })).agg({ n: count() })
  const minute = 60_000_000n
  assert.deepEqual((await run([result.node])).rows.map(sorted), [
    sorted([
      [-5n * minute, 5n * minute, 1n],
      [-10n * minute, 0n, 1n],
    ]),
  ])
})

test('rows without a time are in no window, and are counted', async () => {
  const schema = { at: t.nullable(t.timestamp()) }
  const rows = memory.rows([{ at: null }, { at: instant(new Date('2024-01-01T00:00:00Z')) }, { at: null }], {
    schema,
    eventTime: { column: 'at' },
  })
  const counts = rows.filter(c => c.at.isNull().or(c.at.isNotNull())).window(tumbling('1 minute'))
  const result = counts.agg({ n: count() })
  const { report } = await run([result.node])
  assert.deepEqual(report.operators.get(result.node), { rowsIn: 3, rowsOut: 1, late: 0, nullTimes: 2 })
})

test('rows of one time are ordered by the whole row', async () => {
  const at = '2024-01-01T00:00:00Z'
  const list = ['b', 'a', 'c'].map((k, n) => ({ k, at, n: BigInt(n) }))
  const result = memory.rows(list, { schema, eventTime }).agg({ f: first('n'), l: last('n') })
  assert.deepEqual((await run([result.node])).rows, [[[1n, 2n]]])
})

test('what a user function throws comes out as its cause', async () => {
  const rows = memory.rows([{ n: 1n }], { schema: { n: t.int64() } })
  const cause = new Error('no luck')
  const fold = { zero: () => 0, add: () => assert.fail(cause), result: (total: number) => total }
  const custom = aggregate('unlucky', { in: t.int64(), out: t.int32(), fold })
  const plans = [
    rows.map('unlucky', { out: { n: t.int64() }, version: 1 }, () => {
      throw cause
    }),
    rows.agg({ n: custom('n') }),
  ]
  for (const plan of plans) {
    await assert.rejects(run([plan.node]), (error: unknown) => {
      assert.ok(error instanceof HeadraceError && error.code === 'USER_FUNCTION')
      assert.match(error.message, /unlucky.*no luck/)
      assert.equal(error.cause, cause)
      return true
    })
  }
  const wrong = rows.map('wrong', { out: { n: t.int64() }, version: 1 }, () => ({ n: 'x' }) as never)
  await assert.rejects(run([wrong.node]), code('INVALID_ROW'))
})

test('what DuckDB cannot compute is told in words, with the way out', async () => {
  const rows = memory.rows([{ n: 2, big: 2n ** 40n }], { schema: { n: t.int32(), big: t.int64() } })
  const product = rows.select(c => ({ x: c.n.mul(2_147_483_647) }))
  await assert.rejects(run([product.node]), {
    code: 'OVERFLOW',
    message: /^select: Overflow in multiplication .* Cast to a wider type first\.$/,
  })
  const narrow = rows.select(c => ({ x: c.big.cast(t.int32()) }))
  await assert.rejects(run([narrow.node]), {
    code: 'OUT_OF_RANGE',
    message: /^select: .*1099511627776.*tryCast/s,
  })
})

test('a run stops when its signal is aborted', async () => {
  const file = await parquet('many.parquet', 'SELECT range AS n FROM range(200000)')
  const many = files.parquet(file, { schema: { n: t.int64() } })
  const pairs = many.select(c => ({ k: c.n.mod(2n), n: c.n }))
  const endless = pairs
    .join(pairs.rename({ n: 'm' }), { on: ['k'] })
    .groupBy('k')
    .agg({ n: sum('n') })
  const stop = new AbortController()
  const began = performance.now()
  setTimeout(() => stop.abort(), 200)
  await assert.rejects(run([endless.node], stop.signal), code('STOPPED'))
  assert.ok(performance.now() - began < 3000)
})

test('only bounded input in one step is taken', () => {
  const rows = memory.rows([{ n: 1n }], { schema: { n: t.int64() } }).node as SourceNode
  assert.equal(duckdbEngine.refuses([rows], 'once'), undefined)
  assert.equal(duckdbEngine.refuses([rows], { maxRows: 10 })?.code, 'REFUSED')
  const endless = { ...rows, source: { ...rows.source, bounded: false } }
  assert.equal(duckdbEngine.refuses([endless], 'once')?.code, 'REFUSED')
})
