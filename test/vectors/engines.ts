/** The engines that vectors run on, and how: plans over small sources in memory, results as plain rows. */

import { duckdbEngine } from '../../src/engine/duckdb/engine.ts'
import type { Engine, StepPolicy } from '../../src/engine/engine.ts'
import { incrementalEngine } from '../../src/engine/incremental/engine.ts'
import { referenceEngine } from '../../src/engine/reference/engine.ts'
import { failOnRejection } from '../../src/engine/rejection.ts'
import type { Node, SourceNode } from '../../src/plan/node.ts'
import { systemRuntime } from '../../src/runtime/runtime.ts'
import { batchOfCells, cellsAt } from '../../src/schema/batch.ts'
import { type Cell, cellKey } from '../../src/schema/cell.ts'
import type { Schema } from '../../src/schema/type.ts'
import type { Source } from '../../src/seam/source.ts'

type Row = readonly Cell[]

/** Each engine with a step that takes all of a vector's rows at once. */
export const engines: readonly { readonly engine: Engine; readonly steps: StepPolicy }[] = [
  { engine: referenceEngine, steps: 'once' },
  { engine: duckdbEngine, steps: 'once' },
  { engine: incrementalEngine, steps: 'once' },
]

let sources = 0

/** A source of rows of cells. Without weights they are all added. */
export function given(
  schema: Schema,
  rows: readonly Row[],
  options: { readonly weights?: readonly number[]; readonly eventTime?: string } = {},
): SourceNode {
  const batch = batchOfCells(schema, rows, options.weights)
  const source: Source = {
    name: `vectors${++sources}`,
    repeatable: true,
    bounded: true,
    partitions: async () => ['all'],
    read: async function* () {
      yield { batch, position: rows.length }
    },
  }
  return {
    kind: 'source',
    schema,
    mode: options.weights === undefined ? 'append' : 'changelog',
    source,
    outOfOrderness: 0,
    ...(options.eventTime === undefined ? {} : { eventTime: options.eventTime }),
  }
}

/** Runs plans together and gives the rows of each, weights folded. */
export async function resultsOf(engine: Engine, steps: StepPolicy, nodes: readonly Node[]): Promise<Row[][]> {
  const results = nodes.map(() => new Map<string, { row: Row; weight: number }>())
  const outputs = nodes.map((node, i) => ({
    node,
    write: async (_step: number, batch: Parameters<typeof cellsAt>[0]) => {
      for (let r = 0; r < batch.length; r++) {
        const row = cellsAt(batch, r)
        const key = row.map(cellKey).join('|')
        const entry = results[i]!.get(key) ?? { row, weight: 0 }
        entry.weight += batch.weights?.[r] ?? 1
        results[i]!.set(key, entry)
      }
    },
  }))
  const refusal = engine.refuses(nodes, steps)
  if (refusal !== undefined) throw refusal
  await engine.run(
    {
      outputs,
      steps,
      runtime: systemRuntime,
      careful: true,
      reject: failOnRejection,
      stepped: async () => {},
    },
    new AbortController().signal,
  )
  return results.map(result => [...result.values()].filter(({ weight }) => weight > 0).map(({ row }) => row))
}

/** Groups of plans in one run: an engine may take long to start, and longer the more plans there are. */
const GROUPS_A_RUN = 8

/** The results of groups of plans. Where a run fails, each of its groups runs alone, and those that fail give their error. */
export async function resultsOfGroups(
  engine: Engine,
  steps: StepPolicy,
  groups: readonly (readonly Node[])[],
): Promise<(Row[][] | Error)[]> {
  const found: (Row[][] | Error)[] = []
  for (let g = 0; g < groups.length; g += GROUPS_A_RUN) {
    const together = groups.slice(g, g + GROUPS_A_RUN)
    try {
      const results = await resultsOf(engine, steps, together.flat())
      found.push(...together.map(group => results.splice(0, group.length)))
    } catch {
      for (const group of together)
        found.push(await resultsOf(engine, steps, group).catch((error: Error) => error))
    }
  }
  return found
}
