/** Joins as a loop over all pairs. */
import type { JoinNode } from '../../plan/node.ts'
import type { Cell } from '../../schema/cell.ts'
import { lookupIn, type Row, rowKey } from './rows.ts'

export function joinRows(node: JoinNode, left: readonly Row[], right: readonly Row[]): Row[] {
  const leftKeys = left.map(row => keyOf(node, row, 'left'))
  const rightKeys = right.map(row => keyOf(node, row, 'right'))
  const matchesOfLeft = leftKeys.map(key => right.filter((_, r) => matches(key, rightKeys[r])))
  const matchedRight = right.map((_, r) => leftKeys.some(key => matches(key, rightKeys[r])))

  if (node.how === 'semi') return outputs(left.filter((_, l) => matchesOfLeft[l]!.length > 0))
  if (node.how === 'anti') return outputs(left.filter((_, l) => matchesOfLeft[l]!.length === 0))
  const pairs = left.flatMap((row, l) => matchesOfLeft[l]!.map(other => output(node, row, other)))
  const outerLeft = node.how === 'left' || node.how === 'full'
  const outerRight = node.how === 'right' || node.how === 'full'
  const leftAlone = outerLeft ? outputs(left.filter((_, l) => matchesOfLeft[l]!.length === 0)) : []
  const rightAlone = outerRight
    ? right.filter((_, r) => !matchedRight[r]).map(row => output(node, undefined, row))
    : []
  return [...pairs, ...leftAlone, ...rightAlone]

  function outputs(rows: readonly Row[]): Row[] {
    return rows.map(row => output(node, row, undefined))
  }
}

/** The key of a row; undefined where a part is null, which equals nothing. */
function keyOf(node: JoinNode, row: Row, side: 'left' | 'right'): string | undefined {
  const lookup = lookupIn(node[side].schema, row)
  const cells = node.on.map(([left, right]) => lookup(side === 'left' ? left : right))
  return cells.includes(null) ? undefined : rowKey(cells)
}

const matches = (a: string | undefined, b: string | undefined): boolean => a !== undefined && a === b

/** One output row of a pair in which a side may be missing: its columns are null. */
function output(node: JoinNode, left: Row | undefined, right: Row | undefined): Row {
  const ofLeft = (column: string): Cell =>
    left === undefined ? null : lookupIn(node.left.schema, left)(column)
  const ofRight = (column: string): Cell =>
    right === undefined ? null : lookupIn(node.right.schema, right)(column)
  return node.columns.map(({ from, column, other }) => {
    if (from === 'left') return ofLeft(column)
    if (from === 'right') return ofRight(column)
    return left !== undefined ? ofLeft(column) : ofRight(other!)
  })
}
