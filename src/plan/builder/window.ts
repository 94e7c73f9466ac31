/** Windows: half-open spans of event time, aligned to 1970-01-01 in UTC. */
import { HeadraceError } from '../../errors.ts'
import { type Duration, durationMicros } from '../duration.ts'
import type { WindowRule } from '../node.ts'
import { checkOneOf, checkOptions } from '../options.ts'

/** A rule that says to which windows a row belongs. */
export interface Window {
  readonly kind: 'tumbling' | 'hopping'
  /** Microseconds. */
  readonly size: number
  /** Microseconds; equal to `size` for tumbling windows. */
  readonly slide: number
}

/** Windows of one size, one after the other: each row is in exactly one. */
export function tumbling(size: Duration): Window {
  const micros = durationMicros('tumbling', size)
  return { kind: 'tumbling', size: micros, slide: micros }
}

/** Windows of one size that begin every `slide`, which divides the size: each row is in size ÷ slide of them. */
export function hopping(size: Duration, options: { readonly slide: Duration }): Window {
  checkOptions('hopping', options, ['slide'])
  const micros = durationMicros('hopping: size', size)
  const slide = durationMicros('hopping: slide', options.slide)
  if (micros % slide !== 0) {
    throw new HeadraceError(
      'INVALID_ARGUMENT',
      `hopping: '${options.slide}' does not divide '${size}', so windows would not line up.`,
    )
  }
  return { kind: 'hopping', size: micros, slide }
}

export type Emit = WindowRule['emit']

/** How long windows wait for late rows, and when they tell their results. */
export interface WindowOptions<L extends Duration, E extends Emit> {
  /** How long after its end a window still takes rows, and corrects its result. Default: not at all. */
  readonly allowedLateness?: L
  /** 'on-close' (default): a result when the watermark passes the end. 'per-step': each step what it changed. */
  readonly emit?: E
}

/** The rule of the plan. Throws for options that are not. */
export function windowRule(window: Window, options: WindowOptions<Duration, Emit>): WindowRule {
  if (window?.kind !== 'tumbling' && window?.kind !== 'hopping') {
    throw new HeadraceError(
      'INVALID_ARGUMENT',
      "window: the rule must be tumbling('1 minute') or hopping(…).",
    )
  }
  checkOptions('window', options, ['allowedLateness', 'emit'])
  const { allowedLateness = '0 seconds', emit = 'on-close' } = options
  checkOneOf('window: emit', emit, ['on-close', 'per-step'])
  const { size, slide } = window
  return { size, slide, allowedLateness: durationMicros('allowedLateness', allowedLateness, 0), emit }
}
