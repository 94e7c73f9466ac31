/** `runOnRows`: a pipeline run on rows in memory. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Collected, memory, type WrittenRow } from '../connector/memory/endpoint.ts'
import { isMemory, memorySource } from '../connector/memory/memory.ts'
import { HeadraceError } from '../errors.ts'
import type { IntervalOptions } from '../pipeline/interval.ts'
import { batch, type Mode, stream } from '../pipeline/mode.ts'
import { isPipeline, type Pipeline } from '../pipeline/pipeline.ts'
import { openSession, type RunReport } from '../pipeline/session.ts'
import type { Relation } from '../plan/builder/dataset.ts'
import { checkDataset, type Target } from '../plan/endpoint.ts'
import type { Node, SourceNode } from '../plan/node.ts'
import { checkList, checkOptions } from '../plan/options.ts'
import { rewrite, sourcesOf } from '../plan/rewrite.ts'
import { type Runtime, systemRuntime } from '../runtime/runtime.ts'
import type { Batch } from '../schema/batch.ts'
import { batchOfRows, rowsOf } from '../schema/row.ts'
import { slice } from '../schema/take.ts'
import type { RowOf, Schema } from '../schema/type.ts'
import type { Source } from '../seam/source.ts'
import { type LateRow, type Rejected, Watch } from './watch.ts'

/** What a source of the pipeline is replaced by; `given` makes it. */
export interface Given {
  readonly of: Source
  /** Rows in their order of arrival, or another source. */
  readonly by: Batch | Source
}

/** What a pipeline is given in a test, and how it runs. */
export interface RunOnRows extends IntervalOptions {
  /** For each source that the pipeline reads. What `memory` made stays as it is unless it is given too. */
  readonly inputs?: readonly Given[]
  /** Another mode than the pipeline's own. */
  readonly mode?: Mode
  /** The clock of the run, such as `simulatedClock()`. Default: the machine's. */
  readonly clock?: Runtime
  /** A target that gets every row too, such as `scriptedSink()`. */
  readonly also?: Target
  /** Aborting it stops the run with STOPPED. */
  readonly signal?: AbortSignal
}

/** What a pipeline made of the rows that it was given. */
export interface RanOnRows<S extends Schema> {
  /** The rows of the result; of rows that are only added, in the order in which they came. Plain objects, to compare. */
  readonly rows: readonly RowOf<S>[]
  /** Every change of the result: its row, its weight (+1 added, −1 taken away) and its epoch. */
  readonly changes: readonly Collected<RowOf<S>>[]
  /** Records and rows that could not be processed, in order. */
  readonly rejected: readonly Rejected[]
  /** Rows that came too late for their window. */
  readonly late: readonly LateRow[]
  readonly report: RunReport
}

/**
 * Says what a dataset of the pipeline holds in a test: rows, or another dataset of the same columns, such as a
 * `scriptedSource`. Throws INVALID_ARGUMENT for a dataset that is computed, and the codes of bad values, naming the row.
 */
export function given<S extends Schema>(
  dataset: Relation<S>,
  rows: readonly WrittenRow<NoInfer<S>>[] | Relation<NoInfer<S>>,
): Given {
  const { source, schema } = sourceNodeOf('given', dataset)
  if (!Array.isArray(rows)) return { of: source, by: sourceNodeOf('given', rows as Relation).source }
  return { of: source, by: batchOfRows(schema, rows as RowOf<Schema>[]) }
}

/**
 * Rows as runs give them, of rows as one writes them ('12.50', '2024-01-01T00:00:00Z'), to compare with:
 * `assert.deepEqual(rows, asRows(perMinute, [{ … }]))`.
 */
export function asRows<S extends Schema>(
  dataset: Relation<S>,
  rows: readonly WrittenRow<NoInfer<S>>[],
): RowOf<S>[] {
  checkDataset('asRows', dataset)
  checkList('asRows takes', 'rows', rows)
  return plain(rowsOf(batchOfRows(dataset.node.schema, rows as RowOf<Schema>[])) as RowOf<S>[])
}

/**
 * Runs a pipeline with its sources replaced by rows, and its targets by a collector. Nothing outside the process is read or
 * written but a temporary folder. In batch mode the rows come all at once; in the others one by one, in their order, so that
 * a row can be late.
 */
export async function runOnRows<S extends Schema>(
  pipeline: Pipeline<S>,
  options: RunOnRows = {},
): Promise<RanOnRows<S>> {
  if (!isPipeline(pipeline)) {
    throw new HeadraceError(
      'INVALID_ARGUMENT',
      'runOnRows takes what pipeline(…) gives, and then its inputs.',
    )
  }
  checkOptions('runOnRows', options, ['inputs', 'mode', 'clock', 'also', 'signal', 'from', 'to'])
  checkValues(options)
  const mode = options.mode ?? modeOf(pipeline)
  const collected = memory.collect({ like: { node: pipeline.node } as Relation<S> })
  const node = replaced(pipeline, options.inputs ?? [], mode)
  const to = options.also === undefined ? [collected] : [collected, options.also]
  const watch = new Watch(pipeline.name)
  // The file of dead letters is gone with the folder; what would be in it is in `rejected`.
  const { deadLetters: _, ...report } = await run({ ...pipeline, node, to }, mode, options, watch)
  const { rejected, late } = watch
  const changes = collected.changes().map(change => ({ ...change, row: { ...change.row } }))
  return { rows: plain(collected.rows()), changes, rejected, late, report }
}

