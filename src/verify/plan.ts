/** Plans looked into: their windows, the late rows of these, and their expressions. */
import { lateNode } from '../plan/builder/nodes.ts'
import type { Expression } from '../plan/expression.ts'
import { type AggregateNode, type LateNode, type Node, nodesOf } from '../plan/node.ts'
import { rewrite } from '../plan/rewrite.ts'

/** The same plan with a name for every operator, so that a random plan has no two of one name. */
export function named(root: Node): Node {
  let count = 0
  const [copy] = rewrite([root], node => ({ ...node, name: `${node.kind}-${++count}` }))
  return copy!
}

/** The windowed aggregates of a plan. */
export function windowsOf(roots: readonly Node[]): AggregateNode[] {
  return nodesOf(roots).filter(
    (node): node is AggregateNode => node.kind === 'aggregate' && node.window !== undefined,
  )
}

/** The node of the rows that came too late for a windowed aggregate: the plan's own, if it has one. */
export function lateOf(window: AggregateNode, roots: readonly Node[]): LateNode {
  const own = nodesOf(roots).find(node => node.kind === 'late' && node.of === window)
  if (own?.kind === 'late') return own
  return lateNode(window)
}

/** The expressions that a node computes. */
export function expressionsOf(node: Node): readonly Expression[] {
  switch (node.kind) {
    case 'filter':
      return [node.predicate]
    case 'project':
      return node.columns.map(({ expression }) => expression)
    case 'aggregate':
      return node.aggregates.flatMap(({ args }) => args)
    case 'sort':
      return node.by.map(({ expression }) => expression)
    default:
      return []
  }
}
