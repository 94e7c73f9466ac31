/** Plans rewritten: the same computation over other sources or inputs. */
import { inputsOf, type Node, nodesOf, type SourceNode } from './node.ts'

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

/** The sources that the roots reach. */
export function sourcesOf(roots: readonly Node[]): SourceNode[] {
  return nodesOf(roots).filter(node => node.kind === 'source')
}
