/** `explain`: a plan in words, one operator a line. */
import { typeText } from '../schema/type.ts'
import { deliveries } from './delivery.ts'
import { durationText } from './duration.ts'
import { targetOf } from './endpoint.ts'
import { eventTimeOffset } from './event-time.ts'
import { expressionText } from './expression-text.ts'
import { aggregates } from './function/aggregates.ts'
import { nameOperators } from './name.ts'
import { type AggregateNode, type Aggregation, inputsOf, type Node } from './node.ts'

/** What can be explained: a dataset, or a pipeline with its name, mode and targets. */
export interface Explainable {
  readonly node: Node
  readonly name?: string
  readonly mode?: { readonly kind: string; readonly every?: string; readonly schedule?: string }
  readonly freshness?: string
  readonly onBadRecord?: string | { readonly action: string; readonly budget?: number | string | undefined }
  readonly to?: readonly unknown[]
}

/**
 * The operators of a plan as a tree, results first: the name of each, what it does, and of its result the update mode, the
 * key and the event time. Aggregates that approximate are marked `≈`. Of a pipeline also its mode, its targets, and what
 * is promised on the way from each source to each of them.
 */
export function explain(what: Explainable): string {
  const names = nameOperators(what.name ?? '', [what.node])
  const lines = what.name === undefined ? [] : heading(what, what.name)
  const shown = new Set<Node>()
  const visit = (node: Node, depth: number): void => {
    const indent = '  '.repeat(depth)
    const name = names.get(node)!.slice((what.name ?? '').length + 1)
    const again = shown.has(node)
    lines.push(`${indent}${name}${again ? ' (as above)' : ` → ${result(node)}`}`)
    if (again) return
    shown.add(node)
    for (const detail of details(node)) lines.push(`${indent}    ${detail}`)
    for (const input of inputsOf(node)) visit(input, depth + 1)
  }
  visit(what.node, 0)
  return lines.join('\n')
}

function heading(what: Explainable, name: string): string[] {
  const { mode, freshness } = what
  const when =
    mode !== undefined
      ? [
          mode.kind,
          ...(mode.every === undefined ? [] : [`every ${mode.every}`]),
          ...(mode.schedule === undefined ? [] : [`at ${mode.schedule}`]),
        ].join(' ')
      : freshness !== undefined
        ? `at most ${freshness} old`
        : 'batch if every source ends, else stream'
  return [`pipeline ${name}: ${when}`, ...badRecords(what.onBadRecord), ...routes(what)]
}

function badRecords(onBadRecord: Explainable['onBadRecord']): string[] {
  const { action, budget } = typeof onBadRecord === 'object' ? onBadRecord : { action: onBadRecord }
  if (action === undefined || (action === 'dead-letter' && budget === undefined)) return []
  return [`  bad records: ${action}${budget === undefined ? '' : `, at most ${budget}`}`]
}

/** The targets of a pipeline, and below each what is promised from every source: `from csv users.csv exactly once`. */
export function routes({ node, to = [] }: Explainable): string[] {
  return to.flatMap(target => {
    const { sink, write } = targetOf(target)!
    const from = deliveries(node, sink).map(({ source, delivery }) => `    from ${source} ${delivery}`)
    return [`  to ${sink.name}, ${write ?? node.mode}`, ...from]
  })
}

/** Update mode, key and event time of a relation. */
function result(node: Node): string {
  const key = node.key === undefined ? '' : ` by (${node.key.join(', ')})`
  const time =
    node.eventTime === undefined
      ? ''
      : `, event time ${node.eventTime}${eventTimeOffset(node) === -1 ? ' − 1 µs' : ''}`
  return `${node.mode}${key}${time}`
}

function details(node: Node): string[] {
  switch (node.kind) {
    case 'source':
      return [
        columns(node),
        `${node.source.bounded ? 'bounded' : 'unbounded'}, ${node.source.repeatable ? 'repeatable' : 'not repeatable'}` +
          (node.eventTime === undefined ? '' : `, at most ${durationText(node.outOfOrderness)} out of order`),
      ]
    case 'filter':
      return [`where ${expressionText(node.predicate)}`]
    case 'project':
      return node.columns
        .filter(({ name, expression }) => expression.kind !== 'column' || expression.name !== name)
        .map(({ name, expression }) => `${name} = ${expressionText(expression)}`)
    case 'aggregate':
      return [...windowDetails(node), ...node.aggregates.map(aggregateText)]
    case 'sort':
      return [sortText(node.by, node.offset, node.limit)]
    case 'map':
      return [`opaque, version ${node.version}`, columns(node)]
    default:
      return []
  }
}

function columns(node: Node): string {
  return Object.entries(node.schema)
    .map(([name, type]) => `${name} ${typeText(type)}`)
    .join(', ')
}

function windowDetails({ window }: AggregateNode): string[] {
  if (window === undefined) return []
  const emit = window.emit === 'on-close' ? 'when a window closes' : 'in every step'
  return [`emits ${emit}, takes rows ${durationText(window.allowedLateness)} late`]
}

function aggregateText({ name, fn, args, custom, quantile }: Aggregation): string {
  const exact = custom === undefined ? aggregates[fn].exact : custom.aggregate.exact !== false
  const options = quantile === undefined ? [] : [String(quantile)]
  return `${name} ${exact ? '=' : '≈'} ${custom?.name ?? fn}(${[...args.map(expressionText), ...options].join(', ')})`
}

function sortText(
  by: Extract<Node, { kind: 'sort' }>['by'],
  offset: number,
  limit: number | undefined,
): string {
  const keys = by.map(
    ({ expression, descending }) => `${expressionText(expression)}${descending ? ' desc' : ''}`,
  )
  const kept = limit === undefined ? '' : `, ${limit} rows${offset === 0 ? '' : ` after ${offset}`}`
  return `by ${keys.join(', ')}${kept}`
}
