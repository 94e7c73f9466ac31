/** Names of operators: what counters, `explain` and state are found by. */
import { HeadraceError } from '../errors.ts'
import { durationText } from './duration.ts'
import { type Node, nodesOf, type WindowRule } from './node.ts'

/** Operators that remember rows between steps, or run code whose version matters: their names must not depend on a place. */
const LASTING: ReadonlySet<Node['kind']> = new Set(['aggregate', 'distinct', 'join', 'map'])

/**
 * The name of every operator that the roots reach: `pipeline/` and the name chosen with `.named()`, or one made of its
 * kind and keys. The same plan has the same names in every run. Two stateless operators that would share one are told
 * apart by `#2`, in reading order; two that keep state are refused with NAME_TAKEN, because editing the plan would hand
 * the state of one to the other.
 */
export function nameOperators(pipeline: string, roots: readonly Node[]): Map<Node, string> {
  const names = new Map<Node, string>()
  const takenBy = new Map<string, Node>()
  for (const node of nodesOf(roots)) {
    const name = freeName(`${pipeline}/${node.name ?? labelOf(node)}`, node, takenBy)
    takenBy.set(name, node)
    names.set(node, name)
  }
  return names
}

function freeName(name: string, node: Node, takenBy: ReadonlyMap<string, Node>): string {
  const other = takenBy.get(name)
  if (other === undefined) return name
  if (node.name !== undefined || LASTING.has(node.kind)) {
    throw new HeadraceError(
      'NAME_TAKEN',
      `Two operators (${other.kind}, ${node.kind}) would be named '${name}'. Name one of them with .named('…').`,
    )
  }
  let place = 2
  while (takenBy.has(`${name}#${place}`)) place++
  return `${name}#${place}`
}

/** Kind and keys of an operator: `aggregate(product_id, 1 minute)`. */
export function labelOf(node: Node): string {
  switch (node.kind) {
    case 'source':
      return `source(${node.source.name})`
    case 'project':
      return 'select'
    case 'aggregate':
      return `aggregate(${[...node.keys, ...windowText(node.window)].join(', ')})`
    case 'late':
      return `late(${node.of.name ?? labelOf(node.of)})`
    case 'join':
      return `${node.how} join(${node.on.map(([a, b]) => (a === b ? a : `${a} = ${b}`)).join(', ')})`
    case 'map':
      return `${node.each}(${node.function})`
    default:
      return node.kind
  }
}

function windowText(window: WindowRule | undefined): string[] {
  if (window === undefined) return []
  const size = durationText(window.size)
  return [window.slide === window.size ? size : `${size} every ${durationText(window.slide)}`]
}
