/** Tables and SELECTs of the warehouse as sources. */
import { atFault } from '../../duckdb/adapt.ts'
import type { Duckdb } from '../../duckdb/duckdb.ts'
import { HeadraceError } from '../../errors.ts'
import type { Batch } from '../../schema/batch.ts'
import { cellAt } from '../../schema/cell.ts'
import type { Column } from '../../schema/column.ts'
import { conformBatch } from '../../schema/standard.ts'
import { slice, take } from '../../schema/take.ts'
import { type Schema, t } from '../../schema/type.ts'
import type { Site } from '../../seam/site.ts'
import type { Range, Read, RejectedRecord, Scan, Source } from '../../seam/source.ts'
import { BATCH_ROWS } from '../ranges.ts'
import { openWarehouse } from './open.ts'
import { type Origin, originText, type Relation, relationOf } from './relation.ts'
import { snapshotAt } from './snapshot.ts'

/**
 * One partition, whose positions count records in the order in which DuckDB gives them: that of insertion for a table, and
 * for a SELECT its own, so that only an ORDER BY makes it the same again.
 */
export class WarehouseSource implements Source {
  readonly name: string
  readonly repeatable: boolean
  readonly bounded = true
  readonly #origin: Origin
  readonly #schema: Schema
  readonly #site: Site | undefined

  constructor(origin: Origin, schema: Schema, site?: Site) {
    this.name = 'table' in origin ? `warehouse ${originText(origin)}` : originText(origin)
    this.repeatable = 'table' in origin
    this.#origin = origin
    this.#schema = schema
    this.#site = site
  }

  at(site: Site): Source {
    const source = new WarehouseSource(this.#origin, this.#schema, site)
    snapshotAt(site).add(source)
    return source
  }

  async partitions(): Promise<readonly string[]> {
    await this.#look()
    return [originText(this.#origin)]
  }

  async scan(): Promise<Scan> {
    const { db } = await openWarehouse(this.#placed(), { create: false })
    return { format: 'duckdb', database: db, ...(await this.#look()) }
  }

  async *read(_: string, range: Range, signal: AbortSignal): AsyncGenerator<Read> {
    const db = await snapshotAt(this.#placed()).connection(this)
    try {
      const relation = await relationOf(db, this.#origin, this.#schema, signal)
      yield* readRelation(db, relation, this.#schema, range, signal)
    } catch (error) {
      // An abort interrupts DuckDB; for the reader it is the end.
      if (!signal.aborted) throw error
    } finally {
      await db.close()
    }
  }

  async #look(): Promise<Relation> {
    const { db } = await openWarehouse(this.#placed(), { create: false })
    const connection = await db.connect()
    try {
      return await relationOf(connection, this.#origin, this.#schema)
    } finally {
      await connection.close()
    }
  }

  #placed(): Site {
    if (this.#site !== undefined) return this.#site
    throw new HeadraceError(
      'REFUSED',
      `${this.name} is read in a session, which knows where its warehouse is. Use open().`,
    )
  }
}

/** What `read` gives of a relation. */
async function* readRelation(
  db: Duckdb,
  { from, columns, fault, record, place }: Relation,
  schema: Schema,
  range: Range,
  signal: AbortSignal,
): AsyncGenerator<Read> {
  const skip = range.from === 0 ? '' : ` OFFSET ${range.from}`
  const rows = `SELECT * FROM ${from}${skip}`
  const sql =
    fault === undefined ? `SELECT ${columns.join(', ')} FROM (${rows})` : judged(columns, fault, record, rows)
  const placed = Object.fromEntries(Object.values(schema).map((type, i) => [`c${i}`, type]))
  const extra = fault === undefined ? {} : { fault: t.nullable(t.string()), record: t.nullable(t.string()) }
  const what = `Reading ${place}`
  let position = range.from
  const end = range.to ?? Number.POSITIVE_INFINITY
  if (position >= end) return
  for await (const found of db.batches(sql, { ...placed, ...extra }, signal, {
    batchRows: BATCH_ROWS,
    what,
  })) {
    const length = Math.min(found.length, end - position)
    const read = splitOf(found, schema, length, place, position)
    position += length
    yield { ...read, batch: conformBatch(read.batch), position }
    if (position >= end || signal.aborted) return
  }
}

function judged(columns: readonly string[], fault: string, record: string, rows: string): string {
  const kept = columns.map(sql => `CASE WHEN headrace_fault IS NULL THEN ${sql} END`)
  const found = `CASE WHEN headrace_fault IS NOT NULL THEN ${record} END`
  return `SELECT ${kept.join(', ')}, headrace_fault, ${found} FROM (SELECT *, ${fault} AS headrace_fault FROM (${rows}))`
}

/** The first `length` records of a batch: those that are rows, and the others. */
function splitOf(
  found: Batch,
  schema: Schema,
  length: number,
  place: string,
  position: number,
): Pick<Read, 'batch' | 'rejected'> {
  const width = Object.keys(schema).length
  if (found.columns.length === width) return { batch: slice({ ...found, schema }, 0, length) }
  const all: Batch = { schema, length: found.length, columns: found.columns.slice(0, width) }
  const [fault, record] = found.columns.slice(width) as [Column, Column]
  const good: number[] = []
  const rejected: RejectedRecord[] = []
  for (let row = 0; row < length; row++) {
    const verdict = cellAt(fault, row)
    if (verdict === null) good.push(row)
    else rejected.push(atFault(place, position + row, verdict as string, cellAt(record, row) as string))
  }
  const batch = good.length === found.length ? all : take(all, Int32Array.from(good))
  return rejected.length === 0 ? { batch } : { batch, rejected }
}
