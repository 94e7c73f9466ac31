/** SQL that users write: looked at before it runs, so that it reads and does nothing else. */
import { HeadraceError } from '../errors.ts'
import { type ColumnType, type Schema, t, withNull } from '../schema/type.ts'
import { adapted } from './adapt.ts'
import type { Duckdb } from './duckdb.ts'
import { type FoundColumn, logicalType } from './found.ts'
import { name, text, textList } from './sql.ts'

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
  const { isOther, effect } = await parsed(db, sql)
  const count = await db.statements(sql, what)
  if (count !== 1) {
    const found = count === 0 ? 'there is none' : `there are ${count} (PIVOT without IN counts as two)`
    throw invalid(what, `it takes one statement, and ${found}`)
  }
  if (isOther)
    throw invalid(what, `it only reads, and this statement, ${firstWord(sql)} …, does more. ${wayOut}`)
  if (effect !== undefined) throw invalid(what, `it only reads, and the function ${effect} can do more`)
  const parameters = await db.parameters(sql, what)
  if (parameters !== 0) {
    throw invalid(
      what,
      `the statement has ${parameters} parameters, for which there are no values. Write the values`,
    )
  }
  // A line of its own, because the text may end in a comment.
  const from = `(${withoutEnd(sql)}\n)`
  const describe = `SELECT column_name, column_type FROM (DESCRIBE FROM ${from})`
  const columns = await db.records(describe, undefined, what).catch(cause => {
    throw invalid(what, 'it cannot be read from. Write a SELECT', cause)
  })
  return { from, columns: columns.map(row => foundColumn(String(row.column_name), String(row.column_type))) }
}

/** What a semicolon can stand in, and be none: texts, names and comments. Then words, so that no text begins inside one. */
const TOKENS = /[eE]'(?:[^'\\]|\\.|'')*'|'[^']*'|"[^"]*"|\$(\w*)\$.*?\$\1\$|--[^\n]*|\/\*.*?\*\/|\w+|./gs

/** A text of one statement without its semicolon. Behind that there can only be comments. */
function withoutEnd(sql: string): string {
  const end = [...sql.matchAll(TOKENS)].find(([token]) => token === ';')
  return end === undefined ? sql : sql.slice(0, end.index)
}

/**
 * Table functions that may stand in a SELECT and do more than read: they write files, change what the whole instance does,
 * or run SQL in which nobody has looked for them.
 */
export const effectful: readonly string[] = [
  'checkpoint',
  'disable_logging',
  'disable_peg_parser',
  'disable_profiling',
  'enable_logging',
  'enable_peg_parser',
  'enable_profiling',
  'force_checkpoint',
  'json_execute_serialized_sql',
  'query',
  'truncate_duckdb_logs',
]

/** What DuckDB's parser makes of a text. */
interface Parsed {
  /** There are statements in it that are no SELECT. */
  readonly isOther: boolean
  /** A function of `effectful` that it calls. */
  readonly effect?: string
}

/**
 * Looks at a text before DuckDB looks at what it names: to prepare a statement can have effects, as EXPORT, which makes its
 * folder, and one that fails breaks the transaction.
 */
async function parsed(db: Duckdb, sql: string): Promise<Parsed> {
  const called = `list_transform(tree ->> '$..function_name', f -> lower(f))`
  const [row] = await db.records(
    `SELECT tree ->> 'error_type' AS error, list_intersect(${called}, ${textList(effectful)})[1] AS effect
     FROM (SELECT json_serialize_sql(${text(sql)}) AS tree)`,
  )
  const { error, effect } = row as { error: string | null; effect: string | null }
  return { isOther: error === 'not implemented', ...(effect === null ? {} : { effect }) }
}

/** The first word behind comments: what a statement is, to its reader. */
function firstWord(sql: string): string {
  return /[a-z]+/i.exec(sql.replace(/--[^\n]*|\/\*.*?\*\//gs, ' '))?.[0].toUpperCase() ?? ''
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
