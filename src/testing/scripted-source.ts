/** `scriptedSource`: a source that does what a script says, fault for fault. */

import type { WrittenRow } from '../connector/memory/endpoint.ts'
import { type ErrorCode, HeadraceError } from '../errors.ts'
import { type Moment, microsOf } from '../pipeline/interval.ts'
import type { Dataset, Relation } from '../plan/builder/dataset.ts'
import type { KeyName } from '../plan/builder/expression-types.ts'
import { checkSchema, type ReadOptions, readFrom, type TimeName } from '../plan/endpoint.ts'
import { checkOptions } from '../plan/options.ts'
import { type Runtime, systemRuntime } from '../runtime/runtime.ts'
import type { Batch } from '../schema/batch.ts'
import { batchOfRows } from '../schema/row.ts'
import { slice } from '../schema/take.ts'
import type { RowOf, Schema } from '../schema/type.ts'
import type { Position, Range, Read, RejectedRecord, Source } from '../seam/source.ts'
import { aborted, type Gate } from './gate.ts'

/** One thing that a scripted source does. */
export type SourceStep<S extends Schema = Schema> =
  /** These rows come, in one batch. */
  | { readonly rows: readonly WrittenRow<S>[] }
  /** The source says that no row with an earlier event time will follow. */
  | { readonly watermark: Moment }
  /** Nothing comes for so many milliseconds of the run's clock, until the gate is open, or ever again. */
  | { readonly pause: number | Gate | 'until stopped' }
  /** A record comes that is no row. */
  | { readonly bad: string | Uint8Array; readonly code?: ErrorCode; readonly message?: string }
  /** The read fails; a text makes a READ_FAILED. */
  | { readonly fail: string | Error }

/** The steps of a source of one partition, or of each partition by its name. A partition ends after its last step. */
export type SourceScript<S extends Schema = Schema> =
  | readonly SourceStep<S>[]
  | { readonly [partition: string]: readonly SourceStep<S>[] }

/** What is declared of a scripted source, beside its schema and script. */
export interface ScriptedSourceOptions<K extends string, T extends string>
  extends Omit<ReadOptions<Schema, K, T>, 'schema'> {
  /** What errors and counters call it. Default 'scripted'. */
  readonly name?: string
  /**
   * False: engines take it for a source that may always have more, such as a topic, whose rows they read as they come.
   * Default: true unless a step pauses.
   */
  readonly bounded?: boolean
}

/**
 * A dataset read from a source that plays a script, from its beginning in each run. Its columns are those of a schema or of
 * another dataset. Positions count records: rows and bad ones. Throws the codes of bad values, naming the row, where it is
 * defined.
 */
export function scriptedSource<
  const S extends Schema,
  const K extends KeyName<S> = never,
  const T extends TimeName<S> = never,
>(
  columns: S | Relation<S>,
  script: SourceScript<NoInfer<S>>,
  options: ScriptedSourceOptions<K, T> = {},
): Dataset<S, 'append', K, T> {
  checkOptions('scriptedSource', options, ['name', 'bounded', 'key', 'eventTime'])
  const { name = 'scripted', bounded, ...read } = options
  const schema = isRelation(columns) ? (columns.node.schema as S) : columns
  checkSchema('scriptedSource', schema)
  if (typeof script !== 'object' || script === null) {
    throw new HeadraceError(
      'INVALID_ARGUMENT',
      `scriptedSource: the script is ${String(script)}. Write a list of steps, or one for each partition.`,
    )
  }
  const lists = Object.entries(Array.isArray(script) ? { '0': script } : script) as [string, SourceStep[]][]
  const scenes = new Map(
    lists.map(([partition, steps]) => [partition, steps.map(step => sceneOf(name, schema, step))]),
  )
  const pauses = [...scenes.values()].flat().some(({ pause }) => pause !== undefined)
  const source = sourceOf({ name, bounded: bounded ?? !pauses, empty: batchOfRows(schema, []), scenes })
  return readFrom(source, { schema, ...read })
}

/** A schema may have a column 'node', which has no schema. */
const isRelation = <S extends Schema>(columns: S | Relation<S>): columns is Relation<S> =>
  typeof columns === 'object' && columns !== null && 'node' in columns && 'schema' in columns.node

/** A step, with what it says as the seam has it. */
interface Scene {
  readonly batch?: Batch
  readonly watermark?: bigint
  readonly pause?: number | Gate | 'until stopped'
  readonly bad?: Pick<RejectedRecord, 'bytes' | 'code' | 'message'>
  readonly error?: Error
}

function sceneOf(name: string, schema: Schema, step: SourceStep): Scene {
  if ('rows' in step) return { batch: batchOfRows(schema, step.rows as readonly RowOf<Schema>[]) }
  if ('watermark' in step) return { watermark: microsOf('scriptedSource: watermark', step.watermark) }
  if ('pause' in step) return { pause: step.pause }
  if ('bad' in step) {
    const { bad, code = 'BAD_RECORD', message = `${name}: the script says that this record is bad.` } = step
    return { bad: { bytes: typeof bad === 'string' ? Buffer.from(bad) : bad, code, message } }
  }
  if ('fail' in step) {
    const { fail } = step
    return { error: typeof fail === 'string' ? new HeadraceError('READ_FAILED', fail) : fail }
  }
  throw new HeadraceError(
    'INVALID_ARGUMENT',
    `scriptedSource: a step is ${JSON.stringify(step)}. It has one of rows, watermark, pause, bad, fail.`,
  )
}

interface Play {
  readonly name: string
  readonly bounded: boolean
  readonly empty: Batch
  readonly scenes: ReadonlyMap<string, readonly Scene[]>
}

function sourceOf(play: Play, runtime: Runtime = systemRuntime): Source {
  return {
    name: play.name,
    repeatable: true,
    bounded: play.bounded,
    partitions: async () => [...play.scenes.keys()],
    read: (partition, range, signal) => reads(play, partition, range, runtime, signal),
    at: site => sourceOf(play, site.runtime),
  }
}

async function* reads(
  play: Play,
  partition: string,
  { from, to = Number.POSITIVE_INFINITY }: Range,
  runtime: Runtime,
  signal: AbortSignal,
): AsyncGenerator<Read> {
  let begin = 0
  for (const scene of play.scenes.get(partition)!) {
    const end = begin + recordsIn(scene)
    // What lies before the range has been; what takes no position is played with what follows it.
    if (begin >= from || end > from) {
      if (begin >= to || signal.aborted) return
      if (scene.error !== undefined) throw scene.error
      if (scene.pause !== undefined) await pause(scene.pause, runtime, signal)
      else yield readOf(play, scene, begin, { from, to: Math.min(end, to) })
    }
    begin = end
  }
}

const recordsIn = ({ batch, bad }: Scene): number => batch?.length ?? (bad === undefined ? 0 : 1)

function readOf({ name, empty }: Play, scene: Scene, begin: Position, { from, to }: Required<Range>): Read {
  const { batch, bad, watermark } = scene
  if (batch !== undefined) return { batch: slice(batch, Math.max(0, from - begin), to - begin), position: to }
  if (watermark !== undefined) return { batch: empty, position: begin, watermark }
  return { batch: empty, position: to, rejected: [{ place: name, position: begin, ...bad! }] }
}

async function pause(
  how: number | Gate | 'until stopped',
  runtime: Runtime,
  signal: AbortSignal,
): Promise<void> {
  if (how === 'until stopped') await aborted(signal)
  else if (typeof how === 'number') await runtime.sleep(how, signal)
  else await how.pass(signal)
}
