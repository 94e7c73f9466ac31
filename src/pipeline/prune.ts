/** Partitions that filters rule out are not opened. */
import { evaluate } from '../engine/reference/evaluate.ts'
import { columnsIn, type Expression } from '../plan/expression.ts'
import { inputsOf, type Node, nodesOf, type SourceNode } from '../plan/node.ts'
import { rewrite } from '../plan/rewrite.ts'

/**
 * The plan, and what stands in it for nodes below its root, with sources that leave out the partitions of which the filters
 * right above them leave nothing.
 */
export function pruned(root: Node, below: readonly Node[]): Node[] {
  const readers = new Map<Node, Node[]>()
  for (const node of nodesOf([root])) {
    for (const input of inputsOf(node)) readers.set(input, [...(readers.get(input) ?? []), node])
  }
  return rewrite([root, ...below], (node, original) => {
    if (node.kind !== 'source' || original === root) return node
    return pruneBy(node, predicatesOver(original, readers))
  })
}

/** The predicates that every row of a source must hold to be seen by anyone. */
function predicatesOver(source: Node, readers: ReadonlyMap<Node, readonly Node[]>): Expression[] {
  const predicates: Expression[] = []
  for (let node = source; ; ) {
    const above = readers.get(node) ?? []
    const [reader] = above
    if (above.length !== 1 || reader?.kind !== 'filter') return predicates
    predicates.push(...conjuncts(reader.predicate))
    node = reader
  }
}

function conjuncts(predicate: Expression): Expression[] {
  const isAnd = predicate.kind === 'call' && predicate.fn === 'and'
  return isAnd ? predicate.args.flatMap(conjuncts) : [predicate]
}

function pruneBy(node: SourceNode, predicates: readonly Expression[]): SourceNode {
  const { pruning } = node.source
  if (pruning === undefined) return node
  const decided = predicates.filter(each =>
    [...columnsIn(each)].every(name => pruning.columns.includes(name)),
  )
  if (decided.length === 0) return node
  const source = pruning.where(values =>
    decided.every(each => evaluate(each, name => values[name]!) === true),
  )
  return { ...node, source }
}
