/** Parquet, written: one instance of DuckDB holds the rows of all files that a run has open. */
import { Duckdb } from '../../../duckdb/duckdb.ts'
import { type ParquetWriter, parquetWriter } from '../../../duckdb/parquet/write.ts'
import type { Batch } from '../../../schema/batch.ts'
import type { FileFormat, RowWriter } from './format.ts'

/** Rows wait in this much memory, and on disk beyond it. With one thread the same rows give the same bytes. */
const BESIDE = { threads: 1, memoryBytes: 512 * 2 ** 20 }

/** What a sink needs to write Parquet; zstd unless told otherwise. */
export const parquetFormat: FileFormat = {
  name: 'parquet',
  copy: 'parquet',
  writers: async (schema, compression) => {
    let db: Duckdb | undefined
    return {
      create: async ({ path, temporary }) => {
        db ??= await Duckdb.open(BESIDE)
        const what = `Writing ${path}`
        const options = compression === undefined ? { what } : { what, compression }
        return new Writer(await parquetWriter(db, temporary, schema, options))
      },
      close: () => db?.close(),
    }
  },
}

class Writer implements RowWriter {
  readonly #writer: ParquetWriter

  constructor(writer: ParquetWriter) {
    this.#writer = writer
  }

  async write(batch: Batch): Promise<void> {
    this.#writer.write(batch)
  }

  async end(): Promise<void> {
    await this.#writer.finish()
    await this.#writer.abandon()
  }

  /** The rows go with the instance. */
  async abort(): Promise<void> {}
}
