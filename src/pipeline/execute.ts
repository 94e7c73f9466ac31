/** One run: an engine's steps become epochs at the sinks. */
import type { Engine, OperatorCounters, Output, StepPolicy } from '../engine/engine.ts'
import type { HeadraceError } from '../errors.ts'
import { type Node, nodesOf } from '../plan/node.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { Batch } from '../schema/batch.ts'
import type { Sink, SinkInput, SinkWriter } from '../seam/sink.ts'

/** What is run, and how. */
export interface Execution {
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
  /** Rows given to each sink; a row added and a row taken away count one each. */
  readonly rowsWritten: number
  readonly seconds: number
}

/** The fates of the rows of a run that has ended: `read = processed + late`. */
export interface RunCounts extends RunProgress {
  readonly processed: number
  /** Rows that came too late for a window; the rows of `.late`. */
  readonly late: number
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
  const input = { schema: node.schema, mode: node.mode, bounded }
  return node.key === undefined ? input : { ...input, key: node.key }
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
  { node, engine, steps, runtime, onProgress }: Execution,
  writers: readonly SinkWriter[],
  signal: AbortSignal,
): Promise<RunCounts> {
  const start = runtime.now()
  const first = await Promise.all(writers.map(async writer => (await writer.committed()) + 1))
  let stepsDone = 0
  let rowsWritten = 0
  const seconds = (): number => (runtime.now() - start) / 1000
  const write = async (_: number, batch: Batch): Promise<void> => {
    rowsWritten += batch.length
    for (const [w, writer] of writers.entries()) await writer.write(first[w]! + stepsDone, batch)
  }
  const stepped = async (_: number, { rowsRead }: { rowsRead: number }): Promise<void> => {
    for (const [w, writer] of writers.entries()) await writer.commit(first[w]! + stepsDone)
    stepsDone++
    onProgress?.({ steps: stepsDone, rowsRead, rowsWritten, seconds: seconds() })
  }
  const outputs = [withCopy({ node, write }, writers, steps)]
  const report = await engine.run({ outputs, steps, runtime, stepped }, signal)
  const late = [...report.operators.values()].reduce((sum, counters) => sum + (counters.late ?? 0), 0)
  return {
    steps: report.steps,
    rowsRead: report.rowsRead,
    rowsWritten,
    seconds: seconds(),
    processed: report.rowsRead - late,
    late,
    operators: report.operators,
  }
}

/** A single sink of a run of one step may let the engine write its file. */
function withCopy(output: Output, writers: readonly SinkWriter[], steps: StepPolicy): Output {
  const [writer] = writers
  if (steps !== 'once' || writers.length !== 1 || writer?.copyTo === undefined) return output
  return { ...output, copyTo: writer.copyTo() }
}
