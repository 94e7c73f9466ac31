/** Parquet files in, record by record. */
import type { Schema } from '../../schema/type.ts'
import type { Range, Read } from '../../seam/source.ts'
import { verdict } from '../adapt.ts'
import type { Duckdb } from '../duckdb.ts'
import { judgedReads, recordOf } from '../judged.ts'
import { parquetFile } from './footer.ts'

export interface ParquetReadOptions {
  /** What messages and rejected records call the file; its path by default. */
  readonly place?: string
  readonly batchRows?: number
}

/** Reads the records of a file that lie in a range, counted from 0: rows of the schema, and those that do not fit it. */
export async function* readParquet(
  db: Duckdb,
  file: string,
  schema: Schema,
  range: Range,
  signal?: AbortSignal,
  { place = file, batchRows }: ParquetReadOptions = {},
): AsyncGenerator<Read> {
  const { from, found, fits, rows, rowNumber } = await parquetFile(db, file, schema, signal)
  const to = Math.min(rows, range.to ?? rows)
  if (range.from >= to) return
  // OFFSET only where it must be: it makes DuckDB collect the rows before passing any on.
  const skip = rowNumber === undefined ? `OFFSET ${range.from}` : `WHERE ${rowNumber} >= ${range.from}`
  const fault = verdict(fits)
  const judged = {
    from: range.from === 0 ? from : `(SELECT * FROM ${from} ${skip})`,
    columns: fits.map(fit => fit.read),
    ...(fault === undefined ? {} : { fault }),
    record: recordOf(found.filter(column => Object.hasOwn(schema, column.name))),
    place,
    stored: true,
  }
  yield* judgedReads(db, judged, schema, { from: range.from, to }, signal, batchRows)
}
