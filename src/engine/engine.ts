/** The seam of an engine. It lives here because it knows the plan. */
import type { ErrorCode, HeadraceError } from '../errors.ts'
import type { MapNode, Node, SourceNode } from '../plan/node.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { Batch } from '../schema/batch.ts'
import type { Row } from '../schema/row.ts'
import type { CopyTarget } from '../seam/sink.ts'
import type { RejectedRecord } from '../seam/source.ts'

/** How much input makes one step. `once`: everything. Otherwise a step ends at `maxRows`, or `maxMs` after it began. */
export type StepPolicy = 'once' | { readonly maxRows: number; readonly maxMs?: number }

/** One result of the plan and where its changes go. */
export interface Output {
  readonly node: Node
  /** Called with this step's changes, any number of times a step. The engine waits for it: this is the back-pressure. */
  write(step: number, batch: Batch): Promise<void>
  /** Only so many first rows are wanted, for a look: an engine may leave out the others, and what they would cost. */
  readonly limit?: number
  /** Present if the engine may write the whole result into a file by itself. */
  readonly copyTo?: CopyTarget
  /** Called with the count of rows of that file, in place of `write`. */
  copied?(rows: number): void
}

/** What could not be processed: a record that is no row, or a row that a function of the plan did not take. */
export type Rejection =
  | { readonly node: SourceNode; readonly record: RejectedRecord }
  | {
      readonly node: MapNode
      readonly row: Row
      /** +1, or −1 where the row was taken away. */
      readonly weight: number
      readonly code: ErrorCode
      /** Names the function. */
      readonly message: string
      /** What the function threw, if it did. */
      readonly cause?: unknown
    }

/**
 * Thrown by `run` of a job that is not careful: an engine's own reader came upon something that only the source's `read` can
 * judge. Nothing is wrong yet; the run begins again, carefully.
 */
export class Doubt extends Error {
  override readonly name = 'Doubt'
}

export interface Job {
  readonly outputs: readonly Output[]
  readonly steps: StepPolicy
  readonly runtime: Runtime
  /** True: every source is read by its `read`, where a scan might end in a Doubt. */
  readonly careful: boolean
  /**
   * Takes what cannot be processed, in the step in which it was met, and where the run stands with it; the engine leaves it
   * out and goes on. Rejects where the run must not go on.
   */
  reject(rejections: readonly Rejection[], progress: Progress): Promise<void>
  /** All changes of the step have been written; the engine goes on when this resolves. */
  stepped(step: number, progress: Progress): Promise<void>
}

/** Counted since the start of the run. */
export interface Progress {
  /** Records read from all sources: rows and rejected records. */
  readonly rowsRead: number
}

/** The fate of rows at one operator. A counter that does not apply is absent. */
export interface OperatorCounters {
  readonly rowsIn: number
  readonly rowsOut: number
  /** filter: rows for which the predicate was false or null. */
  readonly filtered?: number
  /** source: records that are no rows; map: rows that its function did not take. */
  readonly rejected?: number
  /** windowed aggregate: rows that came too late. */
  readonly late?: number
  /** windowed aggregate: rows without an event time. */
  readonly nullTimes?: number
}

export interface EngineReport {
  readonly steps: number
  readonly rowsRead: number
  /** Counters by node, since names belong to pipelines; an engine that cannot count an operator leaves it out. */
  readonly operators: ReadonlyMap<Node, OperatorCounters>
}

/**
 * Runs a plan. `refuses` answers before the first read what the engine cannot do with the same answer as the others;
 * `run` resolves when all sources have ended, or rejects with STOPPED after the step during which `signal` was aborted.
 */
export interface Engine {
  readonly name: 'reference' | 'duckdb' | 'incremental'
  refuses(outputs: readonly Node[], steps: StepPolicy): HeadraceError | undefined
  run(job: Job, signal: AbortSignal): Promise<EngineReport>
}
