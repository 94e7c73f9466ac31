/** Rows of partitions that have no open file yet: DuckDB keeps them, on disk when they are many, and gives them back sorted. */
import { Duckdb } from '../../../duckdb/duckdb.ts'
import type { TableWriter } from '../../../duckdb/table.ts'
import type { Batch } from '../../../schema/batch.ts'
import type { Int32Column } from '../../../schema/column.ts'
import { slice } from '../../../schema/take.ts'
import { type ColumnType, type Schema, t } from '../../../schema/type.ts'

const BESIDE = { threads: 1, memoryBytes: 512 * 2 ** 20 }

/** The column that stands before the rows' own: the number of the partition. */
const CODE = { code: t.int32() }

export class Waiting {
  readonly #db: Duckdb
  readonly #table: TableWriter
  readonly #schema: Schema
  /** Under names that are free. */
  readonly #stored: Readonly<Record<string, ColumnType>>

  private constructor(db: Duckdb, table: TableWriter, schema: Schema, stored: Record<string, ColumnType>) {
    this.#db = db
    this.#table = table
    this.#schema = schema
    this.#stored = stored
  }

  static async open(schema: Schema): Promise<Waiting> {
    const columns = Object.values(schema).map((type, place) => [`c${place}`, type] as const)
    const stored = { ...CODE, ...Object.fromEntries(columns) }
    const db = await Duckdb.open(BESIDE)
    return new Waiting(db, await db.table('waiting', stored), schema, stored)
  }

  /** `codes` are the partitions of the rows. */
  add(batch: Batch, codes: Int32Array): void {
    const code: Int32Column = { form: 'int32', values: codes }
    this.#table.append({ schema: this.#stored, length: batch.length, columns: [code, ...batch.columns] })
  }

  /** All rows, partition by partition, those of each in the order in which they were added. */
  async *partitions(): AsyncGenerator<{ readonly code: number; readonly batch: Batch }> {
    this.#table.close()
    const sql = `SELECT * FROM ${this.#table.table} ORDER BY code, rowid`
    for await (const { columns, length } of this.#db.batches(sql, this.#stored)) {
      const batch = { schema: this.#schema, length, columns: columns.slice(1) }
      const codes = (columns[0] as Int32Column).values
      for (let from = 0; from < length; ) {
        let to = from + 1
        while (to < length && codes[to] === codes[from]) to++
        yield { code: codes[from]!, batch: slice(batch, from, to) }
        from = to
      }
    }
  }

  close(): void {
    this.#db.close()
  }
}
