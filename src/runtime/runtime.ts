/** The one door through which time, randomness and progress enter. Everything else is a function of its inputs. */

export interface Runtime {
  /** Milliseconds of a clock that only moves forward; its zero means nothing. */
  now(): number
}

/** The machine's own clock. */
export const systemRuntime: Runtime = { now: () => performance.now() }
