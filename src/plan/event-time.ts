/** Where the event time of a relation is found. */
import type { Node } from './node.ts'

/**
 * What to add to the value of a relation's event-time column to have its event time, in µs. It is −1 where the column is
 * the `window_end` of a windowed aggregate: the last instant of the half-open window. Undefined without event time.
 */
export function eventTimeOffset(node: Node): 0 | -1 | undefined {
  const column = node.eventTime
  return column === undefined ? undefined : offsetOf(node, column)
}

function offsetOf(node: Node, column: string): 0 | -1 {
  switch (node.kind) {
    case 'source':
      return 0
    case 'aggregate':
      return node.window !== undefined && column === 'window_end' ? -1 : 0
    case 'project': {
      const from = node.columns.find(({ name }) => name === column)?.expression
      return from?.kind === 'column' ? offsetOf(node.input, from.name) : 0
    }
    case 'union':
      return offsetOf(node.inputs[0]!, column)
    case 'join':
      return offsetOf(node.left, node.columns.find(({ name }) => name === column)?.column ?? column)
    case 'late':
      return offsetOf(node.of.input, column)
    case 'filter':
    case 'distinct':
    case 'sort':
    case 'map':
      return offsetOf(node.input, column)
  }
}
