/** Law 3: what became of every source record of a run. */
import type { EngineReport } from '../engine/engine.ts'
import { inputsOf, type Node, nodesOf } from '../plan/node.ts'
import { sourcesOf } from '../plan/rewrite.ts'

/** Rows or records that were not processed. */
export interface Unprocessed {
  /** Source records: their fate. */
  readonly records: number
  /** Rows made of source records, whose fates are counted by themselves: one record can be many of them, or none. */
  readonly derived: number
}

/** Law 3: `rowsRead = processed + late + deadLettered + skipped`. */
export interface Fates {
  readonly processed: number
  /** Rows that came too late for a window. */
  readonly late: number
  /** Records that are no rows, and rows that a function did not take: kept in the file of dead letters. */
  readonly deadLettered: number
  /** The same where nobody keeps them. */
  readonly skipped: number
  /** Rows made of source rows, which have fates of their own: one source row can be many of them, or none. */
  readonly lateDerived: number
  readonly deadLetteredDerived: number
  readonly skippedDerived: number
}

/** The fates of what a run has read, of which `rejected` could not be processed and were kept or not. */
export function fatesOf(root: Node, report: EngineReport, rejected: Unprocessed, kept: boolean): Fates {
  const late = split(
    root,
    [...report.operators].map(([node, counters]) => [node, counters.late ?? 0]),
  )
  const processed = report.rowsRead - late.records - rejected.records
  if (processed < 0) {
    throw new Error(`Of ${report.rowsRead} records ${late.records} were late and ${rejected.records} bad`)
  }
  const fates = { processed, late: late.records, lateDerived: late.derived }
  const none = { records: 0, derived: 0 }
  const [letters, skipped] = kept ? [rejected, none] : [none, rejected]
  return {
    ...fates,
    deadLettered: letters.records,
    skipped: skipped.records,
    deadLetteredDerived: letters.derived,
    skippedDerived: skipped.derived,
  }
}

/**
 * Sums counts by operator. An operator sees source rows themselves where its input is made row by row, and nobody else
 * reads what it is made of; behind a flatMap, or a source with two readers, it sees derived rows.
 */
export function split(root: Node, counts: Iterable<readonly [Node, number]>): Unprocessed {
  const readers = readersOf(root)
  let [records, derived] = [0, 0]
  for (const [operator, count] of counts) {
    if (seesRecords(operator, readers)) records += count
    else derived += count
  }
  return { records, derived }
}

/** Of rows that cancel out, a function sees both in some engines and none in others. */
function seesRecords(operator: Node, readers: ReadonlyMap<Node, number>): boolean {
  if (operator.kind === 'map' && sourcesOf([operator]).some(({ mode }) => mode !== 'append')) return false
  return inputsOf(operator).every(input => isRowByRow(input, readers))
}

function readersOf(root: Node): Map<Node, number> {
  const readers = new Map<Node, number>()
  for (const node of nodesOf([root])) {
    for (const input of inputsOf(node)) readers.set(input, (readers.get(input) ?? 0) + 1)
  }
  return readers
}

/** Each row of the node is one source row, and no other node has it too. */
function isRowByRow(node: Node, readers: ReadonlyMap<Node, number>): boolean {
  if (readers.get(node) !== 1) return false
  const isOne = node.kind === 'source' || node.kind === 'filter' || node.kind === 'project'
  if (!isOne && node.kind !== 'union' && !(node.kind === 'map' && node.each === 'map')) return false
  return inputsOf(node).every(input => isRowByRow(input, readers))
}
