/** What the incremental engine writes, step by step, for rows that a test writes down. */

import type { EngineReport, StepPolicy } from '../../src/engine/engine.ts'
import { incrementalEngine } from '../../src/engine/incremental/engine.ts'
import { failOnRejection } from '../../src/engine/rejection.ts'
import { Dataset } from '../../src/plan/builder/dataset.ts'
import type { Node } from '../../src/plan/node.ts'
import { type Runtime, systemRuntime } from '../../src/runtime/runtime.ts'
import { batchOfCells, cellsAt } from '../../src/schema/batch.ts'
import type { Cell } from '../../src/schema/cell.ts'
import type { Schema } from '../../src/schema/type.ts'
import type { UpdateMode } from '../../src/seam/sink.ts'
import type { Source } from '../../src/seam/source.ts'

/** Cells of a row; one more number at the end is its weight, in a relation that changes. */
type Row = readonly Cell[]
/** The rows that a source gives at once. */
type Reading = readonly Row[]

interface Given<T> {
  readonly mode?: UpdateMode
  readonly eventTime?: T
  readonly outOfOrderness?: number
}

/** A dataset of partitions, each a list of readings. */
export function partitions<const S extends Schema, T extends keyof S & string = never>(
  schema: S,
  parts: readonly (readonly Reading[])[],
  { mode = 'append', eventTime, outOfOrderness = 0 }: Given<T> = {},
): Dataset<S, 'append', never, T> {
  const width = Object.keys(schema).length
  const source: Source = {
    name: 'given',
    repeatable: true,
    bounded: true,
    partitions: async () => parts.map((_, i) => String(i)),
    read: async function* (partition) {
      let position = 0
      for (const rows of parts[Number(partition)]!) {
        position += rows.length
        const weights = mode === 'append' ? undefined : rows.map(row => row[width] as number)
        yield { batch: batchOfCells(schema, rows, weights), position }
      }
    },
  }
  const node = { kind: 'source' as const, source, schema, mode, outOfOrderness }
  return new Dataset(eventTime === undefined ? node : { ...node, eventTime })
}

/** A dataset of one partition. */
export const readings = <const S extends Schema, T extends keyof S & string = never>(
  schema: S,
  parts: readonly Reading[],
  given: Given<T> = {},
): Dataset<S, 'append', never, T> => partitions(schema, [parts], given)

const still: Runtime = { ...systemRuntime, now: () => 0 }

/** Runs a plan: the changes of each step as `step: +1 cell cell`, in the order in which they were written. */
export async function traced(
  { node }: { readonly node: Node },
  steps: StepPolicy,
  signal: AbortSignal = new AbortController().signal,
): Promise<{ lines: string[]; report: EngineReport }> {
  const lines: string[] = []
  const output = {
    node,
    write: async (step: number, batch: Parameters<typeof cellsAt>[0]) => {
      for (let row = 0; row < batch.length; row++) {
        const weight = batch.weights?.[row] ?? 1
        lines.push(`${step}: ${weight > 0 ? '+' : ''}${weight} ${cellsAt(batch, row).map(String).join(' ')}`)
      }
    },
  }
  const job = {
    outputs: [output],
    steps,
    runtime: still,
    careful: true,
    reject: failOnRejection,
    stepped: async () => {},
  }
  return { lines, report: await incrementalEngine.run(job, signal) }
}

/** The changes of a plan whose steps are its readings. */
export const trace = async (plan: { readonly node: Node }, maxRows: number): Promise<string[]> =>
  (await traced(plan, { maxRows })).lines
