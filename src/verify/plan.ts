/** Plans rewritten: other sources, other inputs, and the late rows of windows brought out. */
import { lateNode } from '../plan/builder/nodes.ts'
import type { Expression } from '../plan/expression.ts'
import {
  type AggregateNode,
  inputsOf,
  type LateNode,
  type Node,
  nodesOf,
  type SourceNode,
} from '../plan/node.ts'

/**
 * The same plan with nodes replaced, bottom up: `change` gets each node with its inputs already replaced, once, so that
 * what was shared stays shared. Without `change` returning something else, a node whose inputs stay is itself.
 */
export function rewrite(roots: readonly Node[], change: (node: Node, original: Node) => Node): Node[] {
  const done = new Map<Node, Node>()
  for (const node of nodesOf(roots)) done.set(node, change(withInputs(node, done), node))
  return roots.map(root => done.get(root)!)
}

function withInputs(node: Node, done: ReadonlyMap<Node, Node>): Node {
  if (inputsOf(node).every(input => done.get(input) === input)) return node
  switch (node.kind) {
    case 'source':
      return node
    case 'union':
      return { ...node, inputs: node.inputs.map(input => done.get(input)!) }
    case 'join':
      return { ...node, left: done.get(node.left)!, right: done.get(node.right)! }
    case 'late': {
      const of = done.get(node.of)!
      return of.kind === 'aggregate' ? { ...node, of } : { ...node, of: node.of }
    }
    default:
      return { ...node, input: done.get(node.input)! }
  }
}

/** The same plan with a name for every operator, so that a random plan has no two of one name. */
export function named(root: Node): Node {
  let count = 0
  const [copy] = rewrite([root], node => ({ ...node, name: `${node.kind}-${++count}` }))
  return copy!
}

export function sourcesOf(roots: readonly Node[]): SourceNode[] {
  return nodesOf(roots).filter(node => node.kind === 'source')
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
