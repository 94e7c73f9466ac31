/** Modes: how large a step is. Inert data; running decides what it means. */
import { HeadraceError } from '../errors.ts'
import { type Duration, durationMicros } from '../plan/duration.ts'
import { checkOptions } from '../plan/options.ts'

/** One step over everything, by the duckdb engine; with a schedule, at its ticks. */
export interface BatchMode {
  readonly kind: 'batch'
  /** A cron expression, in UTC. */
  readonly schedule?: string
}
/** A step on a timer, by the incremental engine. */
export interface MicroBatchMode {
  readonly kind: 'micro-batch'
  readonly every: Duration
}
/** A step as data arrives, by the incremental engine. */
export interface StreamMode {
  readonly kind: 'stream'
}
/** How large a step is: made by `batch()`, `microBatch(…)`, `stream()`. */
export type Mode = BatchMode | MicroBatchMode | StreamMode

/** Throws INVALID_ARGUMENT for what is no mode, such as its name or the function that makes it. */
export function checkMode(what: string, mode: unknown): void {
  const kinds: readonly unknown[] = ['batch', 'micro-batch', 'stream'] satisfies Mode['kind'][]
  if (typeof mode === 'object' && mode !== null && kinds.includes((mode as { kind?: unknown }).kind)) return
  const found = typeof mode === 'function' ? `the function ${mode.name}` : JSON.stringify(mode)
  throw new HeadraceError(
    'INVALID_ARGUMENT',
    `${what}: the mode is ${found}. Write batch(), microBatch('1 second') or stream().`,
  )
}

/** Everything in one step. */
export function batch(options: { readonly schedule?: string } = {}): BatchMode {
  checkOptions('batch', options, ['schedule'])
  return { kind: 'batch', ...options }
}

/** A step every `every`: `microBatch('1 second')`. */
export function microBatch(every: Duration): MicroBatchMode {
  durationMicros('microBatch', every)
  return { kind: 'micro-batch', every }
}

/** A step as soon as data is there. */
export function stream(): StreamMode {
  return { kind: 'stream' }
}
