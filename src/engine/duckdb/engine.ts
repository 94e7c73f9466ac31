/**
 * The duckdb engine: a bounded plan as SQL, in one step. All computing is DuckDB's; JavaScript runs only where a function
 * of the plan is JavaScript, or DuckDB has no function that gives the same answer.
 */
import { HeadraceError } from '../../errors.ts'
import { labelOf } from '../../plan/name.ts'
import { inputsOf, type Node, nodesOf } from '../../plan/node.ts'
import type { Engine, EngineReport, Job, OperatorCounters, StepPolicy } from '../engine.ts'
import { workplaceOf } from './database.ts'
import { Run } from './run.ts'
import { scansOf } from './source.ts'

const STEP = 1

export const duckdbEngine: Engine = {
  name: 'duckdb',

  refuses(outputs: readonly Node[], steps: StepPolicy): HeadraceError | undefined {
    if (steps !== 'once') {
      return new HeadraceError(
        'REFUSED',
        'The duckdb engine computes everything in one step. Run the plan in batch mode, or on the incremental engine.',
      )
    }
    for (const node of nodesOf(outputs)) {
      if (node.kind !== 'source' || node.source.bounded) continue
      return new HeadraceError(
        'REFUSED',
        `${labelOf(node)} has no end, and batch mode reads everything before it answers. Run it with stream() or microBatch().`,
      )
    }
    return undefined
  },

  async run(job: Job, signal: AbortSignal): Promise<EngineReport> {
    const roots = job.outputs.map(({ node }) => node)
    const refusal = this.refuses(roots, job.steps)
    if (refusal !== undefined) throw refusal
    const scans = await scansOf(nodesOf(roots), job.careful)
    const { db, done, leave } = await workplaceOf(scans.values(), job.outputs)
    try {
      const run = new Run(db, job, scans, signal)
      await run.all()
      await done()
      await job.stepped(STEP, { rowsRead: run.rowsRead })
      return { steps: STEP, rowsRead: run.rowsRead, operators: countersOf(roots, run) }
    } finally {
      await leave()
    }
  },
}

/**
 * Counters of the operators whose inputs and output were all counted in passing: the others would need a pass of their own.
 */
function countersOf(
  roots: readonly Node[],
  { rows, rejected, nullTimes }: Pick<Run, 'rows' | 'rejected' | 'nullTimes'>,
): Map<Node, OperatorCounters> {
  const counters = new Map<Node, OperatorCounters>()
  for (const node of nodesOf(roots)) {
    const rowsOut = rows.get(node)
    const inputs = node.kind === 'source' ? [rowsOut] : inputsOf(node).map(input => rows.get(input))
    if (rowsOut === undefined || inputs.includes(undefined)) continue
    const bad = rejected.get(node)
    const rowsIn = inputs.reduce<number>((sum, n) => sum + n!, node.kind === 'source' ? bad! : 0)
    const refused = bad === undefined ? {} : { rejected: bad }
    const filtered = node.kind === 'filter' ? { filtered: rowsIn - rowsOut } : {}
    const missing = nullTimes.get(node)
    const windowed = missing === undefined ? {} : { late: 0, nullTimes: missing }
    counters.set(node, { rowsIn, rowsOut, ...filtered, ...refused, ...windowed })
  }
  return counters
}
