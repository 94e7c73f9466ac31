/** The seam where results go. */
import type { Batch } from '../schema/batch.ts'
import type { Schema } from '../schema/type.ts'
import type { Site } from './site.ts'

/** The unit of commit; 1, 2, 3… within a run. */
export type Epoch = number

/** How a relation changes: rows only added; one current row a key; rows added and taken away. */
export type UpdateMode = 'append' | 'upsert' | 'changelog'

/** What the runtime tells a sink about the rows to come. */
export interface SinkInput {
  readonly schema: Schema
  readonly mode: UpdateMode
  /** The columns that identify a row; present where `mode` is `upsert`, and may be where it is not. */
  readonly key?: readonly string[]
  /** The column that says when a row happened, and what to add to it, in µs: −1 for the end of a window. */
  readonly eventTime?: { readonly column: string; readonly offset: 0 | -1 }
  /** False where a source of the run has no end, so that `close(true)` will never come. Absent = it will. */
  readonly bounded?: boolean
}

/** What an engine may fill by itself in place of `write`; its one epoch is committed all the same. */
export type CopyTarget =
  /** An absolute path that the engine creates; `close(true)` publishes it. */
  | {
      readonly format: 'parquet'
      readonly file: string
      /** zstd by default. */
      readonly compression?: 'none' | 'gzip' | 'zstd' | 'snappy'
      /** Rows in their order as wholes, so that the same relation gives the same bytes; else as they come. */
      readonly sorted?: boolean
    }
  /** A table of a database that is open in this process, which the engine creates; `close(true)` publishes it. */
  | { readonly format: 'duckdb'; readonly database: object; readonly table: string }

/**
 * One open place to write. Calls come one at a time: any number of `write` for an epoch, then `commit` of it, epochs
 * counting up by one from `committed() + 1`; at last `close`, which also follows an error.
 *
 * Sinks are of two kinds. One that *keeps epochs* (a table, a topic) shows each to its readers when it is committed, as
 * durably as the place can. One that *publishes whole* (a file that is replaced) shows nothing before `close(true)`: its
 * `commit` only says that the epoch is complete, and what did not reach `close(true)` is lost and written again from epoch 1.
 */
export interface SinkWriter {
  /** The last epoch committed. Of a writer just opened: the one that the place remembers, to go on after it; 0 = none. */
  committed(): Promise<Epoch>
  /** Accepted, but not there for readers before `commit`. After a crash the same epoch is written again, whole. */
  write(epoch: Epoch, batch: Batch): Promise<void>
  /** The epoch is complete; a sink that keeps epochs resolves once it is there for good. Refused unless it is the next one. */
  commit(epoch: Epoch): Promise<void>
  /**
   * Frees handles; what was written and not committed is dropped. `ended` tells that the run is complete: a sink that
   * publishes whole does so now. Without it, it leaves what was there before.
   */
  close(ended: boolean): Promise<void>
  /** Present if the engine may write the whole result of a run of one epoch into this file instead. */
  copyTo?(): CopyTarget
}

/** A place results go. */
export interface Sink {
  readonly name: string
  /** What writing the same epoch twice does. */
  readonly onReplay: 'transactional' | 'idempotent' | 'duplicates'
  /** The update modes it can hold. */
  readonly accepts: readonly UpdateMode[]
  open(partition: number, input: SinkInput): Promise<SinkWriter>
  /** The same sink in its place, where the definition alone does not say it. Called once a run, before all else. */
  at?(site: Site): Sink
}
