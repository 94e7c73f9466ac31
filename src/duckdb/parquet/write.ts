/** Parquet files out: a SELECT, or batches, into one new file. */
import { HeadraceError } from '../../errors.ts'
import type { Batch } from '../../schema/batch.ts'
import type { ColumnType, Schema } from '../../schema/type.ts'
import type { Duckdb } from '../duckdb.ts'
import { name, text } from '../sql.ts'

/** The most rows of a Parquet row group, DuckDB's default: a reader holds about one a thread. */
const ROW_GROUP_ROWS = 122_880

/** SQL of a column in the type in which Parquet holds it: instants in UTC, uuids and JSON marked as such. */
function stored(value: string, type: ColumnType): string {
  switch (type.kind) {
    case 'timestamp':
      return `make_timestamptz(epoch_us(${value}))`
    case 'uuid':
      return `CAST(${value} AS UUID)`
    case 'json':
      return `CAST(${value} AS JSON)`
    case 'list': {
      const element = stored('e', type.element!)
      return element === 'e' ? value : `list_transform(${value}, lambda e: ${element})`
    }
    default:
      return value
  }
}

/** DuckDB would rename the second of two columns whose names differ in case only; and it has no empty names, nor U+0000 in them. */
function checkNames(schema: Schema, what: string): void {
  const seen = new Map<string, string>()
  for (const column of Object.keys(schema)) {
    if (column === '' || column.includes('\0')) {
      throw new HeadraceError(
        'NOT_EXPRESSIBLE',
        `${what}: a column's name is ${JSON.stringify(column)}, and in Parquet one needs a character, and cannot have U+0000. Rename the column.`,
      )
    }
    const folded = column.toLowerCase()
    const other = seen.get(folded)
    if (other !== undefined) {
      throw new HeadraceError(
        'NOT_EXPRESSIBLE',
        `${what}: the columns '${other}' and '${column}' differ in case only, which Parquet's readers do not tell apart. Rename one of them.`,
      )
    }
    seen.set(folded, column)
  }
}

/** The codecs of Parquet's pages. */
export type ParquetCompression = 'none' | 'gzip' | 'zstd' | 'snappy'

const codecs: Readonly<Record<ParquetCompression, string>> = {
  none: 'uncompressed',
  gzip: 'gzip',
  zstd: 'zstd',
  snappy: 'snappy',
}

export interface ParquetWriteOptions {
  /** zstd by default. */
  readonly compression?: ParquetCompression
  /** Rows in their order as wholes; else as the SELECT gives them. */
  readonly sorted?: boolean
  /** What is being done, for the messages of errors. */
  readonly what?: string
}

/** Writes the rows of a SELECT of the schema's columns into a new file. Gives their count. */
export async function copyToParquet(
  db: Duckdb,
  select: string,
  schema: Schema,
  file: string,
  { compression = 'zstd', sorted = false, what = `Writing ${file}` }: ParquetWriteOptions = {},
  signal?: AbortSignal,
): Promise<number> {
  checkNames(schema, what)
  const columns = Object.entries(schema).map(([column, type]) => {
    const value = stored(name(column), type)
    return value === name(column) ? value : `${value} AS ${name(column)}`
  })
  const options = `FORMAT parquet, COMPRESSION ${codecs[compression]}, ROW_GROUP_SIZE ${ROW_GROUP_ROWS}`
  const order = sorted ? ' ORDER BY ALL ASC NULLS LAST' : ''
  const sql = `COPY (SELECT ${columns.join(', ')} FROM (${select})${order}) TO ${text(file)} (${options})`
  try {
    return await db.run(sql, signal, what)
  } catch (cause) {
    throw asWriteError(cause, what)
  }
}

function asWriteError(cause: unknown, what: string): Error {
  if (cause instanceof HeadraceError && cause.code !== 'NOT_FOUND') return cause
  const inner = cause instanceof Error && cause.cause !== undefined ? cause.cause : cause
  const line = inner instanceof Error ? inner.message : String(inner)
  if (!/^IO Error|Permission|Cannot open/.test(line)) return cause as Error
  return new HeadraceError('WRITE_FAILED', `${what}: ${line}`, { cause: inner })
}

/** Batches written as one Parquet file. */
export interface ParquetWriter {
  write(batch: Batch): void
  /** Writes the file; gives the count of rows. */
  finish(signal?: AbortSignal): Promise<number>
  /** Forgets the rows. Also frees what `finish` used, and is called after it. */
  abandon(): Promise<void>
}

/**
 * Collects batches in a table of `db`, which moves to disk what does not fit its memory, and writes them at `finish`: a
 * Parquet writer of DuckDB pulls its rows, and batches are pushed.
 */
export async function parquetWriter(
  db: Duckdb,
  file: string,
  schema: Schema,
  options: ParquetWriteOptions = {},
): Promise<ParquetWriter> {
  checkNames(schema, options.what ?? `Writing ${file}`)
  const table = `parquet_${++writers}`
  const writer = await db.table(table, schema)
  return {
    write: batch => writer.append(batch),
    finish: async signal => {
      writer.close()
      return copyToParquet(db, `FROM ${name(table)}`, schema, file, options, signal)
    },
    abandon: async () => {
      await db.run(`DROP TABLE IF EXISTS ${name(table)}`)
    },
  }
}

let writers = 0
