/**
 * What the language and the duckdb engine cost over SQL written by hand: an hourly aggregate of 30 M rows from Parquet to
 * Parquet, through the public API and through the same DuckDB client. Each side opens its own instance for each run.
 */
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { avg, batch, count, files, open, pipeline, sum, t, tumbling } from 'headrace'
import { Duckdb } from '../src/duckdb/duckdb.ts'
import { text } from '../src/duckdb/sql.ts'

export const gates = { ratioToHandSql: { atMost: 1.15 } }

const ROWS = 30_000_000
const REPETITIONS = 5
const folder = join(tmpdir(), 'headrace-bench')
const input = join(folder, `sold-${ROWS}.parquet`)
const ours = join(folder, 'hourly-ours.parquet')
const byHand = join(folder, 'hourly-by-hand.parquet')

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
    rowsPerSecondByHand: Math.round(ROWS / median(seconds.byHand)),
    ratioToHandSql: Number((median(seconds.ours) / median(seconds.byHand)).toFixed(3)),
    equal: await sameAnswer(),
  }
}

/** 30 M rows in time order, 64 shops; made once, then kept. */
async function makeInput(): Promise<void> {
  if (existsSync(input)) return
  mkdirSync(folder, { recursive: true })
  const rows = `SELECT TIMESTAMP '2024-01-01' + INTERVAL (i * 100) MILLISECONDS AS sold_at, 'shop-' || (hash(i) % 64) AS shop,
    CAST(hash(i + 1) % 10000 AS BIGINT) AS cents FROM range(${ROWS}) r(i)`
  await inDuckdb(db => db.run(`COPY (${rows}) TO ${text(`${input}.new`)} (FORMAT parquet, COMPRESSION zstd)`))
  renameSync(`${input}.new`, input)
}

async function runOurs(): Promise<void> {
  const sales = files.parquet(input, {
    schema: { sold_at: t.timestamp(), shop: t.string(), cents: t.int64() },
    eventTime: { column: 'sold_at' },
  })
  const hourly = sales
    .filter(c => c.cents.gt(100))
    .window(tumbling('1 hour'))
    .groupBy('shop')
    .agg({ sold: count(), cents: sum('cents'), mean: avg('cents') })
  const session = await open()
  try {
    await session.run(pipeline('hourly', hourly, { mode: batch(), to: files.parquet(ours) }))
  } finally {
    await session.close()
  }
}

function runByHand(): Promise<void> {
  const hourly = `SELECT shop, date_trunc('hour', sold_at) AS hour, count(*) AS sold, CAST(sum(cents) AS BIGINT) AS cents,
    avg(cents) AS mean FROM read_parquet(${text(input)}) WHERE cents > 100 GROUP BY shop, hour`
  const select = `SELECT shop, hour AS window_start, hour + INTERVAL 1 HOUR AS window_end, sold, cents, mean FROM (${hourly})`
  return inDuckdb(async db => {
    await db.run(`COPY (${select}) TO ${text(byHand)} (FORMAT parquet, COMPRESSION zstd)`)
  })
}

async function sameAnswer(): Promise<boolean> {
  const columns = (
    file: string,
  ): string => `SELECT shop, make_timestamp(epoch_us(window_start)) AS window_start,
    make_timestamp(epoch_us(window_end)) AS window_end, sold, cents, mean FROM read_parquet(${text(file)})`
  return inDuckdb(async db => {
    const [row] =
      await db.records(`SELECT count(*) AS rows, count(*) FILTER (WHERE a.sold = b.sold AND a.cents = b.cents
      AND a.window_end = b.window_end AND abs(a.mean - b.mean) <= 1e-9 * a.mean) AS same
      FROM (${columns(ours)}) a FULL JOIN (${columns(byHand)}) b USING (shop, window_start)`)
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

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!
}
