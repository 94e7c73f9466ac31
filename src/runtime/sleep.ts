/** Waiting. Timers enter here, so that what waits can be found. */
import { setTimeout as timer, setImmediate as turn } from 'node:timers/promises'

/**
 * Resolves after `ms` milliseconds, or at once when the signal is aborted: who waits looks at the signal afterwards. With
 * `ref` false the process may end meanwhile.
 */
export async function sleep(ms: number, signal: AbortSignal, ref = true): Promise<void> {
  if (signal.aborted) return
  await timer(ms, undefined, { signal, ref }).catch(() => undefined)
}

/** Lets what waits in the event loop have its turn: signals, timers, input and output. */
export async function breathe(): Promise<void> {
  await turn()
}
