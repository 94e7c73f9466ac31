/** What Parquet files say of themselves, and how their columns are read. */
import { HeadraceError } from '../../errors.ts'
import { type Schema, typeText, withNull } from '../../schema/type.ts'
import { type Fit, fitOf, type Promises } from '../adapt.ts'
import type { Duckdb } from '../duckdb.ts'
import { asHeadraceError } from '../failure.ts'
import { type FoundColumn, logicalType } from '../found.ts'
import { name, pathList } from '../sql.ts'

/** DuckDB's name for the number of a row in its file. */
const ROW_NUMBER = 'file_row_number'

/** The columns of a file. Parquet's own columns may hold nulls wherever the footer does not rule it out: all are nullable. */
export async function parquetSchema(db: Duckdb, file: string, signal?: AbortSignal): Promise<FoundColumn[]> {
  const what = `Reading ${file}`
  try {
    const rows = await db.records(`DESCRIBE FROM ${parquetTable([file])}`, signal, what)
    const named = await namesIn(db, file, signal)
    return rows.map(row => {
      const found = String(row.column_type)
      const type = logicalType(found)
      const known = String(row.column_name)
      const numbered = named.has(known) ? {} : { twice: known.replace(NUMBERS, '') }
      const column = { name: known, found, ...numbered }
      return type === undefined ? column : { ...column, type: withNull(type, true) }
    })
  } catch (cause) {
    throw asReadError(cause, what)
  }
}

/** What DuckDB adds to the second of two names that differ in case at most; the third may have had the number already. */
const NUMBERS = /(_\d+)+$/

/** All names in a file, of columns and of what is in them. */
async function namesIn(db: Duckdb, file: string, signal?: AbortSignal): Promise<Set<string>> {
  const rows = await db.records(`SELECT DISTINCT name FROM parquet_schema(${pathList([file])})`, signal)
  return new Set(rows.map(row => String(row.name)))
}

/** Files as a table, without the guesses that DuckDB makes from names of folders. */
export function parquetTable(files: readonly string[]): string {
  return `read_parquet(${pathList(files)}, hive_partitioning = FALSE)`
}

/** Rows of each file, by its footer. */
export async function parquetRows(
  db: Duckdb,
  files: readonly string[],
  signal?: AbortSignal,
): Promise<number[]> {
  if (files.length === 0) return []
  const sql = `SELECT file_name, num_rows FROM parquet_file_metadata(${pathList(files)})`
  const found = await db.records(sql, signal, `Reading ${files[0]}`)
  const rows = new Map(found.map(row => [String(row.file_name), Number(row.num_rows)]))
  return files.map(file => rows.get(file) ?? 0)
}

/** How the columns of the schema are read from what a file holds. Throws SCHEMA_MISMATCH. */
export function fitsOf(
  file: string,
  found: readonly FoundColumn[],
  schema: Schema,
  promises: ReadonlyMap<string, Promises>,
): Fit[] {
  const types = new Map(found.map(column => [column.name, column.found]))
  const has = found.map(
    column =>
      `${column.name} ${column.type === undefined ? column.found : typeText(withNull(column.type, false))}`,
  )
  const twice = new Set(found.flatMap(each => each.twice?.toLowerCase() ?? []))
  return Object.entries(schema).map(([column, type]) => {
    if (twice.has(column.toLowerCase()) || twice.has(column.replace(NUMBERS, '').toLowerCase())) {
      throw new HeadraceError(
        'SCHEMA_MISMATCH',
        `Reading ${file}: it cannot be told which column is '${column}': the name is there twice, where upper and lower case count as the same. Write the file with a name for each column.`,
      )
    }
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
    const fit = fitOf(name(column), from, type, promised, label)
    if (fit === undefined) {
      throw new HeadraceError(
        'SCHEMA_MISMATCH',
        `Reading ${file}: column ${label} is declared ${typeText(type)} but the file holds ${from}, which cannot be read so without loss. Declare what the file holds and cast in the plan.`,
      )
    }
    return fit
  })
}

/** One file for reading record by record. */
export interface ParquetFile {
  /** What stands behind FROM. */
  readonly from: string
  readonly found: readonly FoundColumn[]
  readonly fits: readonly Fit[]
  readonly rows: number
  /** The word of SQL for the number of a row; absent where a column hides it. */
  readonly rowNumber?: string
}

/** Reads the footer of a file and checks that it fits the schema. Throws SCHEMA_MISMATCH, READ_FAILED. */
export async function parquetFile(
  db: Duckdb,
  file: string,
  schema: Schema,
  signal?: AbortSignal,
): Promise<ParquetFile> {
  const promises = await readPromises(db, [file], signal)
  const found = await parquetSchema(db, file, signal)
  const fits = fitsOf(file, found, schema, promises)
  const [rows] = await parquetRows(db, [file], signal)
  const hidden = found.some(column => column.name.toLowerCase() === ROW_NUMBER)
  return {
    from: parquetTable([file]),
    found,
    fits,
    rows: rows!,
    ...(hidden ? {} : { rowNumber: ROW_NUMBER }),
  }
}

/** DuckDB takes decimals of more than 38 digits for doubles, and reads other values than they are. */
const isWideDecimal = (found: string | undefined, { stored }: Promises): boolean =>
  found === 'DOUBLE' && stored !== undefined && stored !== 'DOUBLE'

const NONE: Promises = { noNulls: false, inRange: false }

/** What the footers say of each column over all files. */
export async function readPromises(
  db: Duckdb,
  files: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, Promises>> {
  const what = `Reading ${files[0]}`
  const years = "regexp_full_match(stats_min_value, '[0-9]{4}-[0-9-]+( [0-9:.+]+)?')"
  const sql = `SELECT path_in_schema AS path,
    bool_and(coalesce(stats_null_count = 0, FALSE)) AS no_nulls,
    bool_and(coalesce(${years} AND ${years.replace('min', 'max')}, FALSE)) AS in_range,
    coalesce(max(type) FILTER (type <> 'DOUBLE'), 'DOUBLE') AS stored
    FROM parquet_metadata(${pathList(files)}) GROUP BY path_in_schema`
  const promises = new Map<string, Promises>()
  try {
    for (const row of await db.records(sql, signal, what)) {
      const column = String(row.path)
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
