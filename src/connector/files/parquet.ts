/** Parquet files, read and written by DuckDB. */
import { basename, resolve } from 'node:path'
import { Duckdb } from '../../duckdb/duckdb.ts'
import { type ParquetWriter, parquetScan, parquetWriter, readParquet } from '../../duckdb/parquet.ts'
import type { Batch } from '../../schema/batch.ts'
import type { Schema } from '../../schema/type.ts'
import type { Range, Read, Source } from '../../seam/source.ts'
import { BATCH_ROWS } from '../ranges.ts'
import { checkFile } from './path.ts'
import type { FileFormat, RowWriter } from './sink.ts'

/** A reader or writer runs beside an engine: one thread and this much memory are enough for row groups of usual sizes. */
const BESIDE = { threads: 1, memoryBytes: 512 * 2 ** 20 }

/** One file, one partition, positions in rows. Columns that are not in the schema are not read. */
export function parquetSource(path: string, schema: Schema): Source {
  const file = resolve(path)
  return {
    name: `parquet ${basename(path)}`,
    repeatable: true,
    bounded: true,
    partitions: async () => {
      await checkFile(path)
      await checkSchema(file, schema)
      return [path]
    },
    read: (_, range, signal) => rowsOf(file, schema, range, signal),
    scan: async () => {
      await checkFile(path)
      return { format: 'parquet', files: [file] }
    },
  }
}

async function checkSchema(file: string, schema: Schema): Promise<void> {
  const db = await Duckdb.open(BESIDE)
  try {
    await parquetScan(db, [file], schema)
  } finally {
    db.close()
  }
}

async function* rowsOf(
  file: string,
  schema: Schema,
  range: Range,
  signal: AbortSignal,
): AsyncGenerator<Read> {
  let position = range.from
  const db = await Duckdb.open(BESIDE)
  try {
    const rows = { ...range, batchRows: BATCH_ROWS }
    for await (const batch of readParquet(db, [file], schema, rows, signal)) {
      if (signal.aborted) return
      position += batch.length
      yield { batch, position }
    }
  } catch (error) {
    // An abort interrupts DuckDB in the middle of a row group; for the reader it is the end.
    if (!signal.aborted) throw error
  } finally {
    db.close()
  }
}

/** What a sink needs to write Parquet. */
export const parquetFormat: FileFormat = {
  name: 'parquet',
  copy: 'parquet',
  create: async (target, schema) => {
    const db = await Duckdb.open(BESIDE)
    return new Writer(db, await parquetWriter(db, target.temporary, schema))
  },
}

class Writer implements RowWriter {
  readonly #db: Duckdb
  readonly #writer: ParquetWriter

  constructor(db: Duckdb, writer: ParquetWriter) {
    this.#db = db
    this.#writer = writer
  }

  async write(batch: Batch): Promise<void> {
    this.#writer.write(batch)
  }

  async end(): Promise<void> {
    await this.#writer.finish()
    this.#db.close()
  }

  async abort(): Promise<void> {
    this.#db.close()
  }
}
