/** Law 3 at the operators: every row that goes in has exactly one fate. */
import type { OperatorCounters } from '../engine/engine.ts'
import type { Node } from '../plan/node.ts'
import type { Variant } from './case.ts'
import type { Execution } from './execute.ts'
import { feedOf } from './feed.ts'
import type { Late } from './oracle.ts'
import { sourcesOf } from './plan.ts'

/** Undefined, or which counters do not add up. Retractions are counted by engines as they like: append plans only. */
export function countingErrors(
  root: Node,
  { report, progress }: Execution,
  late: Late,
  variant: Variant,
): string | undefined {
  const sources = sourcesOf([root])
  if (sources.some(source => source.mode !== 'append')) return undefined
  const rows = sources.reduce((total, source) => total + feedOf(source).arrived.flat().length, 0)
  if (report.rowsRead !== rows) return `rowsRead is ${report.rowsRead} of ${rows} rows`
  if (report.steps !== progress.length) return `${report.steps} steps, but ${progress.length} were told`
  for (const [name, counters] of report.operators) {
    const wrong = mismatch(counters)
    if (wrong !== undefined) return `${name}: ${wrong}: ${JSON.stringify(counters)}`
  }
  return lateMismatch(report.operators, late, variant)
}

function mismatch({ rowsIn, rowsOut, filtered }: OperatorCounters): string | undefined {
  if (rowsIn < 0 || rowsOut < 0) return 'a counter is below zero'
  if (filtered !== undefined && rowsIn !== rowsOut + filtered) return 'rowsIn ≠ rowsOut + filtered'
  return undefined
}

/** What the operators counted as late is what they sent to `.late`. */
function lateMismatch(
  operators: ReadonlyMap<string, OperatorCounters>,
  late: Late,
  variant: Variant,
): string | undefined {
  if (variant.steps === 'once') return undefined
  const counted = [...operators.values()].reduce((total, counters) => total + (counters.late ?? 0), 0)
  const sent = [...late.values()].flat().reduce((total, row) => total + Math.abs(row.weight), 0)
  return counted === sent ? undefined : `${counted} rows were counted as late, ${sent} were sent to .late`
}
