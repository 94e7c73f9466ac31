/** Sessions: where definitions run. */

import type { Engine } from '../engine/engine.ts'
import { HeadraceError } from '../errors.ts'
import type { Relation } from '../plan/builder/dataset.ts'
import { checkDataset, targetOf } from '../plan/endpoint.ts'
import { checkOptions } from '../plan/options.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { Batch } from '../schema/batch.ts'
import { rowsOf } from '../schema/row.ts'
import type { RowOf, Schema } from '../schema/type.ts'
import type { Site } from '../seam/site.ts'
import { type BadRecordBudget, BadRecords, checkOnBadRecord, type OnBadRecord } from './bad-records.ts'
import { bound } from './bind.ts'
import { chooseEngine } from './choose-engine.ts'
import { execute, type RunCounts, type RunProgress } from './execute.ts'
import { handOff } from './handoff.ts'
import { type IntervalOptions, intervalOf, intervalTexts } from './interval.ts'
import { letterFiles } from './letter-files.ts'
import { checkMode, type Mode } from './mode.ts'
import { checkPeek, operatorNamed, Peek, type PeekOptions } from './peek.ts'
import { isPipeline, type Pipeline } from './pipeline.ts'
import { type QueryResult, query } from './query.ts'
import { Shared } from './shared.ts'

/** How a pipeline runs this time. */
export interface RunOptions extends IntervalOptions {
  /** Another mode than the pipeline's own. The answer is the same. */
  readonly mode?: Mode
  /** Aborting it stops the run with STOPPED after its current step; whole files keep what they had. */
  readonly signal?: AbortSignal
  /** Called after every step. */
  readonly onProgress?: (progress: RunProgress) => void
  /** Shows the first rows that leave an operator; the run goes on as without. */
  readonly peek?: PeekOptions
}

/** What `rows` does with bad records. */
export interface RowsOptions {
  /** `fail` (default): the first bad record ends the rows. `skip`: it is left out. */
  readonly onBadRecord?: 'fail' | 'skip' | { readonly action: 'skip'; readonly budget?: BadRecordBudget }
}

/** What became of a run that ended. */
export interface RunReport extends RunCounts {
  readonly pipeline: string
  readonly mode: Mode['kind']
  readonly engine: 'duckdb' | 'incremental' | 'reference'
  /** The slice of time that was made, in ISO 8601. An absent end is open; absent itself: everything. */
  readonly interval?: { readonly from?: string; readonly to?: string }
}

/** A place where definitions run. Close it: that stops what is still running, and waits for it. */
export interface Session extends AsyncDisposable {
  /** Runs a pipeline until all its sources have ended. Rejects with the first error. */
  run(pipeline: Pipeline, options?: RunOptions): Promise<RunReport>
  /** The rows of a dataset, computed in batch mode while they are asked for. */
  rows<S extends Schema>(dataset: Relation<S>, options?: RowsOptions): AsyncGenerator<RowOf<S>>
  /**
   * What one statement that reads the warehouse gives: SELECT, FROM, WITH, SHOW, DESCRIBE. Rejects with NOT_FOUND where there
   * is no warehouse, INVALID_SQL for what is wrong or does more than read.
   */
  query(sql: string): Promise<QueryResult>
  close(): Promise<void>
}

/** What a session is opened with. */
export interface Settings {
  /** The project's folder, absolute. */
  readonly dir: string
  /** The warehouse's file, absolute. */
  readonly warehouse: string
  /** The folder of dead letters, absolute. */
  readonly deadLetters: string
  /** For pipelines that do not say; `dead-letter` by default. */
  readonly onBadRecord?: OnBadRecord
  readonly runtime: Runtime
  /** What runs in place of the engine that a mode asks for: one that watches it, in tests. */
  readonly around?: (engine: Engine) => Engine
}

