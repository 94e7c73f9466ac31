/**
 * Reading CSV: a daily aggregate over every column of 3 M orders, through the public API and through DuckDB's own reader with
 * its types given. Each side opens its own instance for each run and writes a Parquet file. Ours also says which records
 * are bad and why; the file has none.
 */
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { batch, count, files, max, open, pipeline, sum, t, tumbling } from 'headrace'
import { Duckdb } from '../src/duckdb/duckdb.ts'
import { text } from '../src/duckdb/sql.ts'
import { median } from './measure/cpu.ts'

export const gates = { ratioToDuckdb: 0.9 }

const ROWS = 3_000_000
const REPETITIONS = 7
const folder = join(tmpdir(), 'headrace-bench')
const input = join(folder, `orders-${ROWS}.csv`)
const ours = join(folder, 'daily-ours.parquet')
const byHand = join(folder, 'daily-by-hand.parquet')

export async function run(): Promise<Record<string, number | string | boolean>> {
  await makeInput()
  const seconds = { ours: [] as number[], byHand: [] as number[] }
  for (let i = 0; i < REPETITIONS; i++) {
    seconds.byHand.push(await timed(runByHand))
    seconds.ours.push(await timed(runOurs))
  }
  return {
    rows: ROWS,
    rowsPerSecond: Math.round(ROWS / median(seconds.ours)),
    rowsPerSecondDuckdb: Math.round(ROWS / median(seconds.byHand)),
    // Of neighbours in time, so that a busy machine slows both.
    ratioToDuckdb: Number(median(seconds.ours.map((s, i) => seconds.byHand[i]! / s)).toFixed(2)),
    equal: await sameAnswer(),
  }
}

/** 3 M orders of 1000 products over 28 days; made once, then kept. */
async function makeInput(): Promise<void> {
  if (existsSync(input)) return
  mkdirSync(folder, { recursive: true })
  const at = "TIMESTAMP '2024-01-01' + INTERVAL (i * 806) MILLISECONDS"
  const rows = `SELECT i AS id, 'product-' || (hash(i) % 1000) AS product, CAST(hash(i + 1) % 10000 AS DECIMAL(12, 2)) / 100 AS price,
    strftime(${at}, '%Y-%m-%dT%H:%M:%S.%gZ') AS ordered_at, hash(i + 2) % 2 = 0 AS paid, (hash(i + 3) % 977) / 1024 AS score
    FROM range(${ROWS}) r(i)`
  await inDuckdb(db => db.run(`COPY (${rows}) TO ${text(`${input}.new`)} (FORMAT csv, HEADER)`))
  renameSync(`${input}.new`, input)
}

async function runOurs(): Promise<void> {
  const orders = files.csv(input, {
    schema: {
      id: t.int64(),
      product: t.string(),
      price: t.decimal(12, 2),
      ordered_at: t.timestamp(),
      paid: t.bool(),
      score: t.float64(),
    },
    eventTime: { column: 'ordered_at' },
  })
  const daily = orders
    .select(c => ({ ...c, paid: c.paid.cast(t.int32()) }))
    .window(tumbling('1 day'))
    .groupBy('product')
    .agg({ orders: count(), revenue: sum('price'), paid: sum('paid'), score: sum('score'), last: max('id') })
  const session = await open()
  try {
    await session.run(pipeline('daily', daily, { mode: batch(), to: files.parquet(ours) }))
  } finally {
    await session.close()
  }
}

const types =
  "{id: 'BIGINT', product: 'VARCHAR', price: 'DECIMAL(12,2)', ordered_at: 'TIMESTAMP', paid: 'BOOLEAN', score: 'DOUBLE'}"

function runByHand(): Promise<void> {
  const daily = `SELECT product, date_trunc('day', ordered_at) AS window_start, count(*) AS orders, sum(price) AS revenue,
    CAST(count_if(paid) AS BIGINT) AS paid, sum(score) AS score, max(id) AS last
    FROM read_csv(${text(input)}, header = true, columns = ${types}) GROUP BY product, window_start`
  return inDuckdb(async db => {
    await db.run(`COPY (${daily}) TO ${text(byHand)} (FORMAT parquet, COMPRESSION zstd)`)
  })
}
async function sameAnswer(): Promise<boolean> {
  return inDuckdb(async db => {
    const [row] =
      await db.records(`SELECT count(*) AS rows, count(*) FILTER (WHERE a.orders = b.orders AND a.paid = b.paid
      AND a.revenue = b.revenue AND a.last = b.last AND abs(a.score - b.score) <= 1e-9 * a.score) AS same
      FROM (SELECT *, CAST(make_timestamp(epoch_us(window_start)) AS DATE) AS day FROM read_parquet(${text(ours)})) a
      FULL JOIN (SELECT *, CAST(window_start AS DATE) AS day FROM read_parquet(${text(byHand)})) b USING (product, day)`)
    return Number(row!.rows) > 0 && row!.rows === row!.same
  })
}

async function inDuckdb<T>(work: (db: Duckdb) => Promise<T>): Promise<T> {
  const db = await Duckdb.open()
  try {
    return await work(db)
  } finally {
    db.close()
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}
