/** Parquet files in and out. */
import { HeadraceError } from '../errors.ts'
import type { Batch } from '../schema/batch.ts'
import { conformBatch } from '../schema/standard.ts'
import { slice } from '../schema/take.ts'
import { type Schema, typeText, withNull } from '../schema/type.ts'
import { adapted, type Promises } from './adapt.ts'
import { type Duckdb, MAX_BATCH_ROWS } from './duckdb.ts'
import { asHeadraceError } from './failure.ts'
import { type FoundColumn, logicalType } from './found.ts'
import { defineIsJson } from './is-json.ts'
import { name, textList } from './sql.ts'
import { sqlType } from './types.ts'

/** Files as one relation of a schema, for use in SQL. */
export interface ParquetScan {
  /** A SELECT of the schema's columns, in the order of files and rows; a value that is not of its type fails. */
  readonly sql: string
  /** By the footers. */
  readonly rows: number
  /** A file has a column of the name of DuckDB's own row numbers, and hides these. */
  readonly numbersHidden: boolean
}

/** DuckDB's name for the number of a row in its file. */
const ROW_NUMBER = 'file_row_number'

/** The columns of a file. Parquet's own columns may hold nulls wherever the footer does not rule it out: all are nullable. */
export async function parquetSchema(db: Duckdb, file: string, signal?: AbortSignal): Promise<FoundColumn[]> {
  const what = `Reading ${file}`
  try {
    const rows = await db.records(`DESCRIBE FROM ${parquetTable([file])}`, signal, what)
    return rows.map(row => {
      const found = String(row.column_type)
      const type = logicalType(found)
      const column = { name: String(row.column_name), found }
      return type === undefined ? column : { ...column, type: withNull(type, true) }
    })
  } catch (cause) {
    throw asReadError(cause, what)
  }
}

/** Reads the footers, checks that the files fit the schema, and says how to read them. Throws SCHEMA_MISMATCH, NULL_VALUE. */
export async function parquetScan(
  db: Duckdb,
  files: readonly string[],
  schema: Schema,
  signal?: AbortSignal,
): Promise<ParquetScan> {
  if (files.length === 0) return { sql: emptySelect(schema), rows: 0, numbersHidden: false }
  defineIsJson(db, schema)
  const promises = await readPromises(db, files, schema, signal)
  const layouts: { columns: string; found: string; files: string[] }[] = []
  let numbersHidden = false
  for (const file of files) {
    const columns = await parquetSchema(db, file, signal)
    numbersHidden ||= columns.some(column => column.name.toLowerCase() === ROW_NUMBER)
    const found = JSON.stringify(columns)
    const last = layouts.at(-1)
    if (last?.found === found) last.files.push(file)
    else layouts.push({ columns: columnList(file, columns, schema, promises), found, files: [file] })
  }
  const selects = layouts.map(layout => `SELECT ${layout.columns} FROM ${parquetTable(layout.files)}`)
  const rows = await parquetRows(db, files, signal)
  return { sql: selects.join(' UNION ALL '), rows: rows.reduce((sum, n) => sum + n, 0), numbersHidden }
}

/** Files as a table, without the guesses that DuckDB makes from names of folders. */
function parquetTable(files: readonly string[]): string {
  return `read_parquet(${paths(files)}, hive_partitioning = FALSE)`
}

