/** A plan in its place: sources where they lie, cut to the interval of the run, and without what its filters rule out. */
import { HeadraceError } from '../errors.ts'
import { filterNode } from '../plan/builder/nodes.ts'
import { durationText } from '../plan/duration.ts'
import { call, column, literal } from '../plan/expression.ts'
import { labelOf } from '../plan/name.ts'
import { type Node, nodesOf, type SourceNode } from '../plan/node.ts'
import { rewrite, sourcesOf } from '../plan/rewrite.ts'
import { MAX_INSTANT, MIN_INSTANT } from '../schema/instant.ts'
import { textOfTimestamp } from '../schema/text/time-text.ts'
import { t } from '../schema/type.ts'
import type { Interval, Site } from '../seam/site.ts'
import { pruned } from './prune.ts'

/**
 * The plan that runs at a site, followed by what stands in it for nodes below its root. With an interval, dated sources leave
 * out what lies outside it, and of the others those with an event time are filtered by it; a source with neither is read
 * whole, as a table of dimensions would be. Throws REFUSED for an interval that no source of the plan knows, and for one that
 * cuts windows.
 */
export function bound(root: Node, site: Site, below: readonly Node[] = []): Node[] {
  const placed = rewrite(pruned(root, below), node => (node.kind === 'source' ? atSite(node, site) : node))
  if (site.interval === undefined) return placed
  checkInterval(placed[0]!)
  checkWindows(placed, site.interval)
  return within(placed, site.interval)
}

function atSite(node: SourceNode, site: Site): SourceNode {
  return node.source.at === undefined ? node : { ...node, source: node.source.at(site) }
}

function checkInterval(root: Node): void {
  const sources = sourcesOf([root])
  if (sources.some(({ source, eventTime }) => source.dated === true || eventTime !== undefined)) return
  const names = sources.map(({ source }) => source.name).join(', ')
  throw new HeadraceError(
    'REFUSED',
    `The run is over an interval, and no source knows time: ${names}. Give one an eventTime or a dated path ({yyyy}-{MM}-{dd}), or run without from and to.`,
  )
}

/** A window that the interval cuts would get the result of a part of its rows, in place of the one of all of them. */
function checkWindows(roots: readonly Node[], { from, to }: Interval): void {
  const ends = [from, to].filter(end => end !== MIN_INSTANT && end !== MAX_INSTANT)
  for (const node of nodesOf(roots)) {
    if (node.kind !== 'aggregate' || node.window === undefined) continue
    const { size, slide } = node.window
    const cut = ends.find(end => slide < size || end % BigInt(size) !== 0n)
    if (cut !== undefined) throw cutsWindows(labelOf(node), size, slide, cut)
  }
}

function cutsWindows(label: string, size: number, slide: number, cut: bigint): HeadraceError {
  const isOne = slide === size
  const windows = isOne ? durationText(size) : `${durationText(size)} every ${durationText(slide)}`
  const begin = cut - (((cut % BigInt(size)) + BigInt(size)) % BigInt(size))
  const wayOut = isOne
    ? `Give from and to where windows begin, as one does at ${textOfTimestamp(begin)}`
    : 'Such windows overlap, so that every interval cuts some. Run without from and to'
  return new HeadraceError(
    'REFUSED',
    `The run is over an interval that begins or ends at ${textOfTimestamp(cut)}, within a window of ${label} (${windows}), which would be computed from a part of its rows. ${wayOut}.`,
  )
}

/** Filters go right above their sources, under names that no operator of the plan has. */
function within(roots: readonly Node[], { from, to }: Interval): Node[] {
  let filters = 0
  return rewrite(roots, node => {
    if (node.kind !== 'source' || node.source.dated === true || node.eventTime === undefined) return node
    const time = column(node.schema, node.eventTime)
    const begun = call('ge', [time, literal(t.timestamp(), from)])
    const open = call('lt', [time, literal(t.timestamp(), to)])
    filters++
    return {
      ...filterNode(node, call('and', [begun, open])),
      name: `interval ${filters} of ${labelOf(node)}`,
    }
  })
}
