/** The only owner of DuckDB instances: SQL run, columns out, columns in. */
import { availableParallelism, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { type DuckDBConnection, type DuckDBDataChunk, DuckDBInstance } from '@duckdb/node-api'
import { HeadraceError } from '../errors.ts'
import { sleep } from '../runtime/sleep.ts'
import type { Batch } from '../schema/batch.ts'
import { concat } from '../schema/take.ts'
import type { Schema } from '../schema/type.ts'
import { asHeadraceError } from './failure.ts'
import { define, type ScalarFunction } from './function.ts'
import { ChunkReader } from './read.ts'
import { text } from './sql.ts'
import { TableWriter } from './table.ts'

/** Rows of a batch that comes out, at most. */
export const MAX_BATCH_ROWS = 32_768

/** How often an interrupt is repeated: one that comes between two statements is forgotten by DuckDB. */
const INTERRUPT_EVERY_MS = 20

export interface DuckdbOptions {
  /** An absolute path; absent = in memory. One instance per file and process: DuckDB's lock does not see a second one. */
  readonly file?: string
  /** Worker threads; all cores by default. */
  readonly threads?: number
  /** Bytes before DuckDB spills to `tempDirectory`; half of the machine's memory by default. */
  readonly memoryBytes?: number
  /** Where it spills; a folder below the system's temporary one by default, made only when needed. */
  readonly tempDirectory?: string
}

/** Two instances must not share a folder: they would name their files alike. */
let instances = 0

export interface QueryOptions {
  readonly batchRows?: number
  /** What is being done, for the messages of errors. */
  readonly what?: string
}

export class Duckdb {
  readonly #instance: DuckDBInstance
  readonly #connection: DuckDBConnection

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance
    this.#connection = connection
  }

  /** Opens an instance whose results depend on nothing outside: UTC, no extension fetched, no setting of the host. */
  static async open(options: DuckdbOptions = {}): Promise<Duckdb> {
    const threads = options.threads ?? availableParallelism()
    const memory = options.memoryBytes ?? Math.floor(totalmem() / 2)
    const instance = await DuckDBInstance.create(options.file ?? ':memory:', {
      threads: String(threads),
      memory_limit: `${Math.max(1, Math.floor(memory / 2 ** 20))}MiB`,
      temp_directory:
        options.tempDirectory ?? join(tmpdir(), `headrace-duckdb-${process.pid}-${++instances}`),
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      preserve_insertion_order: 'true',
    })
    const connection = await instance.connect()
    await connection.run("SET GLOBAL TimeZone = 'UTC'")
    return new Duckdb(instance, connection)
  }

  /** Runs statements; gives the count of rows that the last one changed or wrote. */
  async run(sql: string, signal?: AbortSignal, what = 'Running SQL'): Promise<number> {
    return interruptible(this.#connection, signal, what, async () => {
      const result = await this.#connection.run(sql)
      return result.rowsChanged
    })
  }

  /** A small result as objects; int64 and decimals as strings. For catalogues and metadata. */
  async records(sql: string, signal?: AbortSignal, what = 'Running SQL'): Promise<Record<string, unknown>[]> {
    return interruptible(this.#connection, signal, what, async () => {
      const reader = await this.#connection.runAndReadAll(sql)
      return reader.getRowObjectsJson()
    })
  }

  /**
   * Streams the rows of a SELECT whose columns have, in order, the types that `duckdbType` gives for the schema's. Each
   * stream has a connection of its own, so that other statements can run meanwhile.
   */
  async *batches(
    sql: string,
    schema: Schema,
    signal?: AbortSignal,
    options: QueryOptions = {},
  ): AsyncGenerator<Batch> {
    const what = options.what ?? 'Running SQL'
    const connection = await this.#instance.connect()
    let fetching: Promise<unknown> = Promise.resolve()
    try {
      const result = await interruptible(connection, signal, what, () => connection.stream(sql))
      checkWidth(result.columnCount, schema, sql)
      const fetch = () => {
        const next = interruptible(connection, signal, what, () => result.fetchChunk())
        fetching = next
        return next
      }
      yield* batched(fetch, schema, options.batchRows ?? MAX_BATCH_ROWS)
    } finally {
      // A reader that leaves early has a chunk on its way: a connection is closed only when nothing runs on it.
      connection.interrupt()
      await fetching.catch(() => undefined)
      connection.closeSync()
    }
  }

  /** Creates a table and gives what appends to it. */
  async table(table: string, schema: Schema): Promise<TableWriter> {
    return TableWriter.create(this.#connection, table, schema)
  }

  /** Makes a JavaScript function callable from SQL. */
  define(fn: ScalarFunction): void {
    define(this.#connection, fn)
  }

  /** Frees the instance. Streams must have ended. */
  close(): void {
    this.#connection.closeSync()
    this.#instance.closeSync()
  }
}

function checkWidth(columns: number, schema: Schema, sql: string): void {
  const expected = Object.keys(schema).length
  if (columns !== expected) throw new Error(`${columns} columns instead of ${expected}: ${text(sql)}`)
}

/** Joins chunks of at most 2048 rows to batches. The next chunk is on its way while one is decoded. */
async function* batched(
  fetch: () => Promise<DuckDBDataChunk | null>,
  schema: Schema,
  batchRows: number,
): AsyncGenerator<Batch> {
  const reader = new ChunkReader(schema)
  let parts: Batch[] = []
  let rows = 0
  let next = fetch()
  for (;;) {
    const chunk = await next
    if (chunk === null || chunk.rowCount === 0) break
    next = fetch()
    // Awaited in the next turn, which may never come, or come after a pause: a failure is no surprise until then.
    next.catch(() => undefined)
    if (rows > 0 && rows + chunk.rowCount > batchRows) {
      yield concat(parts)
      reader.renew()
      parts = []
      rows = 0
    }
    parts.push(reader.read(chunk.chunk))
    rows += chunk.rowCount
  }
  if (rows > 0) yield concat(parts)
}

/** Runs a statement and interrupts it when the signal aborts; its errors come out as ours. */
async function interruptible<T>(
  connection: DuckDBConnection,
  signal: AbortSignal | undefined,
  what: string,
  statement: () => Promise<T>,
): Promise<T> {
  if (signal?.aborted) throw new HeadraceError('STOPPED', `${what}: stopped by its signal.`)
  const settled = new AbortController()
  const interrupt = () => {
    interruptUntil(connection, settled.signal)
  }
  signal?.addEventListener('abort', interrupt, { once: true })
  try {
    return await statement()
  } catch (cause) {
    throw asHeadraceError(cause, what)
  } finally {
    signal?.removeEventListener('abort', interrupt)
    settled.abort()
  }
}

async function interruptUntil(connection: DuckDBConnection, settled: AbortSignal): Promise<void> {
  while (!settled.aborted) {
    connection.interrupt()
    await sleep(INTERRUPT_EVERY_MS, settled)
  }
}
