/** Relations of a database that is open in this process: they are read where they lie. */
import { atFault } from '../../duckdb/adapt.ts'
import { Duckdb } from '../../duckdb/duckdb.ts'
import { unknownCode, unusedColumn } from '../../duckdb/judged.ts'
import type { SourceNode } from '../../plan/node.ts'
import { cellAt } from '../../schema/cell.ts'
import { t } from '../../schema/type.ts'
import type { DatabaseScan, RejectedRecord, Scan } from '../../seam/source.ts'
import type { Output } from '../engine.ts'
import { columnAt } from './expression.ts'
import { columns } from './relation.ts'
import type { RejectRecords, SourceRelation } from './source.ts'

/** Where a run computes. */
export interface Workplace {
  readonly db: Duckdb
  /** Called when all has been computed. */
  done(): Promise<void>
  /** Called at last, also after an error. */
  leave(): Promise<void>
}

/**
 * A run that reads or fills a database computes inside it, in one transaction, which sees one state of it and changes
 * nothing: what the run makes is temporary. Any other run has an instance to itself.
 */
export async function workplaceOf(scans: Iterable<Scan>, outputs: readonly Output[]): Promise<Workplace> {
  const target = outputs.find(({ copyTo }) => copyTo?.format === 'duckdb')?.copyTo
  // The connection is the target's own: what is made there has to outlive the run.
  if (target?.format === 'duckdb') return inside(target.database as Duckdb, async () => undefined)
  for (const scan of scans) {
    if (scan.format !== 'duckdb') continue
    const db = await (scan.database as Duckdb).connect()
    return inside(db, () => db.close())
  }
  const db = await Duckdb.open()
  return { db, done: async () => undefined, leave: () => db.close() }
}

async function inside(db: Duckdb, leave: () => Promise<void>): Promise<Workplace> {
  await db.run('BEGIN TRANSACTION READ ONLY')
  const done = async () => {
    await db.run('COMMIT')
  }
  return { db, done, leave }
}

/** Makes a relation readable as c0, c1, …; takes out the records that are no rows. `table` is a name that is free. */
export async function databaseRelation(
  db: Duckdb,
  node: SourceNode,
  scan: DatabaseScan,
  table: string,
  reject: RejectRecords,
  signal: AbortSignal,
): Promise<SourceRelation> {
  const { from, fault, record, stored } = scan
  const what = `Reading ${node.source.name}`
  const placed = scan.columns.map((sql, place) => `${sql} AS ${columnAt(place)}`).join(', ')
  const select = `SELECT ${placed} FROM ${from}`
  if (stored) {
    const counts = `SELECT count(*) AS n, count(${fault ?? 'NULL'}) AS bad FROM ${from}`
    const [row] = await db.records(counts, signal, what)
    if (Number(row!.bad) === 0) return { from: `(${select})`, rows: Number(row!.n), rejected: 0 }
  }
  if (fault === undefined) {
    const rows = await db.createAs(table, select, signal, what, unknownCode(scan))
    return { from: table, rows, rejected: 0 }
  }
  const column = unusedColumn()
  const kept = scan.columns.map(
    (sql, place) => `CASE WHEN ${column} IS NULL THEN ${sql} END AS ${columnAt(place)}`,
  )
  const found = `CASE WHEN ${column} IS NOT NULL THEN ${record} END AS ${RECORD}`
  const judged = `SELECT ${kept.join(', ')}, ${column} AS ${FAULT}, ${found} FROM (SELECT *, ${fault} AS ${column} FROM ${from})`
  const read = await db.createAs(table, judged, signal, what, unknownCode(scan))
  const rejected = await rejectFaults(db, table, scan.place, records => reject(records, read), signal)
  const rows = `(SELECT ${columns(node.schema)} FROM ${table} WHERE ${FAULT} IS NULL)`
  return { from: rows, rows: read - rejected, rejected }
}

/** Columns beside c0, c1, … */
const FAULT = 'headrace_fault'
const RECORD = 'headrace_record'

async function rejectFaults(
  db: Duckdb,
  table: string,
  place: string,
  reject: (records: readonly RejectedRecord[]) => Promise<void>,
  signal: AbortSignal,
): Promise<number> {
  const schema = { at: t.int64(), fault: t.string(), record: t.string() }
  // Numbers begin somewhere else in a table that its transaction has not committed.
  const first = `(SELECT min(rowid) FROM ${table})`
  const sql = `SELECT rowid - ${first}, ${FAULT}, ${RECORD} FROM ${table} WHERE ${FAULT} IS NOT NULL ORDER BY rowid`
  let rejected = 0
  for await (const { length, columns: found } of db.batches(sql, schema, signal)) {
    const [at, fault, record] = found
    const records = Array.from({ length }, (_, row) =>
      atFault(place, Number(cellAt(at!, row)), cellAt(fault!, row) as string, cellAt(record!, row) as string),
    )
    rejected += length
    await reject(records)
  }
  return rejected
}
