/** Sources: Parquet and plain CSV are read by DuckDB where they lie, everything else is appended to a table. */
import type { Duckdb } from '../../duckdb/duckdb.ts'
import { parquetScan } from '../../duckdb/parquet/scan.ts'
import { name } from '../../duckdb/sql.ts'
import { HeadraceError } from '../../errors.ts'
import type { Node, SourceNode } from '../../plan/node.ts'
import type { Batch } from '../../schema/batch.ts'
import { validates } from '../../schema/standard.ts'
import { type ColumnType, type Schema, t } from '../../schema/type.ts'
import type { CsvScan, ParquetScan, RejectedRecord, Scan } from '../../seam/source.ts'
import { beginCsv } from './csv.ts'
import type { CsvProof } from './csv-proof.ts'
import { databaseRelation } from './database.ts'
import { columnAt } from './expression.ts'
import { columns } from './relation.ts'

/** A source as SQL: what stands behind FROM, with the columns c0, c1, … */
export interface SourceRelation {
  readonly from: string
  /** As far as they are known: those of what has still to be proved are counted by its proofs. */
  readonly rows: number
  /** Records that are no rows. */
  readonly rejected: number
  readonly proofs?: readonly CsvProof[]
  /** Of files that DuckDB reads while it computes: to be asked when it has. */
  readonly check?: () => Promise<void>
}

/** Takes bad records, of a source of which so many records have been read. */
export type RejectRecords = (records: readonly RejectedRecord[], read: number) => Promise<void>

/** The schema under the names that columns have in SQL. */
export function placed(schema: Schema): Record<string, ColumnType> {
  return Object.fromEntries(Object.values(schema).map((type, place) => [columnAt(place), type]))
}

/** What the sources say of themselves that DuckDB may read. What may end in a Doubt is left out where a run is `careful`. */
export async function scansOf(nodes: readonly Node[], careful: boolean): Promise<Map<Node, Scan>> {
  const scans = new Map<Node, Scan>()
  for (const node of nodes) {
    if (node.kind !== 'source' || node.source.scan === undefined) continue
    // A validator of a column is JavaScript: it sees the values as they are read.
    if (Object.values(node.schema).some(validates)) continue
    const scan = await node.source.scan()
    if (scan !== undefined && (scan.format !== 'csv' || !careful)) scans.set(node, scan)
  }
  return scans
}

/** Makes a source readable as SQL. `table` is a name that is free. */
export async function sourceRelation(
  db: Duckdb,
  node: SourceNode,
  found: Scan | undefined,
  table: string,
  reject: RejectRecords,
  signal: AbortSignal,
): Promise<SourceRelation> {
  if (found?.format === 'duckdb') return databaseRelation(db, node, found, table, reject, signal)
  if (found?.format === 'csv') {
    const begun = await beginCsv(found, node.schema)
    if (begun !== undefined) return { ...begun, ...checkOf(found), rows: 0, rejected: 0 }
  }
  if (found?.format === 'parquet') {
    const scan = await parquetScan(db, found.files, node.schema, signal)
    // Rows that do not fit are for the source to tell of.
    if (scan.faults === undefined || !(await hasRows(db, scan.faults, node, signal))) {
      const renamed = Object.keys(node.schema).map((column, place) => `${name(column)} AS ${columnAt(place)}`)
      const from = `(SELECT ${renamed.join(', ')} FROM (${scan.sql}))`
      return { from, ...checkOf(found), rows: scan.rows, rejected: 0 }
    }
  }
  return loaded(db, node, table, reject, signal)
}

const checkOf = ({ check }: ParquetScan | CsvScan): Pick<SourceRelation, 'check'> =>
  check === undefined ? {} : { check }

async function hasRows(
  db: Duckdb,
  select: string,
  { source }: SourceNode,
  signal: AbortSignal,
): Promise<boolean> {
  const found = await db.records(`SELECT * FROM (${select}) LIMIT 1`, signal, `Reading ${source.name}`)
  return found.length > 0
}

/** The weight of a row, beside the columns of a changelog. */
const WEIGHT = 'w'

async function loaded(
  db: Duckdb,
  node: SourceNode,
  table: string,
  reject: RejectRecords,
  signal: AbortSignal,
): Promise<SourceRelation> {
  const weighted = node.mode !== 'append'
  const schema = placed(node.schema)
  const writer = await db.table(table, weighted ? { ...schema, [WEIGHT]: t.int32() } : schema)
  let bad = 0
  for (const partition of await node.source.partitions()) {
    for await (const { batch, rejected = [] } of node.source.read(partition, { from: 0 }, signal)) {
      if (signal.aborted) throw new HeadraceError('STOPPED', 'The run was stopped while reading its input.')
      writer.append(weighted ? withWeights(batch) : batch)
      bad += rejected.length
      if (rejected.length > 0) await reject(rejected, writer.rows + bad)
    }
  }
  writer.close()
  if (!weighted) return { from: writer.table, rows: writer.rows, rejected: bad }
  const all = columns(node.schema)
  const total = `SELECT ${all}, CAST(sum(${WEIGHT}) AS BIGINT) AS ${WEIGHT} FROM ${writer.table} GROUP BY ${all}`
  const repeated = `SELECT ${all}, unnest(range(${WEIGHT})) FROM (${total})`
  await db.createAs(`${table}_folded`, `SELECT ${all} FROM (${repeated})`, signal)
  return { from: `${table}_folded`, rows: writer.rows, rejected: bad }
}

function withWeights(batch: Batch): Batch {
  const values = batch.weights ?? new Int32Array(batch.length).fill(1)
  return { ...batch, columns: [...batch.columns, { form: 'int32', values }] }
}