/** Opens a session. Everything runs inside this process. */
export function openSession(settings: Settings): Session {
  const shared = new Shared()
  const { dir, warehouse, runtime } = settings
  const site: Site = { dir, warehouse, runtime, shared: shared.of }
  const closing = new AbortController()
  const running = new Set<Promise<unknown>>()
  const tracked = <T>(work: Promise<T>): Promise<T> => {
    const settled = work.catch(() => undefined).finally(() => running.delete(settled))
    running.add(settled)
    return work
  }
  let closed: Promise<void> | undefined
  const end = async (): Promise<void> => {
    closing.abort()
    await Promise.all(running)
    await shared[Symbol.asyncDispose]()
  }
  const close = (): Promise<void> => {
    closed ??= end()
    return closed
  }
  return {
    run: (pipeline, options) => tracked(runPipeline(pipeline, options, settings, site, closing.signal)),
    rows: (dataset, options) =>
      rowsIn(dataset, options, work => tracked(work), settings, site, closing.signal),
    query: async sql => {
      refuseClosed(closing.signal)
      return query(sql, { site, closing: closing.signal, track: tracked })
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function runPipeline(
  pipeline: Pipeline,
  options: RunOptions = {},
  settings: Settings,
  place: Site,
  closing: AbortSignal,
): Promise<RunReport> {
  refuseClosed(closing)
  if (!isPipeline(pipeline)) {
    throw new HeadraceError(
      'INVALID_ARGUMENT',
      'run takes what pipeline(…) gives. To look at a dataset, use rows(dataset).',
    )
  }
  checkOptions('run', options, ['mode', 'signal', 'onProgress', 'peek', 'from', 'to'])
  if (options.peek !== undefined) checkPeek(options.peek)
  checkCallbacks(options)
  if (options.mode !== undefined) checkMode('run', options.mode)
  const { mode, engine: chosen, steps } = chooseEngine(pipeline, options.mode)
  const engine = settings.around?.(chosen) ?? chosen
  const interval = intervalOf(`run ${pipeline.name}`, options)
  // A site a run: what its sources read together is one state of the warehouse.
  const site: Site = interval === undefined ? { ...place } : { ...place, interval }
  const { name } = pipeline
  const below = options.peek === undefined ? [] : [operatorNamed(name, pipeline.node, options.peek.operator)]
  const [node, peeked] = bound(pipeline.node, site, below)
  const sinks = pipeline.to.map(target => {
    const { sink } = targetOf(target)!
    return sink.at === undefined ? sink : sink.at(site)
  })
  const execution = {
    name,
    node: node!,
    sinks,
    engine,
    steps,
    runtime: settings.runtime,
    onBadRecord: pipeline.onBadRecord ?? settings.onBadRecord ?? 'dead-letter',
    letters: letterFiles(settings.deadLetters, name, interval),
    ...(peeked === undefined ? {} : { peek: new Peek(peeked, options.peek!) }),
  }
  const { onProgress, signal } = options
  const counts = await execute(
    onProgress === undefined ? execution : { ...execution, onProgress },
    signal === undefined ? closing : AbortSignal.any([signal, closing]),
  )
  const slice = interval === undefined ? {} : { interval: intervalTexts(interval) }
  return { pipeline: pipeline.name, mode, engine: engine.name, ...slice, ...counts }
}

async function* rowsIn<S extends Schema>(
  dataset: Relation<S>,
  options: RowsOptions = {},
  track: (work: Promise<unknown>) => Promise<unknown>,
  settings: Settings,
  site: Site,
  closing: AbortSignal,
): AsyncGenerator<RowOf<S>> {
  refuseClosed(closing)
  checkDataset('rows', dataset)
  const bad = badRowsOf(options)
  const [node] = bound(dataset.node, { ...site })
  const { engine, steps } = chooseEngine({ name: 'rows', node: node!, to: [] }, { kind: 'batch' })
  const refused = engine.refuses([node!], steps)
  if (refused !== undefined) throw refused
  const batches = handOff<Batch>((put, signal) => {
    const outputs = [{ node: node!, write: (_: number, batch: Batch) => put(batch) }]
    const job = {
      outputs,
      steps,
      runtime: settings.runtime,
      careful: true,
      reject: bad.reject,
      stepped: async () => undefined,
    }
    return track(engine.run(job, signal).then(report => bad.ended(report)))
  }, closing)
  for await (const batch of batches) yield* rowsOf(batch) as RowOf<S>[]
}

function badRowsOf(options: RowsOptions): BadRecords {
  checkOptions('rows', options, ['onBadRecord'])
  const onBadRecord: OnBadRecord = options.onBadRecord ?? 'fail'
  checkOnBadRecord('rows', onBadRecord)
  const action = typeof onBadRecord === 'object' ? onBadRecord.action : onBadRecord
  if (action !== 'dead-letter') return new BadRecords('rows', onBadRecord)
  throw new HeadraceError(
    'INVALID_ARGUMENT',
    "rows: onBadRecord is 'dead-letter', and rows writes no files: it hands its rows to the caller. Use 'skip', or run a pipeline.",
  )
}

function checkCallbacks({ signal, onProgress }: RunOptions): void {
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new HeadraceError('INVALID_ARGUMENT', `run: signal must be an AbortSignal, not ${String(signal)}.`)
  }
  if (onProgress === undefined || typeof onProgress === 'function') return
  throw new HeadraceError(
    'INVALID_ARGUMENT',
    `run: onProgress must be a function, not ${String(onProgress)}.`,
  )
}

function refuseClosed(closing: AbortSignal): void {
  if (closing.aborted)
    throw new HeadraceError('STOPPED', 'The session is closed. Open another one with open().')
}
