/** One state of the warehouse for all that a run reads from it. */

import type { DatabaseFile } from '../../duckdb/database-file.ts'
import type { Duckdb } from '../../duckdb/duckdb.ts'
import type { Site } from '../../seam/site.ts'
import type { Source } from '../../seam/source.ts'
import { openWarehouse } from './open.ts'

const snapshots = new WeakMap<Site, Snapshot>()

/** The snapshot of the run at a site. */
export function snapshotAt(site: Site): Snapshot {
  let snapshot = snapshots.get(site)
  if (snapshot === undefined) {
    snapshot = new Snapshot(site)
    snapshots.set(site, snapshot)
  }
  return snapshot
}

/**
 * Sources read at the same time, each on a connection of its own. Their transactions begin together, while nobody changes
 * the warehouse, when the first of them is asked for; a source that reads again gets a later state.
 */
export class Snapshot {
  readonly #site: Site
  readonly #sources = new Set<Source>()
  readonly #begun = new Map<Source, Promise<Duckdb>>()

  constructor(site: Site) {
    this.#site = site
  }

  /** Says that a source of the run will read. */
  add(source: Source): void {
    this.#sources.add(source)
  }

  /** Says that an engine reads a source by itself: a connection that nobody asks for would never be closed. */
  leave(source: Source): void {
    this.#sources.delete(source)
  }

  /** A connection for one read, which closes it. */
  async connection(source: Source): Promise<Duckdb> {
    this.#sources.add(source)
    if (!this.#begun.has(source)) this.#begin()
    const connection = this.#begun.get(source)!
    this.#begun.delete(source)
    return connection
  }

  #begin(): void {
    const waiting = [...this.#sources].filter(source => !this.#begun.has(source))
    const all = openWarehouse(this.#site, { create: false }).then(file =>
      file.exclusive(() => Promise.all(waiting.map(() => begun(file)))),
    )
    waiting.forEach((source, i) => {
      const one = all.then(connections => connections[i]!)
      // Whoever asks for it hears of the failure.
      one.catch(() => undefined)
      this.#begun.set(source, one)
    })
  }
}

/** A connection whose transaction sees the tables as they are now: it begins with the first look at them. */
async function begun({ db }: DatabaseFile): Promise<Duckdb> {
  const connection = await db.connect()
  await connection.run('BEGIN TRANSACTION READ ONLY')
  await connection.records('SELECT count(*) FROM duckdb_tables()')
  return connection
}
