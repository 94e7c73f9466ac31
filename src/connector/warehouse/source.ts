/** Tables and SELECTs of the warehouse as sources. */
import { judgedReads } from '../../duckdb/judged.ts'
import { HeadraceError } from '../../errors.ts'
import type { Schema } from '../../schema/type.ts'
import type { Site } from '../../seam/site.ts'
import type { Range, Read, Scan, Source } from '../../seam/source.ts'
import { BATCH_ROWS } from '../ranges.ts'
import { openWarehouse } from './open.ts'
import { type Origin, originText, type Relation, relationOf } from './relation.ts'
import { snapshotAt } from './snapshot.ts'

/**
 * One partition, whose positions count records in the order in which DuckDB gives them: that of insertion for a table, and
 * for a SELECT its own, so that only an ORDER BY makes it the same again.
 */
export class WarehouseSource implements Source {
  readonly name: string
  readonly repeatable: boolean
  readonly bounded = true
  readonly #origin: Origin
  readonly #schema: Schema
  readonly #site: Site | undefined

  constructor(origin: Origin, schema: Schema, site?: Site) {
    this.name = 'table' in origin ? `warehouse ${originText(origin)}` : originText(origin)
    this.repeatable = 'table' in origin
    this.#origin = origin
    this.#schema = schema
    this.#site = site
  }

  at(site: Site): Source {
    const source = new WarehouseSource(this.#origin, this.#schema, site)
    snapshotAt(site).add(source)
    return source
  }

  async partitions(): Promise<readonly string[]> {
    await this.#look()
    return [originText(this.#origin)]
  }

  async scan(): Promise<Scan> {
    snapshotAt(this.#placed()).leave(this)
    const { db } = await openWarehouse(this.#placed(), { create: false })
    return { format: 'duckdb', database: db, ...(await this.#look()) }
  }

  async *read(_: string, range: Range, signal: AbortSignal): AsyncGenerator<Read> {
    const db = await snapshotAt(this.#placed()).connection(this)
    try {
      const relation = await relationOf(db, this.#origin, this.#schema, signal)
      const rest = range.from === 0 ? relation.from : `(SELECT * FROM ${relation.from} OFFSET ${range.from})`
      yield* judgedReads(db, { ...relation, from: rest }, this.#schema, range, signal, BATCH_ROWS)
    } catch (error) {
      // An abort interrupts DuckDB; for the reader it is the end.
      if (!signal.aborted) throw error
    } finally {
      await db.close()
    }
  }

  async #look(): Promise<Relation> {
    const { db } = await openWarehouse(this.#placed(), { create: false })
    const connection = await db.connect()
    try {
      return await relationOf(connection, this.#origin, this.#schema)
    } finally {
      await connection.close()
    }
  }

  #placed(): Site {
    if (this.#site !== undefined) return this.#site
    throw new HeadraceError(
      'REFUSED',
      `${this.name} is read in a session, which knows where its warehouse is. Use open().`,
    )
  }
}
