/** What must hold of the changes of a run whatever their values are: the promises of an output's update mode. */
import type { Node } from '../plan/node.ts'
import type { Cell } from '../schema/cell.ts'
import { type Change, pick, rowKey } from './relation.ts'
import { rowText } from './text.ts'

/**
 * Undefined, or what is wrong: a row of weight zero or of an earlier step, an `append` output that takes away, a row that
 * is taken away without being there at the end of a step, or two rows of one key in an `upsert` output after a step.
 */
export function indiscipline(node: Node, changes: readonly Change[]): string | undefined {
  const { schema } = node
  const present = new Map<string, { cells: readonly Cell[]; weight: number }>()
  let touched = new Set<string>()
  for (const [i, change] of changes.entries()) {
    const previous = changes[i - 1]
    const line = rowText(schema, change, `  (step ${change.step})`)
    if (change.weight === 0) return `it wrote a row with weight 0:\n${line}`
    if (node.mode === 'append' && change.weight < 0) return `append output takes a row away:\n${line}`
    if (previous !== undefined && previous.step > change.step)
      return `it went back to an earlier step:\n${line}`
    if (previous !== undefined && previous.step < change.step) {
      const wrong = endOfStep(node, present, touched)
      if (wrong !== undefined) return `after step ${previous.step} ${wrong}`
      touched = new Set()
    }
    const key = rowKey(change.cells)
    const row = present.get(key) ?? { cells: change.cells, weight: 0 }
    row.weight += change.weight
    if (row.weight === 0) present.delete(key)
    else present.set(key, row)
    touched.add(key)
  }
  const wrong = endOfStep(node, present, touched)
  return wrong && `at the end ${wrong}`
}

function endOfStep(
  node: Node,
  present: ReadonlyMap<string, { cells: readonly Cell[]; weight: number }>,
  touched: ReadonlySet<string>,
): string | undefined {
  for (const key of touched) {
    const row = present.get(key)
    // Of a row that is taken away, only the taking away may have come too late.
    if (row !== undefined && row.weight < 0 && node.kind !== 'late')
      return `a row has been taken away that was not there:\n${rowText(node.schema, row)}`
  }
  if (node.mode !== 'upsert') return undefined
  const keys = new Set<string>()
  for (const row of present.values()) {
    const key = rowKey(pick(node.schema, node.key!, row.cells))
    if (keys.has(key) || row.weight !== 1)
      return `the key (${node.key!.join(', ')}) has more than one row:\n${rowText(node.schema, row)}`
    keys.add(key)
  }
  return undefined
}
