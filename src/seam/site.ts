/** What a run tells the places that it reads and writes. */
import type { Runtime } from '../runtime/runtime.ts'

/** The slice of time that a run must (re)produce, in µs: from (inclusive) to (exclusive). */
export interface Interval {
  readonly from: bigint
  readonly to: bigint
}

/** Where a definition runs. */
export interface Site {
  /** The project's folder, absolute: relative paths begin here. */
  readonly dir: string
  /** The warehouse's file, absolute. */
  readonly warehouse: string
  /** The clock by which places wait. */
  readonly runtime: Runtime
  /** Absent: everything. */
  readonly interval?: Interval
  /** What a session has one of: made on first use, handed to all who ask by this name, and closed with the session. */
  shared<T extends AsyncDisposable>(name: string, make: () => Promise<T>): Promise<T>
}
