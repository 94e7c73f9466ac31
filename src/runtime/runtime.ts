/** The one door through which time, randomness and progress enter. Everything else is a function of its inputs. */
import { sleep } from './sleep.ts'

/** A clock, and waiting by it: a test moves its own by hand. */
export interface Runtime {
  /** Milliseconds of a clock that only moves forward; its zero means nothing. */
  now(): number
  /** Resolves after `ms` milliseconds of that clock, or at once when the signal is aborted. Never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

/** The machine's own clock. */
export const systemRuntime: Runtime = { now: () => performance.now(), sleep }
