/** Parquet files, read and written by DuckDB. */
import { open } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { Duckdb } from '../../duckdb/duckdb.ts'
import { parquetScan, readParquet } from '../../duckdb/parquet.ts'
import { HeadraceError } from '../../errors.ts'
import type { Schema } from '../../schema/type.ts'
import type { Range, Read, Source } from '../../seam/source.ts'
import { BATCH_ROWS } from '../ranges.ts'
import { checkFile, reading } from './path.ts'

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
      await checkParquet(path)
      await checkSchema(file, schema)
      return [path]
    },
    read: (_, range, signal) => rowsOf(file, schema, range, signal),
    scan: async () => {
      await checkParquet(path)
      return { format: 'parquet', files: [{ path: file }] }
    },
  }
}

/** A Parquet file begins and ends with these four bytes. */
const MAGIC = 'PAR1'

/** Throws NOT_FOUND, or READ_FAILED that says whether it is another format or cut off: DuckDB says neither. */
async function checkParquet(path: string): Promise<void> {
  await checkFile(path)
  const [first, last] = await reading(path, () => ends(path))
  if (first === MAGIC && last === MAGIC) return
  const what =
    first === MAGIC
      ? 'it begins as one and does not end as one. It is cut off, or still being written'
      : 'it does not begin as one. If it is text, read it with files.csv, files.ndjson or files.json'
  throw new HeadraceError('READ_FAILED', `Cannot read ${path} as parquet: ${what}.`)
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
