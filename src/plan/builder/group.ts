/** Between `window`, `groupBy` and `agg`: what is to be aggregated, and how. */
import { HeadraceError } from '../../errors.ts'
import type { Instant } from '../../schema/instant.ts'
import type { ColumnType, Schema } from '../../schema/type.ts'
import type { UpdateMode } from '../../seam/sink.ts'
import type { AggregateNode, Node, WindowRule } from '../node.ts'
import { Agg, type AggSchema, type AggSpec } from './aggregate.ts'
import type { Dataset, WindowedResult } from './dataset.ts'
import type { Flat, Names } from './expression-types.ts'
import { aggregateNode, keyColumn } from './nodes.ts'

/** The aggregate node of `agg`'s argument. Throws where an aggregate does not fit its input. */
export function aggregateOf(
  input: Node,
  keys: readonly string[],
  window: WindowRule | undefined,
  specs: Readonly<Record<string, unknown>>,
): AggregateNode {
  if (typeof specs !== 'object' || specs === null) {
    throw new HeadraceError(
      'INVALID_ARGUMENT',
      "agg takes an object: agg({ total: sum('price'), n: count() }).",
    )
  }
  const lowered = Object.entries(specs).map(([name, spec]) => Agg.lower(input.schema, name, spec))
  return aggregateNode(input, keys, window, lowered)
}

/** Rows that are grouped by keys. */
export class Grouped<S extends Schema, G extends string> {
  readonly #aggregate: (specs: Readonly<Record<string, unknown>>) => unknown

  /** @internal `groupBy` makes these. */
  constructor(aggregate: (specs: Readonly<Record<string, unknown>>) => unknown) {
    this.#aggregate = aggregate
  }

  /** One row a group: exactly the keys and these aggregates. */
  agg<const A extends Readonly<Record<string, AggSpec<S>>>>(
    aggregates: A,
  ): Dataset<Flat<Pick<S, G> & AggSchema<S, A>>, 'upsert', G, never> {
    return this.#aggregate(aggregates) as never
  }
}

/** The columns of a window's bounds. */
interface Bounds {
  readonly window_start: ColumnType<'timestamp', Instant>
  readonly window_end: ColumnType<'timestamp', Instant>
}
type BoundName = 'window_start' | 'window_end'

/** Rows in windows and, if keys were named, groups. `R` is the update mode of the result. */
export class Windowed<S extends Schema, R extends UpdateMode, G extends string, L> {
  readonly #aggregate: (keys: readonly string[], specs: Readonly<Record<string, unknown>>) => unknown
  readonly #schema: Schema
  readonly #keys: readonly string[]

  /** @internal `window` makes these. */
  constructor(
    schema: Schema,
    keys: readonly string[],
    aggregate: (keys: readonly string[], specs: Readonly<Record<string, unknown>>) => unknown,
  ) {
    for (const name of keys) keyColumn('groupBy', schema, name)
    this.#schema = schema
    this.#keys = keys
    this.#aggregate = aggregate
  }

  /** Groups the rows of each window by columns. */
  groupBy<const K extends readonly Names<S>['keys'][]>(...keys: K): Windowed<S, R, K[number], L> {
    return new Windowed(this.#schema, keys, this.#aggregate)
  }

  /** One row a window and group: exactly the keys, `window_start`, `window_end`, and these aggregates. */
  agg<const A extends Readonly<Record<string, AggSpec<S>>>>(
    aggregates: A,
  ): WindowedResult<Flat<Pick<S, G> & Bounds & AggSchema<S, A>>, R, G | BoundName, 'window_end', L> {
    return this.#aggregate(this.#keys, aggregates) as never
  }
}
