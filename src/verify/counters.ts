/** Law 3 at the operators: every row that goes in has exactly one fate. */
import type { OperatorCounters } from '../engine/engine.ts'
import type { Node, SourceNode } from '../plan/node.ts'
import { sourcesOf } from '../plan/rewrite.ts'
import type { Variant } from './case.ts'
import { feedOf } from './feed.ts'
import type { Late } from './oracle.ts'
import type { Recording } from './recording.ts'

/** Undefined, or which counters do not add up. Retractions are counted by engines as they like: append plans only. */
export function countingErrors(
  root: Node,
  { report, progress, rejections }: Recording,
  late: Late,
  variant: Variant,
): string | undefined {
  const sources = sourcesOf([root])
  if (sources.some(source => source.mode !== 'append')) return undefined
  const records = sources.reduce((total, source) => total + recordsOf(source), 0)
  if (report.rowsRead !== records) return `rowsRead is ${report.rowsRead} of ${records} records`
  if (report.steps !== progress.length) return `${report.steps} steps, but ${progress.length} were told`
  for (const [node, counters] of report.operators) {
    const told = rejections.filter(({ rejection }) => rejection.node === node).length
    const wrong = mismatch(node, counters, told) ?? lateMismatch(node, counters, late, variant)
    if (wrong !== undefined) return `${node.name ?? node.kind}: ${wrong}: ${JSON.stringify(counters)}`
  }
  return undefined
}

function recordsOf(source: SourceNode): number {
  const { arrived, rejected } = feedOf(source)
  return arrived.flat().length + rejected.length
}

function mismatch(
  node: Node,
  { rowsIn, rowsOut, filtered, rejected = 0 }: OperatorCounters,
  told: number,
): string | undefined {
  if (rowsIn < 0 || rowsOut < 0) return 'a counter is below zero'
  if (filtered !== undefined && rowsIn !== rowsOut + filtered) return 'rowsIn ≠ rowsOut + filtered'
  if (rejected !== told) return `${told} were rejected`
  const isOne = node.kind === 'source' || (node.kind === 'map' && node.each === 'map')
  return isOne && rowsIn !== rowsOut + rejected ? 'rowsIn ≠ rowsOut + rejected' : undefined
}

/** What a window counted as late is what it sent to `.late`; in batch mode nothing is. */
function lateMismatch(
  node: Node,
  counters: OperatorCounters,
  late: Late,
  { steps }: Variant,
): string | undefined {
  if (counters.late === undefined || node.kind !== 'aggregate') return undefined
  const rows = late.get(node) ?? []
  const sent = rows.reduce((total, row) => total + Math.abs(row.weight), 0)
  const expected = steps === 'once' ? 0 : sent
  return counters.late === expected ? undefined : `${sent} rows were sent to .late`
}
