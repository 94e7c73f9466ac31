/** Parquet files as one relation of a schema, read where they lie. */
import type { Schema } from '../../schema/type.ts'
import type { ScannedFile } from '../../seam/source.ts'
import { type Fit, type Promises, verdict } from '../adapt.ts'
import { constant } from '../constant.ts'
import type { Duckdb } from '../duckdb.ts'
import type { FoundColumn } from '../found.ts'
import { name, pathList } from '../sql.ts'
import { sqlType } from '../types.ts'
import { fitsOf, parquetRows, parquetSchema, parquetTable, readPromises } from './footer.ts'

export interface ParquetScan {
  /** A SELECT of the schema's columns, in the order of files and rows. What it gives for a row at fault is not looked at. */
  readonly sql: string
  /** By the footers. */
  readonly rows: number
  /** A SELECT of the rows that do not fit the schema. Absent where the footers prove that there are none. */
  readonly faults?: string
}

/** Files of the same columns and constants, one after the other. */
interface Part {
  readonly key: string
  readonly paths: string[]
  readonly found: readonly FoundColumn[]
  readonly constants: NonNullable<ScannedFile['constants']>
}

/** Reads the footers, checks that the files fit the schema, and says how to read them. Throws SCHEMA_MISMATCH, READ_FAILED. */
export async function parquetScan(
  db: Duckdb,
  files: readonly ScannedFile[],
  schema: Schema,
  signal?: AbortSignal,
): Promise<ParquetScan> {
  if (files.length === 0) return { sql: emptySelect(schema), rows: 0 }
  const paths = files.map(({ path }) => path)
  const promises = await readPromises(db, paths, signal)
  const parts = await partsOf(db, files, signal)
  const fitted: { readonly part: Part; readonly fits: ReadonlyMap<string, Fit> }[] = []
  for (const part of parts) {
    const held = Object.entries(schema).filter(([column]) => !Object.hasOwn(part.constants, column))
    const own = saysAll(part, promises) ? promises : await readPromises(db, part.paths, signal)
    const fits = fitsOf(part.paths[0]!, part.found, Object.fromEntries(held), own)
    fitted.push({ part, fits: new Map(held.map(([column], i) => [column, fits[i]!])) })
  }
  const faults = fitted.flatMap(({ part, fits }) => faultsOf(part, fits, schema))
  const rows = await parquetRows(db, paths, signal)
  return {
    sql: fitted.map(({ part, fits }) => selectOf(part, fits, schema)).join(' UNION ALL '),
    rows: rows.reduce((sum, n) => sum + n, 0),
    ...(faults.length === 0 ? {} : { faults: faults.join(' UNION ALL ') }),
  }
}

/** Whether it is clear which doubles of a part are stored as such, where other files store something else. */
function saysAll({ found }: Part, promises: ReadonlyMap<string, Promises>): boolean {
  return found.every(column => column.found !== 'DOUBLE' || promises.get(column.name)?.stored === 'DOUBLE')
}

function faultsOf({ paths, constants }: Part, fits: ReadonlyMap<string, Fit>, schema: Schema): string[] {
  const hasNull = Object.entries(constants).some(
    ([column, cell]) => cell === null && !schema[column]?.nullable,
  )
  const fault = hasNull ? 'TRUE' : verdict([...fits.values()])
  return fault === undefined ? [] : [`SELECT 1 FROM ${parquetTable(paths)} WHERE ${fault} IS NOT NULL`]
}

function emptySelect(schema: Schema): string {
  const columns = Object.entries(schema).map(
    ([column, type]) => `CAST(NULL AS ${sqlType(type)}) AS ${name(column)}`,
  )
  return `SELECT ${columns.join(', ')} WHERE FALSE`
}

function selectOf({ paths, constants }: Part, fits: ReadonlyMap<string, Fit>, schema: Schema): string {
  const columns = Object.entries(schema).map(([column, type]) => {
    const read = fits.get(column)?.read ?? constant(constants[column]!, type)
    return read === name(column) ? read : `${read} AS ${name(column)}`
  })
  return `SELECT ${columns.join(', ')} FROM ${parquetTable(paths)}`
}

/** Files together whose columns and constants are the same. DuckDB is asked for the columns of the first of each layout only. */
async function partsOf(db: Duckdb, files: readonly ScannedFile[], signal?: AbortSignal): Promise<Part[]> {
  const layouts = await layoutsOf(
    db,
    files.map(({ path }) => path),
    signal,
  )
  const known = new Map<string, FoundColumn[]>()
  const parts: Part[] = []
  for (const { path, constants = {} } of files) {
    const layout = layouts.get(path) ?? path
    const key = `${layout} ${JSON.stringify(constants, bigints)}`
    const last = parts.at(-1)
    if (last?.key === key) {
      last.paths.push(path)
      continue
    }
    const found = known.get(layout) ?? (await parquetSchema(db, path, signal))
    known.set(layout, found)
    parts.push({ key, paths: [path], found, constants })
  }
  return parts
}

const bigints = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value)

/** By file, a text that is the same for files with the same columns. */
async function layoutsOf(
  db: Duckdb,
  files: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, string>> {
  const sql = `SELECT file_name, md5(string_agg(concat_ws(' ', name, type, type_length, repetition_type, num_children,
    converted_type, scale, precision, logical_type), ',')) AS layout FROM parquet_schema(${pathList(files)}) GROUP BY file_name`
  const found = await db.records(sql, signal, `Reading ${files[0]}`)
  return new Map(found.map(row => [String(row.file_name), String(row.layout)]))
}
