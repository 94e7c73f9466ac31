/** Queries: SQL over the warehouse, for people and programs that look at it. */
import { openWarehouse } from '../connector/warehouse/open.ts'
import type { Duckdb } from '../duckdb/duckdb.ts'
import { readingOf, type Shown, shown } from '../duckdb/query.ts'
import { HeadraceError } from '../errors.ts'
import type { Batch } from '../schema/batch.ts'
import { type Row, rowsOf } from '../schema/row.ts'
import type { Schema } from '../schema/type.ts'
import type { Site } from '../seam/site.ts'
import { handOff } from './handoff.ts'

/** What a statement gives. It runs, in full, each time that rows or batches are asked for. */
export interface QueryResult extends AsyncIterable<Row> {
  /** The columns in logical types; all nullable. What has none, such as a struct, is JSON, or text. */
  readonly schema: Schema
  batches(): AsyncGenerator<Batch>
  rows(): AsyncGenerator<Row>
}

/** What queries need of their session. */
export interface QueryPlace {
  readonly site: Site
  readonly closing: AbortSignal
  track(work: Promise<unknown>): Promise<unknown>
}

/** Looks at a statement. Throws NOT_FOUND where there is no warehouse, INVALID_SQL for what is wrong or does more than read. */
export async function query(sql: string, place: QueryPlace): Promise<QueryResult> {
  if (typeof sql !== 'string') {
    throw new HeadraceError('INVALID_ARGUMENT', `query takes the text of a SELECT, not ${typeof sql}.`)
  }
  const select = await reading(place.site, db => shownOf(db, sql))
  const batches = (): AsyncGenerator<Batch> =>
    handOff<Batch>(
      (put, signal) => place.track(reading(place.site, db => stream(db, select, put, signal))),
      place.closing,
    )
  const rows = async function* (): AsyncGenerator<Row> {
    for await (const batch of batches()) yield* rowsOf(batch)
  }
  return { schema: select.schema, batches, rows, [Symbol.asyncIterator]: rows }
}

/** Works on a connection that can change nothing. */
async function reading<T>(site: Site, work: (db: Duckdb) => Promise<T>): Promise<T> {
  const file = await openWarehouse(site, { create: false })
  const db = await file.db.connect()
  try {
    await db.run('BEGIN TRANSACTION READ ONLY')
    return await work(db)
  } finally {
    await db.close()
  }
}

async function shownOf(db: Duckdb, sql: string): Promise<Shown> {
  const wayOut =
    'Rows are written by pipelines: from warehouse.sql(…) or any other source to warehouse.table(…).'
  return shown(await readingOf(db, sql, 'query', wayOut))
}

async function stream(
  db: Duckdb,
  { schema, sql }: Shown,
  put: (batch: Batch) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const options = { what: 'query', otherwise: 'INVALID_SQL' } as const
  for await (const batch of db.batches(sql, schema, signal, options)) await put(batch)
}
