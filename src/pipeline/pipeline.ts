/** Pipelines: a dataset, where it goes, and how fresh. Inert data, found by brand; `open` runs them. */
import { HeadraceError } from '../errors.ts'
import type { Relation } from '../plan/builder/dataset.ts'
import type { Problem } from '../plan/builder/expression-types.ts'
import { type Duration, durationMicros } from '../plan/duration.ts'
import { checkDataset, type Target, targetOf, type Write } from '../plan/endpoint.ts'
import type { Node } from '../plan/node.ts'
import { checkName, checkOptions } from '../plan/options.ts'
import type { Schema } from '../schema/type.ts'
import type { UpdateMode } from '../seam/sink.ts'
import { checkOnBadRecord, type OnBadRecord } from './bad-records.ts'
import { checkMode, type Mode } from './mode.ts'

const DEFINITION = Symbol.for('headrace.definition')

declare const rowsOf: unique symbol

/** A named definition: the rows of a dataset, which have the columns `S`, go to every target, in a mode. */
export interface Pipeline<out S extends Schema = Schema> {
  /** In types only: it lets a test see typed rows. */
  readonly [rowsOf]?: S
  readonly name: string
  readonly node: Node
  readonly to: readonly Target[]
  /** Absent: batch if every source is bounded, else stream; or what `freshness` asks for. */
  readonly mode?: Mode
  /** How old an answer may be; the runtime picks the mode. */
  readonly freshness?: Duration
  /** Absent: as the project says, or `dead-letter`. */
  readonly onBadRecord?: OnBadRecord
}

/** The target where the dataset fits, or what is wrong in words. */
type Fitting<X, M extends UpdateMode, K> =
  X extends Target<infer A, infer W>
    ? [M] extends [A]
      ? [W, K] extends ['upsert', never]
        ? Problem<'the target keeps one row per key, and the dataset has no key'>
        : X
      : Problem<`the dataset is ${M}, and the target takes ${A}${Remedy<A>}`>
    : Problem<"'to' takes an endpoint, such as files.csv('out.csv'), or a list of them">
type Remedy<A> = [A] extends ['append'] ? `: use write: 'replace' or a target that takes updates` : ''

type Fittings<X, M extends UpdateMode, K> = X extends readonly unknown[]
  ? { readonly [I in keyof X]: Fitting<X[I], M, K> }
  : Fitting<X, M, K>

/** Where the rows of a pipeline go, how fresh they are, and what becomes of bad records. */
export interface PipelineOptions<X, M extends Mode> {
  /** One target, or several that all get every row. */
  readonly to: X
  /** How large a step is: `batch()`, `microBatch('1 second')`, `stream()`. Default: batch if all sources end, else stream. */
  readonly mode?: M
  /** How old an answer may be, such as '5 minutes', in place of a mode. */
  readonly freshness?: [M] extends [never] ? Duration : Problem<'give mode or freshness, not both'>
  /**
   * What to do with records that cannot be processed: 'dead-letter' (default) keeps them in a file, 'skip' only counts them,
   * 'fail' ends the run at the first. `{ action, budget }` also says how many a run may have: a count (default 10,000), or a
   * share of the records read, such as '1%'.
   */
  readonly onBadRecord?: OnBadRecord
}

/** Defines a pipeline; nothing runs. Throws where a target cannot take the dataset. */
export function pipeline<
  S extends Schema,
  M extends UpdateMode,
  K extends string,
  T extends string,
  const X,
  Mo extends Mode = never,
>(name: string, dataset: Relation<S, M, K, T>, options: PipelineOptions<Fittings<X, M, K>, Mo>): Pipeline<S> {
  checkName('pipeline: the name', name)
  checkDataset(`pipeline '${name}'`, dataset)
  checkOptions(`pipeline '${name}'`, options, ['to', 'mode', 'freshness', 'onBadRecord'])
  const { mode, onBadRecord } = options
  const freshness = options.freshness as Duration | undefined
  if (mode !== undefined) checkMode(`pipeline '${name}'`, mode)
  if (onBadRecord !== undefined) checkOnBadRecord(`pipeline '${name}'`, onBadRecord)
  if (mode !== undefined && freshness !== undefined) {
    throw new HeadraceError('INVALID_ARGUMENT', `pipeline '${name}': give mode or freshness, not both.`)
  }
  if (freshness !== undefined) durationMicros(`pipeline '${name}': freshness`, freshness)
  const to = [options.to].flat() as unknown as readonly Target[]
  if (to.length === 0)
    throw new HeadraceError('INVALID_ARGUMENT', `pipeline '${name}': 'to' names no target.`)
  for (const target of to) checkTarget(name, dataset.node, target)
  return {
    ...{ [DEFINITION]: 'pipeline' },
    name,
    node: dataset.node,
    to,
    ...(mode === undefined ? {} : { mode }),
    ...(freshness === undefined ? {} : { freshness }),
    ...(onBadRecord === undefined ? {} : { onBadRecord }),
  }
}

function checkTarget(name: string, node: Node, target: Target): void {
  const found = targetOf(target)
  if (found === undefined) {
    throw new HeadraceError(
      'INVALID_ARGUMENT',
      `pipeline '${name}': 'to' must be an endpoint, such as files.parquet('out.parquet'), or a list of them.`,
    )
  }
  const { sink, write } = found
  const writing: Write | undefined = write
  if (!sink.accepts.includes(node.mode)) {
    throw new HeadraceError(
      'UPDATE_MODE',
      `pipeline '${name}': the dataset is ${node.mode}, and ${sink.name} takes ${sink.accepts.join(' or ')}. ` +
        `Use write: 'replace' in a bounded run, or a sink that takes updates.`,
    )
  }
  if (writing === 'upsert' && (node.key === undefined || node.key.length === 0)) {
    throw new HeadraceError(
      'NEEDS_KEY',
      `pipeline '${name}': ${sink.name} keeps one row per key, and the dataset has no key. Declare one on the source, or group.`,
    )
  }
}

/** Whether a value is a pipeline, of this or another copy of the package. */
export function isPipeline(value: unknown): value is Pipeline {
  return (
    typeof value === 'object' &&
    value !== null &&
    (value as Record<symbol, unknown>)[DEFINITION] === 'pipeline'
  )
}
