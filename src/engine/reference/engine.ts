/**
 * The reference engine: the oracle that the others are compared with. It reads all input, computes every relation from
 * scratch over plain rows, and writes the whole result as its one step. It is never fast and never clever.
 */
import { HeadraceError } from '../../errors.ts'
import { inputsOf, type Node, nodesOf } from '../../plan/node.ts'
import { batchOfCells } from '../../schema/batch.ts'
import type { Engine, EngineReport, Job, OperatorCounters, StepPolicy } from '../engine.ts'
import { readInputs } from './input.ts'
import { Computation } from './relation.ts'
import { lookupIn, type Row } from './rows.ts'

const STEP = 1

export const referenceEngine: Engine = {
  name: 'reference',

  refuses(_outputs: readonly Node[], steps: StepPolicy): HeadraceError | undefined {
    if (steps === 'once') return undefined
    return new HeadraceError(
      'REFUSED',
      'The reference engine computes everything in one step. Run it in batch mode, or use the incremental engine.',
    )
  },

  async run(job: Job, signal: AbortSignal): Promise<EngineReport> {
    const roots = job.outputs.map(({ node }) => node)
    const refusal = this.refuses(roots, job.steps)
    if (refusal !== undefined) throw refusal
    const inputs = await readInputs(roots, job.reject, signal)
    const rejected = new Map<Node, number>(inputs.rejected)
    const computation = new Computation({
      inputs: inputs.rows,
      async reject(rejections) {
        for (const { node } of rejections) rejected.set(node, (rejected.get(node) ?? 0) + 1)
        await job.reject(rejections, { rowsRead: inputs.read })
      },
    })
    for (const output of job.outputs) {
      const rows = await computation.rowsOf(output.node)
      await output.write(STEP, batchOfCells(output.node.schema, rows))
    }
    const operators = await countersOf(roots, computation, rejected)
    await job.stepped(STEP, { rowsRead: inputs.read })
    if (signal.aborted) throw new HeadraceError('STOPPED', 'The run was stopped after its only step.')
    return { steps: STEP, rowsRead: inputs.read, operators }
  },
}

async function countersOf(
  roots: readonly Node[],
  computation: Computation,
  rejected: ReadonlyMap<Node, number>,
): Promise<Map<Node, OperatorCounters>> {
  const counters = new Map<Node, OperatorCounters>()
  for (const node of nodesOf(roots)) {
    const input = (await Promise.all(inputsOf(node).map(of => computation.rowsOf(of)))).flat()
    const rowsOut = (await computation.rowsOf(node)).length
    counters.set(node, counterOf(node, input, rowsOut, rejected.get(node) ?? 0))
  }
  return counters
}

function counterOf(node: Node, input: readonly Row[], rowsOut: number, rejected: number): OperatorCounters {
  const rowsIn = input.length
  if (node.kind === 'source') return { rowsIn: rowsOut + rejected, rowsOut, rejected }
  if (node.kind === 'late') return { rowsIn: rowsOut, rowsOut }
  if (node.kind === 'map') return { rowsIn, rowsOut, rejected }
  if (node.kind === 'filter') return { rowsIn, rowsOut, filtered: rowsIn - rowsOut }
  if (node.kind !== 'aggregate' || node.window === undefined) return { rowsIn, rowsOut }
  const time = (row: Row) => lookupIn(node.input.schema, row)(node.input.eventTime!)
  return { rowsIn, rowsOut, late: 0, nullTimes: input.filter(row => time(row) === null).length }
}
