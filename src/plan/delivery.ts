/** Law 7: what each route from a source to a sink promises. Nobody declares it: it follows from the two ends. */
import type { Sink } from '../seam/sink.ts'
import { type Node, nodesOf } from './node.ts'

/** Over all attempts until a run has ended well, for every row of the source. */
export type Delivery = 'exactly once' | 'at least once' | 'not repeatable'

/** A run that failed begins again: that shows at sinks that add to what they have, and in sources that give other rows then. */
export function deliveries(
  root: Node,
  sink: Sink,
): readonly { readonly source: string; readonly delivery: Delivery }[] {
  const sources = nodesOf([root]).flatMap(node => (node.kind === 'source' ? [node.source] : []))
  return sources.map(({ name, repeatable }) => {
    const once = sink.onReplay === 'duplicates' ? 'at least once' : 'exactly once'
    return { source: name, delivery: repeatable ? once : 'not repeatable' }
  })
}