/** Paths as DuckDB takes them: it would read `*`, `?` and `[` as patterns. */
function paths(files: readonly string[]): string {
  return textList(files.map(file => file.replace(/[*?[]/g, '[$&]')))
}

/** Rows of each file, by its footer. */
async function parquetRows(db: Duckdb, files: readonly string[], signal?: AbortSignal): Promise<number[]> {
  if (files.length === 0) return []
  const sql = `SELECT file_name, num_rows FROM parquet_file_metadata(${paths(files)})`
  const found = await db.records(sql, signal, `Reading ${files[0]}`)
  const rows = new Map(found.map(row => [String(row.file_name), Number(row.num_rows)]))
  return files.map(file => rows.get(file) ?? 0)
}

function emptySelect(schema: Schema): string {
  const columns = Object.entries(schema).map(
    ([column, type]) => `CAST(NULL AS ${sqlType(type)}) AS ${name(column)}`,
  )
  return `SELECT ${columns.join(', ')} WHERE FALSE`
}

function columnList(
  file: string,
  found: readonly FoundColumn[],
  schema: Schema,
  promises: ReadonlyMap<string, Promises>,
): string {
  const types = new Map(found.map(column => [column.name, column.found]))
  const has = found.map(
    column =>
      `${column.name} ${column.type === undefined ? column.found : typeText(withNull(column.type, false))}`,
  )
  const columns = Object.entries(schema).map(([column, type]) => {
    const promised = promises.get(column) ?? NONE
    const read = types.get(column)
    const from = isWideDecimal(read, promised) ? 'a decimal of more than 38 digits' : read
    if (from === undefined) {
      throw new HeadraceError(
        'SCHEMA_MISMATCH',
        `Reading ${file}: there is no column '${column}'. The file has: ${has.join(', ')}.`,
      )
    }
    const label = `'${column}'`
    const sql = adapted(name(column), from, type, promised, label)
    if (sql === undefined) {
      throw new HeadraceError(
        'SCHEMA_MISMATCH',
        `Reading ${file}: column ${label} is declared ${typeText(type)} but the file holds ${from}, which cannot be read so without loss. Declare what the file holds and cast in the plan.`,
      )
    }
    return sql === name(column) ? sql : `${sql} AS ${name(column)}`
  })
  return columns.join(', ')
}

/** DuckDB takes decimals of more than 38 digits for doubles, and reads other values than they are. */
const isWideDecimal = (found: string | undefined, { stored }: Promises): boolean =>
  found === 'DOUBLE' && stored !== undefined && stored !== 'DOUBLE'

const NONE: Promises = { noNulls: false, inRange: false }

/** What the footers say of each column over all files. */
async function readPromises(
  db: Duckdb,
  files: readonly string[],
  schema: Schema,
  signal?: AbortSignal,
): Promise<Map<string, Promises>> {
  const what = `Reading ${files[0]}`
  const years = "regexp_full_match(stats_min_value, '[0-9]{4}-[0-9-]+( [0-9:.+]+)?')"
  const sql = `SELECT path_in_schema AS path, any_value(file_name) FILTER (stats_null_count > 0) AS nulls_in,
    bool_and(coalesce(stats_null_count = 0, FALSE)) AS no_nulls,
    bool_and(coalesce(${years} AND ${years.replace('min', 'max')}, FALSE)) AS in_range,
    any_value(type) AS stored
    FROM parquet_metadata(${paths(files)}) GROUP BY path_in_schema`
  const promises = new Map<string, Promises>()
  try {
    for (const row of await db.records(sql, signal, what)) {
      const column = String(row.path)
      const type = Object.hasOwn(schema, column) ? schema[column]! : undefined
      if (type !== undefined && !type.nullable && row.nulls_in !== null) {
        throw new HeadraceError(
          'NULL_VALUE',
          `Reading ${row.nulls_in}: column '${column}' holds nulls but is declared ${typeText(type)}. Declare it t.nullable(…).`,
        )
      }
      promises.set(column, {
        noNulls: row.no_nulls === true,
        inRange: row.in_range === true,
        stored: String(row.stored),
      })
    }
  } catch (cause) {
    throw asReadError(cause, what)
  }
  return promises
}

function asReadError(cause: unknown, what: string): Error {
  if (cause instanceof HeadraceError) return cause
  return asHeadraceError(
    cause instanceof Error && cause.cause !== undefined ? cause.cause : cause,
    what,
    'READ_FAILED',
  )
}

/** Which rows to read, counted from 0 through all files in order. */
export interface RowRange {
  readonly from: number
  readonly to?: number
  readonly batchRows?: number
}

/** Reads rows `from` (inclusive) to `to` (exclusive) of files in order, as batches of the schema. */
export async function* readParquet(
  db: Duckdb,
  files: readonly string[],
  schema: Schema,
  range: RowRange,
  signal?: AbortSignal,
): AsyncGenerator<Batch> {
  const rows = await parquetRows(db, files, signal)
  let first = 0
  for (const [i, file] of files.entries()) {
    const from = Math.max(0, range.from - first)
    const to = Math.min(rows[i]!, (range.to ?? Number.POSITIVE_INFINITY) - first)
    first += rows[i]!
    if (from < to) yield* readFile(db, file, schema, { ...range, from, to }, signal)
  }
}

async function* readFile(
  db: Duckdb,
  file: string,
  schema: Schema,
  { from, to, batchRows = MAX_BATCH_ROWS }: { from: number; to: number; batchRows?: number },
  signal: AbortSignal | undefined,
): AsyncGenerator<Batch> {
  const scan = await parquetScan(db, [file], schema, signal)
  // OFFSET only where it must be: it makes DuckDB collect the rows before passing any on.
  const skip = scan.numbersHidden ? `OFFSET ${from}` : `WHERE ${ROW_NUMBER} >= ${from}`
  const sql = from === 0 ? scan.sql : `${scan.sql} ${skip}`
  let left = to - from
  const place = (row: number) => `${file}: Row ${to - left + row + 1}`
  for await (const batch of db.batches(sql, schema, signal, { batchRows, what: `Reading ${file}` })) {
    yield conformBatch(left < batch.length ? slice(batch, 0, left) : batch, place)
    left -= batch.length
    if (left <= 0) return
  }
}
