/** SQL that users write: looked at before it runs, so that it reads and does nothing else. */
import { HeadraceError } from '../errors.ts'
import { type ColumnType, type Schema, t, withNull } from '../schema/type.ts'
import { adapted } from './adapt.ts'
import type { Duckdb } from './duckdb.ts'
import { type FoundColumn, logicalType } from './found.ts'
import { name, text } from './sql.ts'

/** A statement that reads, as a relation. */
export interface Reading {
  /** What stands behind FROM. */
  readonly from: string
  /** No two have the same name: DuckDB has numbered the later ones. */
  readonly columns: readonly FoundColumn[]
}

/**
 * The one statement of a text, if it is a SELECT, or FROM, WITH, VALUES, SHOW, DESCRIBE or SUMMARIZE. Throws INVALID_SQL
 * with DuckDB's words and the place for what it does not understand; for any other statement it ends with `wayOut`.
 */
export async function readingOf(db: Duckdb, sql: string, what: string, wayOut: string): Promise<Reading> {
  const { count, kind, parameters } = await db.statements(sql, what).catch(async error => {
    // A statement that writes is refused as such, also where it would fail.
    throw (await isOther(db, sql))
      ? invalid(what, `it only reads, and this statement does more. ${wayOut}`)
      : error
  })
  if (count !== 1) {
    const found = count === 0 ? 'there is none' : `there are ${count} (PIVOT without IN counts as two)`
    throw invalid(what, `it takes one statement, and ${found}`)
  }
  if (kind !== 'SELECT')
    throw invalid(what, `it only reads, and this is a statement of the kind ${kind}. ${wayOut}`)
  if (parameters !== 0) {
    throw invalid(
      what,
      `the statement has ${parameters} parameters, for which there are no values. Write the values`,
    )
  }
  // A line of its own, because the text may end in a comment.
  const from = `(${sql.replace(/[;\s]+$/, '')}\n)`
  const describe = `SELECT column_name, column_type FROM (DESCRIBE FROM ${from})`
  const columns = await db.records(describe, undefined, what).catch(cause => {
    throw invalid(what, 'it cannot be read from. Write a SELECT, and nothing behind its semicolon', cause)
  })
  return { from, columns: columns.map(row => foundColumn(String(row.column_name), String(row.column_type))) }
}

/** Whether DuckDB's parser takes a text for statements that are no SELECT. */
async function isOther(db: Duckdb, sql: string): Promise<boolean> {
  const parse = `SELECT json_serialize_sql(${text(sql)}) ->> 'error_type' AS error`
  // A file that cannot be read breaks the transaction, in which nothing else runs then.
  const [row] = await db.records(parse).catch(() => [])
  return row?.error === 'not implemented'
}

function invalid(what: string, why: string, cause?: unknown): HeadraceError {
  const stop = /[.!?]$/.test(why) ? '' : '.'
  return new HeadraceError('INVALID_SQL', `${what}: ${why}${stop}`, { cause })
}

function foundColumn(column: string, found: string): FoundColumn {
  const type = logicalType(found)
  return type === undefined ? { name: column, found } : { name: column, found, type: withNull(type, true) }
}

/** A relation as rows of logical types. */
export interface Shown {
  readonly schema: Schema
  /** A SELECT of the schema's columns. */
  readonly sql: string
}

/**
 * Any relation in logical types, for people to look at: a struct, a map or a union becomes JSON, a time or an interval its
 * text, and a double that is not finite null.
 */
export function shown({ from, columns }: Reading): Shown {
  const named = new Map(columns.map(column => [column.name, column]))
  const types = columns.map(column => [column.name, shownType(column)] as const)
  const schema = Object.fromEntries(types)
  // The properties of an object stand in an order of their own where names are whole numbers.
  const values = Object.entries(schema).map(
    ([column, type]) => `${shownValue(named.get(column)!, type)} AS ${name(column)}`,
  )
  return { schema, sql: `SELECT ${values.join(', ')} FROM ${from}` }
}

/** Types of DuckDB that JSON shows best. */
const NESTED = /^(STRUCT|MAP|UNION|VARIANT)\b|\]$/

function shownType({ found, type }: FoundColumn): ColumnType {
  if (type !== undefined) return type
  return withNull(NESTED.test(found) ? t.json() : t.string(), true)
}

function shownValue({ name: column, found, type }: FoundColumn, as: ColumnType): string {
  const value = name(column)
  if (type === undefined) return `CAST(${as.kind === 'json' ? `to_json(${value})` : value} AS VARCHAR)`
  if (type.kind === 'json') return `CAST(${value} AS VARCHAR)`
  const read = adapted(value, found, type, { noNulls: false, inRange: false }, `'${column}'`)!
  return type.kind === 'float64' ? `CASE WHEN isfinite(${value}) THEN ${read} END` : read
}
