/** One run: an engine's steps become epochs at the sinks. */
import {
  Doubt,
  type Engine,
  type EngineReport,
  type OperatorCounters,
  type Output,
  type Progress,
  type StepPolicy,
} from '../engine/engine.ts'
import { HeadraceError } from '../errors.ts'
import { eventTimeOffset } from '../plan/event-time.ts'
import { nameOperators } from '../plan/name.ts'
import { type Node, nodesOf } from '../plan/node.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { Batch } from '../schema/batch.ts'
import type { CopyTarget, Sink, SinkInput, SinkWriter } from '../seam/sink.ts'
import { BadRecords, type OnBadRecord } from './bad-records.ts'
import { DeadLetters, letterOf } from './dead-letters.ts'
import { type Fates, fatesOf, split } from './fate.ts'
import type { LetterFiles } from './letter-files.ts'
import type { Peek } from './peek.ts'

/** What is run, and how. */
export interface Execution {
  /** The pipeline's, from which operators have theirs. */
  readonly name: string
  readonly node: Node
  readonly sinks: readonly Sink[]
  readonly engine: Engine
  readonly steps: StepPolicy
  readonly runtime: Runtime
  readonly onBadRecord: OnBadRecord
  /** Where dead letters appear. */
  readonly letters: LetterFiles
  readonly peek?: Peek
  readonly onProgress?: (progress: RunProgress) => void
}

/** Where a run stands after a step. Counts are since its start. */
export interface RunProgress {
  readonly steps: number
  /** Records read: rows and bad records. */
  readonly rowsRead: number
  /** Bad records so far, source records only; see `RunReport`. */
  readonly deadLettered: number
  readonly skipped: number
  /** Rows given to each sink, added or taken away. */
  readonly rowsWritten: number
  readonly seconds: number
}

/** The fates of the source records of a run that has ended: `rowsRead = processed + late + deadLettered + skipped`. */
export interface RunCounts extends RunProgress, Fates {
  /** By name; those that the engine counts. */
  readonly operators: ReadonlyMap<string, OperatorCounters>
  /** The file of the dead letters. Absent = there are none. */
  readonly deadLetters?: string
  /** What is wrong with the first bad record, if there is one. */
  readonly firstBadRecord?: string
}

/**
 * Runs to the end of all sources. Every step is one epoch: its rows are written to each sink, then committed. If anything
 * fails, sinks that publish whole results keep what they had, and the first error is thrown. A run that ends in a Doubt has
 * not happened: it begins again, carefully.
 */
export async function execute(execution: Execution, signal: AbortSignal): Promise<RunCounts> {
  const { node, engine, steps } = execution
  const refused: HeadraceError | undefined = engine.refuses([node], steps)
  if (refused !== undefined) throw refused
  try {
    return await attempt(execution, isSeen(execution), signal)
  } catch (error) {
    if (!(error instanceof Doubt)) throw error
  }
  return attempt(execution, true, signal)
}

/** Whether a second attempt would be seen to be one: it reads what only comes once, or shows what has been shown. */
function isSeen({ node, sinks, peek }: Execution): boolean {
  const once = nodesOf([node]).some(each => each.kind === 'source' && !each.source.repeatable)
  return once || peek !== undefined || sinks.some(({ onReplay }) => onReplay === 'duplicates')
}

async function attempt(execution: Execution, careful: boolean, signal: AbortSignal): Promise<RunCounts> {
  const { name, node, sinks } = execution
  const operators = nameOperators(name, [node])
  const letters = new DeadLetters(execution.letters, rejection => letterOf(name, rejection, operators))
  const bad = new BadRecords(`pipeline '${name}'`, execution.onBadRecord, letters)
  const writers = await openWriters(node, sinks)
  try {
    const counts = await pump(execution, { writers, bad, careful }, signal)
    await letters.complete()
    await closeEnded(writers)
    const deadLetters = await letters.publish()
    return deadLetters === undefined ? counts : { ...counts, deadLetters }
  } catch (error) {
    // The first error is the cause; what closing adds to it would only hide it.
    await Promise.allSettled(writers.map(writer => writer.close(false)))
    // Who stops what has no end has all of it that there will be.
    const stopped = error instanceof HeadraceError && error.code === 'STOPPED' && !inputOf(node).bounded
    const end = error instanceof Doubt ? letters.drop() : stopped ? letters.publish() : letters.fail()
    await Promise.allSettled([end])
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

/** What one attempt of a run has of its own. */
interface Attempt {
  readonly writers: readonly SinkWriter[]
  readonly bad: BadRecords
  readonly careful: boolean
}

async function pump(
  execution: Execution,
  { writers, bad, careful }: Attempt,
  signal: AbortSignal,
): Promise<RunCounts> {
  const { name, node, engine, steps, runtime, onProgress, peek } = execution
  const copyTo = copyOf(writers, steps)
  const start = runtime.now()
  const first = await Promise.all(writers.map(async writer => (await writer.committed()) + 1))
  let stepsDone = 0
  let written = 0
  const kept = bad.action === 'dead-letter'
  const progress = (rowsRead: number): RunProgress => {
    const rejected = split(node, bad.counts).records
    return {
      steps: stepsDone,
      rowsRead,
      deadLettered: kept ? rejected : 0,
      skipped: kept ? 0 : rejected,
      rowsWritten: written,
      seconds: (runtime.now() - start) / 1000,
    }
  }
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
  const { reject } = bad
  const outputs = peek === undefined ? [output] : [peek.output(), output]
  const report = await engine.run({ outputs, steps, runtime, careful, reject, stepped }, signal)
  bad.ended(report)
  const fates = fatesOf(node, report, split(node, bad.counts), kept)
  const operators = countersOf(name, node, report, bad)
  const firstBadRecord = bad.first === undefined ? {} : { firstBadRecord: bad.first }
  return { ...progress(report.rowsRead), ...fates, operators, ...firstBadRecord }
}

/** A single sink of a run of one step may let the engine write its file. */
function copyOf(writers: readonly SinkWriter[], steps: StepPolicy): CopyTarget | undefined {
  return steps === 'once' && writers.length === 1 ? writers[0]!.copyTo?.() : undefined
}

function countersOf(
  pipeline: string,
  node: Node,
  { operators }: EngineReport,
  bad: BadRecords,
): Map<string, OperatorCounters> {
  const names = nameOperators(pipeline, [node])
  const named = new Map<string, OperatorCounters>()
  for (const [operator, counters] of operators) {
    const { rejected = 0 } = counters
    const told = bad.counts.get(operator) ?? 0
    if (rejected !== told) throw new Error(`${names.get(operator)} counted ${rejected} and rejected ${told}`)
    named.set(names.get(operator)!, counters)
  }
  return named
}
