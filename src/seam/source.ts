/** The seam where data comes in. */
import type { Batch } from '../schema/batch.ts'

/** Where in a partition a reader stands. Survives JSON; 0 is the beginning. Its unit is the source's own (rows, bytes, offsets). */
export type Position = number

/** What one read gives: rows, and where to resume after them. */
export interface Read {
  readonly batch: Batch
  readonly position: Position
  /** No row with an earlier event time (µs) will follow in this partition. Sources that know better than the plan say so. */
  readonly watermark?: bigint
}

/** A part of a partition: from (inclusive) to (exclusive, absent = the end). */
export interface Range {
  readonly from: Position
  readonly to?: Position
}

/** The same data described as plain data, for an engine that can read it by itself. */
export interface Scan {
  readonly format: 'parquet'
  /** Absolute paths, in reading order. */
  readonly files: readonly string[]
}

/**
 * A place data comes from.
 *
 * The engine calls `partitions` once, then `read` for each; partitions are disjoint and together complete.
 * `read` yields what lies in the range, in order, cutting inside a batch where `to` falls; returning means: no more, ever.
 * A stop can come at any yield: clean up in `finally`. Aborting `signal` ends the read within a second.
 */
export interface Source {
  readonly name: string
  /** True: the same range gives the same rows again. */
  readonly repeatable: boolean
  /** True: ends by itself (a file). False: may always have more (a topic). */
  readonly bounded: boolean
  partitions(): Promise<readonly string[]>
  read(partition: string, range: Range, signal: AbortSignal): AsyncIterable<Read>
  /** Everything before `position` is durable downstream; the source may forget it. */
  release?(partition: string, position: Position): Promise<void>
  /** Present if an engine may read by itself what `read` would give. */
  scan?(): Promise<Scan>
}
