/** Parquet files, read by DuckDB. */
import { open } from 'node:fs/promises'
import { Duckdb } from '../../../duckdb/duckdb.ts'
import { readParquet } from '../../../duckdb/parquet/read.ts'
import { parquetScan } from '../../../duckdb/parquet/scan.ts'
import { HeadraceError } from '../../../errors.ts'
import type { Schema } from '../../../schema/type.ts'
import type { Range, Read } from '../../../seam/source.ts'
import { BATCH_ROWS } from '../../ranges.ts'
import { reading } from './failure.ts'
import type { FileReader } from './format.ts'
import type { ListedFile } from './listing.ts'

/** Readers run beside an engine: one thread and this much memory are enough for row groups of usual sizes. */
const BESIDE = { threads: 1, memoryBytes: 2 ** 30 }

/** The instance that all files share which are being read: opening one costs more than reading a small file. */
let instance: Promise<Duckdb> | undefined
let connections = 0

/** Runs with a connection of its own, so that what stops one read stops no other. */
async function* connected<T>(run: (db: Duckdb) => AsyncIterable<T>): AsyncGenerator<T> {
  connections++
  instance ??= Duckdb.open(BESIDE)
  const opened = instance
  let db: Duckdb | undefined
  try {
    db = await (await opened).connect()
    yield* run(db)
  } finally {
    await db?.close()
    connections--
    if (connections === 0) {
      instance = undefined
      await (await opened).close()
    }
  }
}

/** Positions in rows. Columns that are not in the schema are not read. */
export const parquetReader: FileReader = {
  read: rowsOf,
  check: checkFiles,
  scan: { format: 'parquet' },
}

async function checkFiles(files: readonly ListedFile[], schema?: Schema): Promise<void> {
  for (const file of files) await checkParquet(file)
  if (schema === undefined || files.length === 0) return
  const db = await Duckdb.open(BESIDE)
  try {
    await parquetScan(db, files, schema)
  } finally {
    await db.close()
  }
}

/** A Parquet file begins and ends with these four bytes. */
const MAGIC = 'PAR1'

/** Throws NOT_FOUND, or READ_FAILED that says whether it is another format or cut off: DuckDB says neither. */
async function checkParquet({ name, path }: ListedFile): Promise<void> {
  const [first, last] = await reading(name, () => ends(path))
  if (first === MAGIC && last === MAGIC) return
  const what =
    first === MAGIC
      ? 'it begins as one and does not end as one. It is cut off, or still being written'
      : 'it does not begin as one. If it is text, read it with files.csv, files.ndjson or files.json'
  throw new HeadraceError('READ_FAILED', `Cannot read ${name} as parquet: ${what}.`)
}

async function ends(path: string): Promise<[first: string, last: string]> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const at = async (position: number): Promise<string> => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(MAGIC.length), { position })
      return buffer.toString('latin1', 0, bytesRead)
    }
    return [await at(0), await at(Math.max(0, size - MAGIC.length))]
  } finally {
    await file.close()
  }
}

async function* rowsOf(
  { name, path }: ListedFile,
  schema: Schema,
  range: Range,
  signal: AbortSignal,
): AsyncGenerator<Read> {
  const options = { place: name, batchRows: BATCH_ROWS }
  try {
    for await (const read of connected(db => readParquet(db, path, schema, range, signal, options))) {
      if (signal.aborted) return
      yield read
    }
  } catch (error) {
    // An abort interrupts DuckDB in the middle of a row group; for the reader it is the end.
    if (!signal.aborted) throw error
  }
}
