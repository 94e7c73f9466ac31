/** The only owner of DuckDB instances: SQL run, columns out, columns in. */
import './binding.ts'
import { availableParallelism, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import {
  type DuckDBConnection,
  type DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBResult,
  ResultReturnType,
} from '@duckdb/node-api'
import { type ErrorCode, HeadraceError } from '../errors.ts'
import { sleep } from '../runtime/sleep.ts'
import type { Batch } from '../schema/batch.ts'
import { concat } from '../schema/take.ts'
import type { Schema } from '../schema/type.ts'
import { asHeadraceError, asSqlError } from './failure.ts'
import { define, type ScalarFunction } from './function.ts'
import { defineIsJson } from './is-json.ts'
import { text } from './sql.ts'
import { TableWriter } from './table.ts'
import { ChunkReader } from './vector/read.ts'

/** Rows of a batch that comes out, at most. */
export const MAX_BATCH_ROWS = 32_768

/** How often an interrupt is repeated: one that comes between two statements is forgotten by DuckDB. */
const INTERRUPT_EVERY_MS = 20

export interface DuckdbOptions {
  /** A database file, absolute, where names are looked for: open it with `openDatabase`, which keeps one instance a file. */
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

/** Databases for the tables of connections, of all instances. */
let databases = 0

export interface QueryOptions {
  readonly batchRows?: number
  /** What is being done, for the messages of errors. */
  readonly what?: string
  /** The code of an error of which DuckDB's words say nothing that is known. */
  readonly otherwise?: ErrorCode
}

/** The catalogue of a database file, whatever the file is called. */
export const FILE_CATALOGUE = 'warehouse'

/**
 * An instance, or one more connection to it. What `connect` gives sees what the instance holds, and keeps its own tables to
 * itself; all that it runs, streams too, runs on its one connection, so that one transaction can hold all of it.
 */
export class Duckdb {
  readonly #instance: DuckDBInstance
  readonly #connection: DuckDBConnection
  readonly #options: DuckdbOptions
  /** Made by `connect`. */
  readonly #beside: boolean
  #streaming = false
  /** What appends to the tables of `table`, and the databases in which these are. */
  #own: DuckDBConnection | undefined
  readonly #databases = new Map<TableWriter, string>()

  private constructor(
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    options: DuckdbOptions,
    beside: boolean,
  ) {
    this.#instance = instance
    this.#connection = connection
    this.#options = options
    this.#beside = beside
  }

  /** Opens an instance whose results depend on nothing outside: UTC, no extension fetched, no setting of the host. */
  static async open(options: DuckdbOptions = {}): Promise<Duckdb> {
    const threads = options.threads ?? availableParallelism()
    const memory = options.memoryBytes ?? Math.floor(totalmem() / 2)
    const instance = await DuckDBInstance.create(':memory:', {
      threads: String(threads),
      memory_limit: `${Math.max(1, Math.floor(memory / 2 ** 20))}MiB`,
      temp_directory:
        options.tempDirectory ?? join(tmpdir(), `headrace-duckdb-${process.pid}-${++instances}`),
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      preserve_insertion_order: 'true',
    })
    try {
      const connection = await instance.connect()
      await connection.run("SET GLOBAL TimeZone = 'UTC'")
      defineIsJson(connection)
      if (options.file !== undefined) {
        await connection.run(`ATTACH ${text(options.file)} AS ${FILE_CATALOGUE}`)
        await connection.run(`USE ${FILE_CATALOGUE}.main`)
      }
      return new Duckdb(instance, connection, options, false)
    } catch (error) {
      instance.closeSync()
      throw error
    }
  }

  /** One more connection to the instance. Close it before the instance. */
  async connect(): Promise<Duckdb> {
    return new Duckdb(this.#instance, await this.#connect(), this.#options, true)
  }

  async #connect(): Promise<DuckDBConnection> {
    const connection = await this.#instance.connect()
    if (this.#options.file !== undefined) await connection.run(`USE ${FILE_CATALOGUE}.main`)
    return connection
  }

  /** Runs statements; gives the count of rows that the last one changed or wrote. */
  async run(sql: string, signal?: AbortSignal, what = 'Running SQL'): Promise<number> {
    return interruptible(this.#free(), signal, what, async () => {
      const result = await this.#connection.run(sql)
      return result.rowsChanged
    })
  }

  /**
   * Puts the rows of a SELECT into a new table, which lives as long as this connection, or instance; `table` is SQL. Gives
   * their count.
   */
  async createAs(
    table: string,
    select: string,
    signal?: AbortSignal,
    what?: string,
    otherwise?: ErrorCode,
  ): Promise<number> {
    const create = this.#beside ? 'CREATE TEMP TABLE' : 'CREATE TABLE'
    const [made] = await this.records(`${create} ${table} AS ${select}`, signal, what, otherwise)
    return Number(made!.Count)
  }

  /** A small result as objects; int64 and decimals as strings. For catalogues and metadata. */
  async records(
    sql: string,
    signal?: AbortSignal,
    what = 'Running SQL',
    otherwise?: ErrorCode,
  ): Promise<Record<string, unknown>[]> {
    const read = async () => (await this.#connection.runAndReadAll(sql)).getRowObjectsJson()
    return interruptible(this.#free(), signal, what, read, otherwise)
  }

  /** The connection. DuckDB cuts a stream short, without a word, when its connection runs something else. */
  #free(): DuckDBConnection {
    if (this.#streaming) throw new Error('A connection that streams runs nothing else')
    return this.#connection
  }

  /**
   * Streams the rows of a SELECT whose columns have, in order, the types that `duckdbType` gives for the schema's. Each
   * stream of an instance has a connection of its own, so that other statements can run meanwhile.
   */
  async *batches(
    sql: string,
    schema: Schema,
    signal?: AbortSignal,
    options: QueryOptions = {},
  ): AsyncGenerator<Batch> {
    const what = options.what ?? 'Running SQL'
    const connection = this.#beside ? this.#free() : await this.#connect()
    let fetching: Promise<unknown> = Promise.resolve()
    this.#streaming = this.#beside
    try {
      const { otherwise } = options
      const result = await interruptible(connection, signal, what, () => connection.stream(sql), otherwise)
      checkWidth(result.columnCount, schema, sql)
      const fetch = () => {
        const next = interruptible(
          connection,
          signal,
          what,
          () => nextChunk(connection, sql, result),
          otherwise,
        )
        fetching = next
        return next
      }
      yield* batched(fetch, schema, options.batchRows ?? MAX_BATCH_ROWS)
    } finally {
      // A reader that leaves early has a chunk on its way: a connection is closed only when nothing runs on it.
      connection.interrupt()
      await fetching.catch(() => undefined)
      this.#streaming = false
      if (!this.#beside) {
        if (this.#options.file !== undefined) await ended(connection)
        connection.closeSync()
      }
    }
  }

  /**
   * Creates a table and gives what appends to it, also while this connection streams or holds a transaction: beside an
   * instance, it is the table of a database of its own.
   */
  async table(table: string, schema: Schema): Promise<TableWriter> {
    if (!this.#beside) return TableWriter.create(this.#connection, { name: table }, schema)
    this.#own ??= await this.#instance.connect()
    // A transaction sees a database as it is when it first looks there: one for all tables would hide the later ones.
    const database = `headrace_${++databases}`
    await this.#own.run(`ATTACH ':memory:' AS ${database}`)
    const writer = await TableWriter.create(this.#own, { name: table, database }, schema)
    this.#databases.set(writer, database)
    return writer
  }

  /** Drops a table of `table`, which is closed. */
  async drop(writer: TableWriter): Promise<void> {
    const database = this.#databases.get(writer)
    this.#databases.delete(writer)
    if (database === undefined) await this.#free().run(`DROP TABLE ${writer.table}`)
    else await this.#own!.run(`DETACH ${database}`)
  }

  /** How many statements a text holds. Throws INVALID_SQL for what is none. */
  async statements(sql: string, what: string): Promise<number> {
    const connection = this.#free()
    return ofUser(what, async () => (await connection.extractStatements(sql)).count)
  }

  /** How many parameters a SELECT has. Throws INVALID_SQL where it names what is not there. */
  async parameters(select: string, what: string): Promise<number> {
    const connection = this.#free()
    return ofUser(what, async () => (await connection.prepare(select)).parameterCount)
  }

  /** Makes a JavaScript function callable from SQL. */
  define(fn: ScalarFunction): void {
    define(this.#connection, fn)
  }

  /** Frees the connection, with what is temporary in it, or the instance. Streams must have ended. */
  async close(): Promise<void> {
    if (this.#beside) return this.#leave()
    // What was read and not let go by the garbage collector keeps an instance alive, and its files open, but for this.
    if (this.#options.file !== undefined) {
      await this.#connection.run('USE memory.main')
      await this.#connection.run(`DETACH ${FILE_CATALOGUE}`)
    }
    this.#connection.closeSync()
    this.#instance.closeSync()
  }

  async #leave(): Promise<void> {
    await ended(this.#connection)
    this.#connection.closeSync()
    for (const database of this.#databases.values()) await this.#own!.run(`DETACH ${database}`)
    this.#own?.closeSync()
  }
}

/** Looks at SQL that a user wrote. */
async function ofUser<T>(what: string, look: () => Promise<T>): Promise<T> {
  try {
    return await look()
  } catch (cause) {
    throw asSqlError(cause, what)
  }
}

/** Ends the transaction of a connection, and with it a stream that nobody reads on, which would outlive the connection. */
async function ended(connection: DuckDBConnection): Promise<void> {
  // Where none has begun, DuckDB ends the stream before it says so.
  await connection.run('ROLLBACK').catch(() => undefined)
}

function checkWidth(columns: number, schema: Schema, sql: string): void {
  const expected = Object.keys(schema).length
  if (columns !== expected) throw new Error(`${columns} columns instead of ${expected}: ${text(sql)}`)
}

/**
 * A stream that fails ends as one does that has given all rows; only the kind of its result then tells. DuckDB's words are
 * lost, so the statement is run once more to hear them.
 */
async function nextChunk(
  connection: DuckDBConnection,
  sql: string,
  result: DuckDBResult,
): Promise<DuckDBDataChunk | null> {
  const chunk = await result.fetchChunk()
  if ((chunk !== null && chunk.rowCount > 0) || result.returnType !== ResultReturnType.INVALID) return chunk
  await connection.run(sql)
  throw new Error('The stream ended before its last row')
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
  otherwise?: ErrorCode,
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
    throw asHeadraceError(cause, what, otherwise)
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
