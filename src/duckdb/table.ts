/** Batches appended to a DuckDB table. */
import './binding.ts'
import { type DuckDBAppender, type DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api'
import duckdb from '@duckdb/node-bindings'
import type { Batch } from '../schema/batch.ts'
import type { ColumnType, Schema } from '../schema/type.ts'
import { name } from './sql.ts'
import { duckdbType, sqlType } from './types.ts'
import { writeVector } from './vector/write.ts'

/** The size of DuckDB's own blocks of rows. */
const CHUNK_ROWS = 2048

/** A table of the main schema of a database, absent = the one in which names are looked for. */
interface NewTable {
  readonly name: string
  readonly database?: string
}

/** Appends to one table through one reused chunk. */
export class TableWriter {
  readonly #types: readonly ColumnType[]
  readonly #appender: DuckDBAppender
  readonly #chunk: DuckDBDataChunk
  /** The table as SQL names it. */
  readonly table: string
  #rows = 0

  private constructor(table: string, types: readonly ColumnType[], appender: DuckDBAppender) {
    this.table = table
    this.#types = types
    this.#appender = appender
    this.#chunk = DuckDBDataChunk.create(types.map(duckdbType))
  }

  static async create(connection: DuckDBConnection, table: NewTable, schema: Schema): Promise<TableWriter> {
    const columns = Object.entries(schema).map(([column, type]) => `${name(column)} ${sqlType(type)}`)
    const path =
      table.database === undefined ? name(table.name) : `${table.database}.main.${name(table.name)}`
    await connection.run(`CREATE TABLE ${path} (${columns.join(', ')})`)
    const appender = await connection.createAppender(table.name, 'main', table.database)
    return new TableWriter(path, Object.values(schema), appender)
  }

  /** Rows appended so far. */
  get rows(): number {
    return this.#rows
  }

  /** Copies the rows of a batch; its weights are not looked at. */
  append(batch: Batch): void {
    for (let from = 0; from < batch.length; from += CHUNK_ROWS) {
      const to = Math.min(batch.length, from + CHUNK_ROWS)
      this.#chunk.reset()
      this.#chunk.rowCount = to - from
      for (let c = 0; c < this.#types.length; c++) {
        const vector = duckdb.data_chunk_get_vector(this.#chunk.chunk, c)
        writeVector(vector, this.#types[c]!, batch.columns[c]!, from, to)
      }
      this.#appender.appendDataChunk(this.#chunk)
    }
    this.#rows += batch.length
  }

  /** Makes all appended rows visible. */
  close(): void {
    this.#appender.closeSync()
  }
}
