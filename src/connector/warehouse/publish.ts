/** How the rows of a run become rows of a table: one transaction, in which all is changed or nothing. */
import { type TableName, tableSql, tableText } from '../../duckdb/catalogue.ts'
import type { Duckdb } from '../../duckdb/duckdb.ts'
import { name } from '../../duckdb/sql.ts'
import { HeadraceError } from '../../errors.ts'
import type { Write } from '../../plan/endpoint.ts'
import type { Schema } from '../../schema/type.ts'
import type { Interval } from '../../seam/site.ts'
import { createSql, type FittedTable, fitTable, type OnSchemaChange } from './schema-change.ts'

/** What a run does to its table, as far as it is known when a writer is opened. */
export interface TableChange {
  readonly table: TableName
  readonly schema: Schema
  readonly write: Write
  readonly onSchemaChange: OnSchemaChange
  /** The columns that identify a row; with `write: 'upsert'`. */
  readonly key: readonly string[]
  /** The slice of the table that the run makes anew, by a timestamp column. */
  readonly slice?: Slice
}

export interface Slice extends Interval {
  readonly column: string
}

/** The rows of a run, or of an epoch, in a table with the columns c0, c1, … of the schema. */
export interface Staged {
  readonly from: string
  /** `added`: rows. `changes`: rows with a weight w. `last`: rows of which the last of each key counts. */
  readonly as: 'added' | 'changes' | 'last'
}

/** Changes the table. Throws SCHEMA_MISMATCH, and WRITE_FAILED for what the table does not take; then nothing has changed. */
export async function publish(db: Duckdb, change: TableChange, staged: Staged): Promise<void> {
  const what = `Writing ${tableText(change.table)}`
  await db.run('BEGIN TRANSACTION')
  try {
    for (const sql of await statementsOf(db, change, staged)) await db.run(sql, undefined, what)
    await db.run('COMMIT', undefined, what)
  } catch (cause) {
    // A commit that failed has rolled back by itself.
    await db.run('ROLLBACK').catch(() => undefined)
    if (cause instanceof HeadraceError) throw cause
    throw new HeadraceError('WRITE_FAILED', (cause as Error).message, { cause })
  }
}

async function statementsOf(db: Duckdb, change: TableChange, staged: Staged): Promise<string[]> {
  const { table, schema, write, slice, key } = change
  await db.run(`CREATE SCHEMA IF NOT EXISTS ${name(table.schema)}`)
  const fitted = await fitTable(db, table, schema, change.onSchemaChange)
  const rows = rowsOf(change, staged)
  if (slice !== undefined) await checkSlice(db, table, schema, slice, rows)
  if (write === 'replace' && slice === undefined) {
    return [createSql(table, fitted.columns, true), insert(table, fitted, rows)]
  }
  const sql = [...fitted.changes]
  if (slice !== undefined)
    sql.push(`DELETE FROM ${tableSql(table)} WHERE ${inSlice(name(slice.column), slice)}`)
  if (write === 'upsert') sql.push(deleteKeys(table, schema, key, staged))
  sql.push(insert(table, fitted, rows))
  return sql
}

const columnAt = (place: number): string => `c${place}`

const columnNamed = (schema: Schema, column: string): string => columnAt(Object.keys(schema).indexOf(column))

function allColumns(schema: Schema): string {
  return Object.keys(schema)
    .map((_, place) => columnAt(place))
    .join(', ')
}

/** What the staged rows add up to. */
function rowsOf({ schema, key }: TableChange, { from, as }: Staged): string {
  const all = allColumns(schema)
  if (as === 'added') return from
  if (as === 'last') {
    const keys = key.map(column => columnNamed(schema, column)).join(', ')
    return `(SELECT ${all} FROM ${from} WHERE rowid IN (SELECT max(rowid) FROM ${from} GROUP BY ${keys}))`
  }
  const sums = `SELECT ${all}, CAST(sum(w) AS BIGINT) AS n FROM ${from} GROUP BY ${all} HAVING sum(w) > 0`
  return `(SELECT ${all} FROM (SELECT ${all}, unnest(range(n)) FROM (${sums})))`
}

/** Every key of which the run says something: a row that was taken away has no successor, or one that is inserted. */
function deleteKeys(table: TableName, schema: Schema, key: readonly string[], { from, as }: Staged): string {
  const keys = key.map(column => columnNamed(schema, column))
  const same = key.map((column, i) => `t.${name(column)} IS NOT DISTINCT FROM s.${keys[i]}`).join(' AND ')
  const all = allColumns(schema)
  const changed = as === 'changes' ? `(SELECT ${all} FROM ${from} GROUP BY ${all} HAVING sum(w) <> 0)` : from
  return `DELETE FROM ${tableSql(table)} AS t USING (SELECT DISTINCT ${keys.join(', ')} FROM ${changed}) AS s WHERE ${same}`
}

function insert(table: TableName, { targets }: FittedTable, rows: string): string {
  const names = targets.map(target => name(target.name)).join(', ')
  const values = targets.map((target, place) => `CAST(${columnAt(place)} AS ${target.found})`).join(', ')
  return `INSERT INTO ${tableSql(table)} (${names}) SELECT ${values} FROM ${rows}`
}

function inSlice(time: string, { from, to }: Interval): string {
  return `${time} >= make_timestamp(${from}) AND ${time} < make_timestamp(${to})`
}

async function checkSlice(
  db: Duckdb,
  table: TableName,
  schema: Schema,
  slice: Slice,
  rows: string,
): Promise<void> {
  const time = columnNamed(schema, slice.column)
  const [row] = await db.records(
    `SELECT count(*) AS n, CAST(min(${time}) AS VARCHAR) AS first FROM ${rows} WHERE (${inSlice(time, slice)}) IS NOT TRUE`,
  )
  if (Number(row!.n) === 0) return
  const first = row!.first === null ? 'without a time' : `the first at ${row!.first}`
  throw new HeadraceError(
    'WRITE_FAILED',
    `Writing ${tableText(table)}: ${row!.n} rows lie outside the interval of the run by '${slice.column}', ${first}. A run over an interval replaces what lies in it; give an interval that holds whole windows.`,
  )
}
