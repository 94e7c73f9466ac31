/**
 * Writing Parquet: a filter and a computed column over 5 M orders from one Parquet file into another, through the public API
 * in batch mode, and as one COPY of the same SELECT in DuckDB. Same codec, same size of row groups; each side opens its own
 * instance. Ours also checks what it reads, flushes the file and puts it into place by a rename.
 *
 * For information: the same orders written as 90 partitions, one a day, beside DuckDB's own partitioned COPY.
 */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { batch, files, open, pipeline, t } from 'headrace'
import { Duckdb } from '../src/duckdb/duckdb.ts'
import { text } from '../src/duckdb/sql.ts'
import type { Target } from '../src/plan/endpoint.ts'
import { median } from './measure/cpu.ts'

export const gates = { ratioToCopy: 0.9 }

const ROWS = 5_000_000
const DAYS = 90
const REPETITIONS = 7
const PARTITIONED_REPETITIONS = 3
const WRITTEN = 'FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880'

const folder = join(tmpdir(), 'headrace-bench')
const input = join(folder, `orders-${ROWS}.parquet`)
const place = (name: string): string => join(folder, `parquet-write-${name}`)

const orders = files.parquet(input, {
  schema: {
    id: t.int64(),
    product: t.string(),
    price: t.decimal(12, 2),
    quantity: t.int32(),
    ordered_at: t.timestamp(),
    day: t.date(),
    score: t.float64(),
  },
})

export async function run(): Promise<Record<string, number | string | boolean>> {
  await makeInput()
  const one = await compared(REPETITIONS, runOne, copyOne)
  const equal = await sameRows(
    `read_parquet(${text(place('ours.parquet'))})`,
    `read_parquet(${text(place('copy.parquet'))})`,
  )
  const many = await compared(PARTITIONED_REPETITIONS, runMany, copyMany)
  const [ours, theirs] = ['ours', 'copy'].map(
    name =>
      `(SELECT * REPLACE (CAST(day AS VARCHAR) AS day) FROM read_parquet(${text(join(place(name), '*', '*'))}, hive_partitioning = true))`,
  )
  return {
    rows: ROWS,
    rowsPerSecond: Math.round(ROWS / one.ours),
    rowsPerSecondCopy: Math.round(ROWS / one.theirs),
    ratioToCopy: one.ratio,
    partitionedRowsPerSecond: Math.round(ROWS / many.ours),
    partitionedRowsPerSecondCopy: Math.round(ROWS / many.theirs),
    partitionedRatioToCopy: many.ratio,
    equal: equal && (await sameRows(ours!, theirs!)),
  }
}

/** 5 M orders of 10,000 products, their days in order; made once, then kept. */
async function makeInput(): Promise<void> {
  if (existsSync(input)) return
  mkdirSync(folder, { recursive: true })
  const at = `TIMESTAMPTZ '2024-01-01 00:00:00Z' + INTERVAL (i * ${(DAYS * 86_400_000) / ROWS}) MILLISECONDS`
  const rows = `SELECT i AS id, 'product-' || (hash(i) % 10000) AS product,
    CAST(hash(i + 1) % 10000 AS DECIMAL(12, 2)) / 100 AS price, CAST(hash(i + 2) % 20 AS INTEGER) AS quantity,
    ${at} AS ordered_at, CAST(${at} AS DATE) AS day, (hash(i + 3) % 977) / 1024 AS score FROM range(${ROWS}) r(i)`
  const typed = `SELECT * REPLACE (CAST(price AS DECIMAL(12, 2)) AS price) FROM (${rows})`
  await inDuckdb(db => db.run(`COPY (${typed}) TO ${text(`${input}.new`)} (${WRITTEN})`))
  renameSync(`${input}.new`, input)
}

const kept = orders
  .filter(c => c.quantity.gt(1))
  .select(c => ({ ...c, total: c.price.mul(c.quantity.cast(t.decimal(4, 0))) }))

const keptByHand = `SELECT id, product, price, quantity, ordered_at, day, score,
  CAST(price * CAST(quantity AS DECIMAL(4, 0)) AS DECIMAL(16, 2)) AS total
  FROM read_parquet(${text(input)}) WHERE quantity > 1`

const runOne = (): Promise<void> => runTo(files.parquet(place('ours.parquet')))
const copyOne = (): Promise<void> => copyTo(keptByHand, place('copy.parquet'), WRITTEN)

const runMany = (): Promise<void> => runTo(files.parquet(place('ours'), { partitionBy: ['day'] }))
const copyMany = (): Promise<void> => {
  rmSync(place('copy'), { recursive: true, force: true })
  return copyTo(keptByHand, place('copy'), `${WRITTEN}, PARTITION_BY (day)`)
}

async function runTo(to: Target<'append' | 'upsert', undefined>): Promise<void> {
  const session = await open()
  try {
    await session.run(pipeline('orders', kept, { mode: batch(), to }))
  } finally {
    await session.close()
  }
}

async function copyTo(select: string, path: string, options: string): Promise<void> {
  await inDuckdb(db => db.run(`COPY (${select}) TO ${text(path)} (${options})`))
}

interface Compared {
  readonly ours: number
  readonly theirs: number
  readonly ratio: number
}

/** Seconds of both, and the ratio of neighbours in time, so that a busy machine slows both. */
async function compared(
  repetitions: number,
  run: () => Promise<void>,
  copy: () => Promise<void>,
): Promise<Compared> {
  const ours: number[] = []
  const theirs: number[] = []
  for (let i = 0; i < repetitions; i++) {
    theirs.push(await timed(copy))
    ours.push(await timed(run))
  }
  const ratio = median(ours.map((seconds, i) => theirs[i]! / seconds))
  return { ours: median(ours), theirs: median(theirs), ratio: Number(ratio.toFixed(2)) }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}

/** Whether two relations hold the same rows of the same types, each as often. */
async function sameRows(a: string, b: string): Promise<boolean> {
  return inDuckdb(async db => {
    const sums = [a, b].map(
      relation =>
        `SELECT count(*) AS n, sum(hash(id, product, price, quantity, ordered_at, day, score, total)) AS sum FROM ${relation}`,
    )
    const [row] = await db.records(`SELECT count(*) AS n FROM (${sums.join(' INTERSECT ')})`)
    return Number(row!.n) === 1
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