function checkValues({ inputs = [], clock = systemRuntime }: RunOnRows): void {
  checkList('runOnRows: inputs must be', 'given(dataset, rows)', inputs)
  for (const input of inputs as readonly Partial<Given>[]) {
    if (input?.of !== undefined && input.by !== undefined) continue
    throw new HeadraceError(
      'INVALID_ARGUMENT',
      'runOnRows: inputs must be a list of given(dataset, rows), and one of them is not.',
    )
  }
  if (typeof clock?.now === 'function' && typeof clock.sleep === 'function') return
  throw new HeadraceError(
    'INVALID_ARGUMENT',
    `runOnRows: clock must be one such as simulatedClock(), not ${String(clock)}.`,
  )
}

/** In a test the sources end; the mode is the one that the pipeline has outside. */
function modeOf({ node, mode, freshness }: Pipeline): Mode | undefined {
  if (mode !== undefined || freshness !== undefined) return mode
  return sourcesOf([node]).every(({ source }) => source.bounded) ? batch() : stream()
}

/** The plan over other sources. Throws INVALID_ARGUMENT for a source that is not given, is given twice, or is not read. */
function replaced({ name, node: root }: Pipeline, inputs: readonly Given[], mode: Mode | undefined): Node {
  const read = sourcesOf([root])
  const byOf = new Map(inputs.map(({ of, by }) => [of, by]))
  if (byOf.size < inputs.length) refuse(name, 'two inputs are for the same source', 'Give each source once')
  const stray = inputs.find(({ of }) => read.every(({ source }) => source !== of))
  if (stray !== undefined) refuse(name, `it does not read ${stray.of.name}`, `It reads ${namesOf(read)}`)
  const missing = read.filter(({ source }) => !byOf.has(source) && !isMemory(source))
  if (missing.length > 0) {
    refuse(name, `no rows are given for ${namesOf(missing)}`, 'Add given(dataset, rows) to inputs for each')
  }
  const [node] = rewrite([root], each => {
    const by = each.kind === 'source' ? byOf.get(each.source) : undefined
    return by === undefined
      ? each
      : { ...(each as SourceNode), source: sourceOf(each as SourceNode, by, mode) }
  })
  return node!
}

function sourceOf({ source, eventTime }: SourceNode, by: Batch | Source, mode: Mode | undefined): Source {
  if ('read' in by) return by
  const oneByOne = mode !== undefined && mode.kind !== 'batch'
  const batches = oneByOne ? Array.from({ length: by.length }, (_, row) => slice(by, row, row + 1)) : [by]
  // Without an event time, the rows are those of the dated paths inside the interval.
  const dated = source.dated === true && eventTime === undefined
  return { ...memorySource(batches), name: source.name, ...(dated ? { dated } : {}) }
}

const namesOf = (nodes: readonly SourceNode[]): string =>
  nodes.map(({ source, schema }) => `${source.name} (${Object.keys(schema).join(', ')})`).join(' and ')

function refuse(pipeline: string, what: string, remedy: string): never {
  throw new HeadraceError('INVALID_ARGUMENT', `runOnRows: pipeline '${pipeline}': ${what}. ${remedy}.`)
}

function sourceNodeOf(what: string, dataset: Relation): SourceNode {
  checkDataset(what, dataset)
  const { node } = dataset
  if (node.kind === 'source') return node
  throw new HeadraceError(
    'INVALID_ARGUMENT',
    `${what}: the dataset is computed (${node.kind}). Give rows for the datasets that it is computed from.`,
  )
}

/** In a folder of its own, so that relative paths of further targets meet nothing. */
async function run(
  pipeline: Pipeline,
  mode: Mode | undefined,
  { clock = systemRuntime, signal, from, to }: RunOnRows,
  watch: Watch,
): Promise<RunReport> {
  const dir = await mkdtemp(join(tmpdir(), 'headrace-rows-'))
  const session = openSession({
    dir,
    warehouse: join(dir, 'warehouse.duckdb'),
    deadLetters: join(dir, 'dead-letters'),
    runtime: clock,
    around: watch.around,
  })
  try {
    return await session.run(pipeline, {
      ...(mode === undefined ? {} : { mode }),
      ...(signal === undefined ? {} : { signal }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    })
  } finally {
    await session.close()
    await rm(dir, { recursive: true })
  }
}

const plain = <R extends object>(rows: readonly R[]): R[] => rows.map(row => ({ ...row }))
