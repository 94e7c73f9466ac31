/** The seam where data comes in. */
import type { ErrorCode } from '../errors.ts'
import type { Batch } from '../schema/batch.ts'
import type { Cell } from '../schema/cell.ts'
import type { Site } from './site.ts'

/** Where in a partition a reader stands. Survives JSON; 0 is the beginning. Its unit is the source's own (rows, bytes, offsets). */
export type Position = number

/** A record that could not be made a row, and where it lies. */
export interface RejectedRecord {
  /** What the source calls the place, such as the path of a file. */
  readonly place: string
  readonly position: Position
  /** Where the record begins: its line, from 1, and its byte, from 0. Absent where the place has none. */
  readonly line?: number
  readonly byte?: number
  /** The record as it was found; what has no bytes of its own, such as a row of Parquet, as JSON. */
  readonly bytes: Uint8Array
  /** The length of the whole record, where `bytes` are only the beginning of a long one. */
  readonly length?: number
  readonly code: ErrorCode
  /** Names the record, its place, the column, what was expected and what was found. */
  readonly message: string
}

/** What one read gives: rows, and where to resume after them. */
export interface Read {
  readonly batch: Batch
  /** The bad records among the rows, by position. They count in positions as the rows do. Absent = none. */
  readonly rejected?: readonly RejectedRecord[]
  readonly position: Position
  /** No row with an earlier event time (µs) will follow in this partition. Sources that know better than the plan say so. */
  readonly watermark?: bigint
}

/** A part of a partition: from (inclusive) to (exclusive, absent = the end). */
export interface Range {
  readonly from: Position
  readonly to?: Position
}

/** A file that an engine may read by itself. */
export interface ScannedFile {
  /** Absolute. */
  readonly path: string
  /** The columns that are not in the file because all its rows have the same value there, as in Hive partitions. */
  readonly constants?: Readonly<Record<string, Cell>>
}

/** How the fields of a CSV file are written; everything else is as the schema and the codec say. */
export interface CsvDialect {
  readonly delimiter: string
  readonly header: boolean
}

/** The same data described as plain data, for an engine that can read it by itself. */
export type Scan = ParquetScan | CsvScan | DatabaseScan

interface FileScan {
  /** In reading order. */
  readonly files: readonly ScannedFile[]
  /** To be asked when all has been read. Throws READ_FAILED if the files are no longer those that were listed. */
  check?(): Promise<void>
}

export interface ParquetScan extends FileScan {
  readonly format: 'parquet'
}

export interface CsvScan extends FileScan {
  readonly format: 'csv'
  readonly dialect: CsvDialect
}

/** A relation of a database that is open in this process, in the words of its SQL. */
export interface DatabaseScan {
  readonly format: 'duckdb'
  readonly database: object
  /** What stands behind FROM. */
  readonly from: string
  /** The columns of the schema, in its order, over `from`. What they give for a row at fault is not looked at. */
  readonly columns: readonly string[]
  /** Null for a row, `CODE:message` for a record that is none. Absent = there are only rows. */
  readonly fault?: string
  /** A record as JSON text. */
  readonly record: string
  /** What the source calls the place of its records. */
  readonly place: string
  /** True: it is stored, so that reading it twice costs less than keeping a copy. */
  readonly stored: boolean
}

/** How to leave whole partitions of a source unread. */
export interface Pruning {
  /** Columns whose value is the same in all rows of a partition. */
  readonly columns: readonly string[]
  /** The source without the partitions for which `holds` is false. */
  where(holds: (values: Readonly<Record<string, Cell>>) => boolean): Source
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
  /**
   * Present if an engine may read by itself what `read` would give; undefined where not what is there now. Which records are
   * bad is for `read` to say: an engine that meets one while scanning, or may have met one, gives up the scan and reads.
   */
  scan?(): Promise<Scan | undefined>
  readonly pruning?: Pruning
  /** The same source in its place, where the definition alone does not say it. Called once a run, before all else. */
  at?(site: Site): Source
  /** True: `at` leaves out what lies outside the site's interval. */
  readonly dated?: boolean
}
