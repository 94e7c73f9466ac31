import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { files } from '../../connector/files/files.ts'
import { Duckdb } from '../../duckdb/duckdb.ts'
import { parquetScan } from '../../duckdb/parquet/scan.ts'
import type { Node, SourceNode } from '../../plan/node.ts'
import { systemRuntime } from '../../runtime/runtime.ts'
import { cellsAt } from '../../schema/batch.ts'
import type { Cell } from '../../schema/cell.ts'
import { t } from '../../schema/type.ts'
import type { ScannedFile } from '../../seam/source.ts'
import type { EngineReport, Job, Rejection } from '../engine.ts'
import { duckdbEngine } from './engine.ts'

let dir: string
let db: Duckdb
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'headrace-parquet-'))
  db = await Duckdb.open()
})
after(async () => {
  await db.close()
  await rm(dir, { recursive: true })
})

async function parquet(name: string, select: string): Promise<string> {
  const path = join(dir, name)
  await db.run(`COPY (${select}) TO '${path}' (FORMAT parquet)`)
  return path
}

interface Ran {
  readonly rows: Cell[][]
  readonly rejected: Rejection[]
  readonly report: EngineReport
}

async function run(node: Node): Promise<Ran> {
  const rows: Cell[][] = []
  const rejected: Rejection[] = []
  const job: Job = {
    outputs: [
      {
        node,
        write: async (_, batch) => {
          for (let row = 0; row < batch.length; row++) rows.push(cellsAt(batch, row))
        },
      },
    ],
    steps: 'once',
    runtime: systemRuntime,
    careful: false,
    reject: async records => {
      rejected.push(...records)
    },
    stepped: async () => {},
  }
  const report = await duckdbEngine.run(job, new AbortController().signal)
  return { rows, rejected, report }
}

test('rows that do not fit are rejected, also where the plan looks at neither the column nor the row', async () => {
  const schema = { n: t.int64(), x: t.float64() }
  for (const [name, bad, code] of [
    ['nan', "'NaN'::DOUBLE", 'NOT_FINITE'],
    ['null', 'NULL', 'NULL_VALUE'],
  ] as const) {
    const path = await parquet(
      `${name}.parquet`,
      `SELECT range AS n, CASE WHEN range = 7 THEN ${bad} ELSE 0.5::DOUBLE END AS x FROM range(10)`,
    )
    const few = files
      .parquet(path, { schema })
      .filter(c => c.n.lt(2))
      .select(c => ({ n: c.n }))
    const { rows, rejected, report } = await run(few.node)
    assert.deepEqual(rows, [[0n], [1n]])
    assert.deepEqual(
      rejected.map(rejection => 'record' in rejection && [rejection.record.position, rejection.record.code]),
      [[7, code]],
    )
    assert.equal(report.rowsRead, 10)
  }
})

/** A source of which only the scan is asked. */
function scanOnly(scanned: readonly ScannedFile[], node: Node): SourceNode {
  const source = {
    name: 'parts',
    repeatable: true,
    bounded: true,
    partitions: async () => [],
    read: () => assert.fail('DuckDB reads the files itself'),
    scan: async () => ({ format: 'parquet' as const, files: scanned }),
  }
  return { ...(node as SourceNode), source }
}

test('files are one relation, whatever the order and width of their columns, with the constants of each', async () => {
  const schema = { n: t.int64(), s: t.string(), day: t.nullable(t.date()), price: t.decimal(9, 2) }
  const a = await parquet(
    'a.parquet',
    "SELECT 's1' AS s, 1::BIGINT AS n, 5 AS other, 9::DECIMAL(5, 1) AS price",
  )
  const b = await parquet('b.parquet', "SELECT 2::SMALLINT AS n, 's2' AS s, 1.25::DECIMAL(9, 2) AS price")
  const c = await parquet(
    'c.parquet',
    "SELECT 3::BIGINT AS n, 's3' AS s, DATE '2000-01-01' AS day, 0::DECIMAL(5, 1) AS price",
  )
  const scanned = [
    { path: a, constants: { day: 19_782 } },
    { path: b, constants: { day: null } },
    { path: c, constants: { day: -1 } },
    { path: a, constants: { day: 19_782 } },
  ]
  const { rows, report } = await run(scanOnly(scanned, files.parquet(a, { schema }).node))
  assert.deepEqual(rows, [
    [1n, 's1', 19_782, 900n],
    [2n, 's2', null, 125n],
    [3n, 's3', -1, 0n],
    [1n, 's1', 19_782, 900n],
  ])
  assert.equal(report.rowsRead, 4)
  const wrong = [
    { path: b, constants: { day: 0 } },
    { path: a, constants: {} },
  ]
  await assert.rejects(parquetScan(db, wrong, schema), {
    code: 'SCHEMA_MISMATCH',
    message: /a\.parquet.*'day'/,
  })
})

test('no row is looked at where footers prove that all fit; a constant can be at fault too', async () => {
  const path = await parquet('fit.parquet', "SELECT range AS n, TIMESTAMP '2024-01-01' AS at FROM range(10)")
  const schema = { n: t.int64(), at: t.timestamp(), region: t.string() }
  const constants = { region: 'eu' }
  assert.equal((await parquetScan(db, [{ path, constants }], schema)).faults, undefined)
  const unknown = await parquetScan(db, [{ path, constants: { region: null } }], schema)
  assert.equal((await db.records(unknown.faults!)).length, 10)
})

test('hundreds of files of one kind are asked for their columns once', async () => {
  const schema = { n: t.int64(), day: t.date() }
  const path = await parquet('one.parquet', 'SELECT range AS n FROM range(3)')
  const asked: string[] = []
  const listening = Object.create(db, {
    records: {
      value: (sql: string, signal?: AbortSignal, what?: string) => {
        asked.push(sql)
        return db.records(sql, signal, what)
      },
    },
  }) as Duckdb
  const scanned = Array.from({ length: 300 }, (_, day) => ({ path, constants: { day } }))
  const { sql, rows } = await parquetScan(listening, scanned, schema)
  assert.ok(asked.length < 10, `${asked.length} queries`)
  assert.equal(rows, 900)
  const [sum] = await db.records(`SELECT sum(n) AS n, count(DISTINCT day) AS days FROM (${sql})`)
  assert.deepEqual(sum, { n: '900', days: '300' })
})
