/** Law 3: what became of every source row of a run. */
import type { OperatorCounters } from '../engine/engine.ts'
import { inputsOf, type Node, nodesOf } from '../plan/node.ts'

/** Rows that came too late for a window. */
export interface Late {
  /** Source rows: their fate. */
  readonly late: number
  /** Rows made of source rows, whose fates are counted by themselves: one source row can be many of them, or none. */
  readonly lateDerived: number
}

/**
 * Sums what windows counted as late. A window sees source rows themselves where its input is made row by row, and nobody
 * else reads what it is made of; behind a flatMap, or a source with two readers, it sees derived rows.
 */
export function lateOf(node: Node, operators: ReadonlyMap<Node, OperatorCounters>): Late {
  const readers = readersOf(node)
  let [late, lateDerived] = [0, 0]
  for (const [operator, counters] of operators) {
    if (counters.late === undefined) continue
    if (inputsOf(operator).every(input => isRowByRow(input, readers))) late += counters.late
    else lateDerived += counters.late
  }
  return { late, lateDerived }
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
