/** `shuffled(dataset, …)`: the same rows, arriving late and out of order. */
import { HeadraceError } from '../../errors.ts'
import { Dataset, type Relation } from '../../plan/builder/dataset.ts'
import { type Duration, durationMicros } from '../../plan/duration.ts'
import { checkOptions, checkWhole } from '../../plan/options.ts'
import type { Schema } from '../../schema/type.ts'
import { shuffledSource } from './source.ts'

/** How late rows arrive, and by which seed. */
export interface ShuffleOptions {
  /** Each row arrives this much later than it happened, at most. */
  readonly within: Duration
  /** The same seed gives the same order. Default 1. */
  readonly seed?: number
}

/**
 * A dataset read from a source that is sorted by its event time, in an order of arrival as a network might make it. With
 * `outOfOrderness` of at least `within` no row is late. Throws NEEDS_EVENT_TIME, or INVALID_ARGUMENT for a dataset that is
 * computed: shuffle what it is computed from.
 */
export function shuffled<S extends Schema, K extends string, T extends string>(
  dataset: Relation<S, 'append', K, T>,
  options: ShuffleOptions,
): Dataset<S, 'append', K, T> {
  checkOptions('shuffled', options, ['within', 'seed'])
  const { within, seed = 1 } = options
  checkWhole('shuffled: seed', seed, 0)
  const { node } = dataset
  if (node.kind !== 'source') {
    throw new HeadraceError(
      'INVALID_ARGUMENT',
      `shuffled: the dataset is a ${node.kind}, not a source. Shuffle the source that it reads.`,
    )
  }
  if (node.eventTime === undefined) {
    throw new HeadraceError(
      'NEEDS_EVENT_TIME',
      'shuffled: rows arrive some time after they happened, and the source has no event time. Declare eventTime on it.',
    )
  }
  const shuffle = { column: node.eventTime, within: durationMicros('shuffled: within', within, 0), seed }
  return new Dataset({ ...node, source: shuffledSource(node.source, shuffle) })
}
