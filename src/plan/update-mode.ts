/**
 * How each operator changes its relation: the update mode, the key, and whether the event time survives. The types
 * say the same to the compiler, so that a mistake is found before a run; the functions decide.
 */
import type { UpdateMode } from '../seam/sink.ts'
import { eventTimeOffset } from './event-time.ts'
import type { JoinHow, Node, Projection, WindowRule } from './node.ts'

/** The part of a node that this file decides. */
export interface Identity {
  readonly mode: UpdateMode
  readonly key?: readonly string[]
  readonly eventTime?: string
}

function identity(mode: UpdateMode, key?: readonly string[], eventTime?: string): Identity {
  return {
    mode,
    ...(key === undefined ? {} : { key }),
    ...(eventTime === undefined ? {} : { eventTime }),
  }
}

/** filter, and sort without limit: nothing changes. */
export function kept(input: Node): Identity {
  return identity(input.mode, input.key, input.eventTime)
}

/** A top-N takes rows away again when better ones come. */
export function limited(input: Node): Identity {
  return identity('changelog', undefined, input.eventTime)
}

/** Columns may be renamed on the way; a key survives only whole, and an upsert relation without its key is a changelog. */
export function projected(input: Node, columns: readonly Projection[]): Identity {
  const renamed = (name: string): string | undefined =>
    columns.find(({ expression }) => expression.kind === 'column' && expression.name === name)?.name
  const key = input.key?.map(renamed)
  const whole = key?.every(name => name !== undefined) ? (key as string[]) : undefined
  const time = input.eventTime === undefined ? undefined : renamed(input.eventTime)
  return identity(input.mode === 'upsert' && whole === undefined ? 'changelog' : input.mode, whole, time)
}
/** The mode of a projection that kept the key columns `K` or, with `never`, lost them. */
export type Projected<M extends UpdateMode, K> = M extends 'upsert'
  ? [K] extends [never]
    ? 'changelog'
    : 'upsert'
  : M

/**
 * The rows of all: two of them may share a key. The event time survives if it is the same column in all, and is read alike:
 * the `window_end` of a windowed result is not a `window_end` that came with the data.
 */
export function united(inputs: readonly Node[]): Identity {
  const append = inputs.every(input => input.mode === 'append')
  const time = inputs[0]!.eventTime
  const offset = eventTimeOffset(inputs[0]!)
  const timed = inputs.every(input => input.eventTime === time && eventTimeOffset(input) === offset)
  return identity(append ? 'append' : 'changelog', undefined, timed ? time : undefined)
}
export type United<A extends UpdateMode, B extends UpdateMode> = [A | B] extends ['append']
  ? 'append'
  : 'changelog'

/** A row identifies itself; over input that takes rows away, so does this. */
export function distinctOf(input: Node): Identity {
  return identity(
    input.mode === 'append' ? 'append' : 'changelog',
    Object.keys(input.schema),
    input.eventTime,
  )
}
export type DistinctMode<M extends UpdateMode> = [M] extends ['append'] ? 'append' : 'changelog'

/** Rows that came too late: of input that takes rows away, the taking away can be what is late. */
export function lateOf(input: Node): Identity {
  return identity(input.mode === 'append' ? 'append' : 'changelog', undefined, input.eventTime)
}

/** A result is final, and so append, only if windows close once, over rows that stay. */
export function aggregated(input: Node, keys: readonly string[], window: WindowRule | undefined): Identity {
  if (window === undefined) return identity('upsert', keys)
  const final = window.emit === 'on-close' && window.allowedLateness === 0 && input.mode === 'append'
  return identity(final ? 'append' : 'upsert', [...keys, 'window_start', 'window_end'], 'window_end')
}
/** The mode of a windowed aggregate; `L` is the lateness as written, `never` without. */
export type Aggregated<M extends UpdateMode, L, E> = [M, L, E] extends ['append', `0 ${string}`, 'on-close']
  ? 'append'
  : 'upsert'

/** Matches only add up; what has no match yet may have one later, so outer rows and anti rows are taken back. */
export function joined(left: Node, right: Node, how: JoinHow): Identity {
  const additive = how === 'inner' || how === 'semi'
  const mode = additive && left.mode === 'append' && right.mode === 'append' ? 'append' : 'changelog'
  const ofLeft = how !== 'right' && how !== 'full'
  const key = how === 'semi' || how === 'anti' ? left.key : undefined
  return identity(mode, key, ofLeft ? left.eventTime : undefined)
}
export type Joined<A extends UpdateMode, B extends UpdateMode, H extends JoinHow> = [A | B, H] extends [
  'append',
  'inner' | 'semi',
]
  ? 'append'
  : 'changelog'

/** An opaque function gives rows of which nothing is known but their schema. */
export function mapped(input: Node, eventTime: string | undefined): Identity {
  return identity(input.mode === 'append' ? 'append' : 'changelog', undefined, eventTime)
}
