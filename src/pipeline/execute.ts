/** One run: an engine's steps become epochs at the sinks. */
import type {
  Engine,
  EngineReport,
  OperatorCounters,
  Output,
  Progress,
  StepPolicy,
} from '../engine/engine.ts'
import { failOnRejection } from '../engine/rejection.ts'
import type { HeadraceError } from '../errors.ts'
import { eventTimeOffset } from '../plan/event-time.ts'
import { nameOperators } from '../plan/name.ts'
import { type Node, nodesOf } from '../plan/node.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { Batch } from '../schema/batch.ts'
import type { CopyTarget, Sink, SinkInput, SinkWriter } from '../seam/sink.ts'
import { type Late, lateOf } from './fate.ts'

/** What is run, and how. */
export interface Execution {
  /** The pipeline's, from which operators have theirs. */
  readonly name: string
  readonly node: Node
  readonly sinks: readonly Sink[]
  readonly engine: Engine
  readonly steps: StepPolicy
  readonly runtime: Runtime
  readonly onProgress?: (progress: RunProgress) => void
}

/** Where a run stands after a step. Counts are since its start. */
export interface RunProgress {
  readonly steps: number
  readonly rowsRead: number
  /** Rows given to each sink, added or taken away. */
  readonly rowsWritten: number
  readonly seconds: number
}

/** The fates of the source rows of a run that has ended: `rowsRead = processed + late`. */
export interface RunCounts extends RunProgress, Late {
  readonly processed: number
  /** By name; those that the engine counts. */
  readonly operators: ReadonlyMap<string, OperatorCounters>
}

/**
 * Runs to the end of all sources. Every step is one epoch: its rows are written to each sink, then committed. If anything
 * fails, sinks that publish whole results keep what they had, and the first error is thrown.
 */
export async function execute(execution: Execution, signal: AbortSignal): Promise<RunCounts> {
  const { node, sinks, engine, steps } = execution
  const refused: HeadraceError | undefined = engine.refuses([node], steps)
  if (refused !== undefined) throw refused
  const writers = await openWriters(node, sinks)
  try {
    const counts = await pump(execution, writers, signal)
    await closeEnded(writers)
    return counts
  } catch (error) {
    // The first error is the cause; what closing adds to it would only hide it.
    await Promise.allSettled(writers.map(writer => writer.close(false)))
    throw error
  }
}

function inputOf(node: Node): SinkInput {
  const bounded = nodesOf([node]).every(each => each.kind !== 'source' || each.source.bounded)
  const offset = eventTimeOffset(node)
  return {
    schema: node.schema,
    mode: node.mode,
    bounded,
    ...(node.key === undefined ? {} : { key: node.key }),
    ...(offset === undefined ? {} : { eventTime: { column: node.eventTime!, offset } }),
  }
}

async function openWriters(node: Node, sinks: readonly Sink[]): Promise<SinkWriter[]> {
  const writers: SinkWriter[] = []
  try {
    for (const sink of sinks) writers.push(await sink.open(0, inputOf(node)))
    return writers
  } catch (error) {
    await Promise.allSettled(writers.map(writer => writer.close(false)))
    throw error
  }
}

/** Takes writers off the list as they end, so that a failure closes only the others as failed. */
async function closeEnded(writers: SinkWriter[]): Promise<void> {
  for (let writer = writers.shift(); writer !== undefined; writer = writers.shift()) await writer.close(true)
}

async function pump(
  execution: Execution,
  writers: readonly SinkWriter[],
  signal: AbortSignal,
): Promise<RunCounts> {
  const { name, node, engine, steps, runtime, onProgress } = execution
  const copyTo = copyOf(writers, steps)
  const start = runtime.now()
  const first = await Promise.all(writers.map(async writer => (await writer.committed()) + 1))
  let stepsDone = 0
  let written = 0
  const progress = (rowsRead: number): RunProgress => ({
    steps: stepsDone,
    rowsRead,
    rowsWritten: written,
    seconds: (runtime.now() - start) / 1000,
  })
  const write = async (_: number, batch: Batch): Promise<void> => {
    written += batch.length
    for (const [w, writer] of writers.entries()) await writer.write(first[w]! + stepsDone, batch)
  }
  const stepped = async (_: number, { rowsRead }: Progress): Promise<void> => {
    for (const [w, writer] of writers.entries()) await writer.commit(first[w]! + stepsDone)
    stepsDone++
    onProgress?.(progress(rowsRead))
  }
  const copied = (rows: number): void => {
    written = rows
  }
  const output: Output = copyTo === undefined ? { node, write } : { node, write, copyTo, copied }
  const report = await engine.run(
    { outputs: [output], steps, runtime, careful: false, reject: failOnRejection, stepped },
    signal,
  )
  return { ...progress(report.rowsRead), ...fates(name, node, report) }
}

/** A single sink of a run of one step may let the engine write its file. */
function copyOf(writers: readonly SinkWriter[], steps: StepPolicy): CopyTarget | undefined {
  return steps === 'once' && writers.length === 1 ? writers[0]!.copyTo?.() : undefined
}

function fates(
  pipeline: string,
  node: Node,
  { rowsRead, operators }: EngineReport,
): Pick<RunCounts, 'processed' | 'late' | 'lateDerived' | 'operators'> {
  const names = nameOperators(pipeline, [node])
  const late = lateOf(node, operators)
  const named = [...operators].map(([operator, counters]) => [names.get(operator)!, counters] as const)
  return { processed: rowsRead - late.late, ...late, operators: new Map(named) }
}
