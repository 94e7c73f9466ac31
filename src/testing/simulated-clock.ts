/** A clock that a test moves by hand. */
import { HeadraceError } from '../errors.ts'
import { checkOptions } from '../plan/options.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { breathe } from '../runtime/sleep.ts'

/** Turns of the event loop in which what was woken may go on, until it waits again. Files and databases may take longer. */
const TURNS = 20

/** A clock that stands still unless it is moved. */
export interface SimulatedClock extends Runtime {
  /**
   * Moves the clock on. Who waits by it wakes when its time has come, earliest first; each may go on, and wait again, before
   * the next one wakes.
   */
  advance(ms: number): Promise<void>
  /** Resolves once so many (default 1) wait by this clock: a run begun just now first has to come to its pause. */
  asleep(count?: number): Promise<void>
}

interface Sleeper {
  readonly due: number
  readonly wake: () => void
}

/** A clock that begins at `start` milliseconds (default 0). Give it to `runOnRows({ clock })`. */
export function simulatedClock(options: { readonly start?: number } = {}): SimulatedClock {
  checkOptions('simulatedClock', options, ['start'])
  const sleepers = new Set<Sleeper>()
  let watchers: { readonly count: number; readonly seen: () => void }[] = []
  let time = options.start ?? 0

  const sleep = async (ms: number, signal: AbortSignal): Promise<void> => {
    if (signal.aborted) return
    if (ms <= 0) return breathe()
    const { promise, resolve } = Promise.withResolvers<void>()
    const wake = (): void => resolve()
    const sleeper = { due: time + ms, wake }
    sleepers.add(sleeper)
    signal.addEventListener('abort', wake, { once: true })
    for (const { seen } of watchers.filter(({ count }) => sleepers.size >= count)) seen()
    watchers = watchers.filter(({ count }) => sleepers.size < count)
    await promise
    sleepers.delete(sleeper)
    signal.removeEventListener('abort', wake)
  }
  const advance = async (ms: number): Promise<void> => {
    if (!(ms >= 0)) {
      throw new HeadraceError(
        'INVALID_ARGUMENT',
        `advance: ${ms} ms. A clock only moves forward: give 0 or more.`,
      )
    }
    const end = time + ms
    await settle()
    for (let next = earliest(sleepers, end); next !== undefined; next = earliest(sleepers, end)) {
      time = Math.max(time, next.due)
      sleepers.delete(next)
      next.wake()
      await settle()
    }
    time = Math.max(time, end)
  }
  const asleep = (count = 1): Promise<void> => {
    if (sleepers.size >= count) return Promise.resolve()
    return new Promise(seen => {
      watchers.push({ count, seen })
    })
  }
  return { now: () => time, sleep, advance, asleep }
}

/** Of those due by a time the earliest; of several the one that began to wait first. */
function earliest(sleepers: ReadonlySet<Sleeper>, by: number): Sleeper | undefined {
  let found: Sleeper | undefined
  for (const sleeper of sleepers) {
    if (sleeper.due <= by && (found === undefined || sleeper.due < found.due)) found = sleeper
  }
  return found
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await breathe()
}
