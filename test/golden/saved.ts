/** Plans as JSON: how a random plan that found a mistake is kept. Opaque functions are kept by name. */
import { aggregateNode, type UntypedAggregation } from '../../src/plan/builder/nodes.ts'
import { call, column, type Expression, literal } from '../../src/plan/expression.ts'
import type { FunctionName, FunctionOptions } from '../../src/plan/function/catalogue.ts'
import { type AggregateNode, inputsOf, type Node, nodesOf } from '../../src/plan/node.ts'
import type { Cell } from '../../src/schema/cell.ts'
import type { ColumnType, Schema } from '../../src/schema/type.ts'
import { feeding, feedOf } from '../../src/verify/feed.ts'
import type { Input } from '../../src/verify/generate/data.ts'
import { customAggregates } from '../../src/verify/generate/opaque.ts'
import { opaque, rebuilt } from '../../src/verify/generate/rebuild.ts'

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }
type Saved = { [name: string]: Json }

/** The plan as a list of nodes, inputs before readers, each naming its inputs by their place in the list. */
export function savedPlan(root: Node): Json[] {
  const nodes = nodesOf([root])
  return nodes.map(node => ({
    kind: node.kind,
    inputs: inputsOf(node).map(input => nodes.indexOf(input)),
    ...savedParts(node),
  }))
}

function savedParts(node: Node): Saved {
  switch (node.kind) {
    case 'source':
      return savedSource(feedOf(node).input)
    case 'filter':
      return { predicate: savedExpression(node.predicate) }
    case 'project':
      return {
        columns: node.columns.map(({ name, expression }) => ({ name, ...savedExpression(expression) })),
      }
    case 'aggregate':
      return savedAggregate(node)
    case 'join':
      return { how: node.how, on: node.on.map(pair => [...pair]) }
    case 'sort': {
      const by = node.by.map(({ expression, descending }) => ({
        descending,
        ...savedExpression(expression),
      }))
      return { by, offset: node.offset, ...(node.limit === undefined ? {} : { limit: node.limit }) }
    }
    case 'map':
      return { function: node.function }
    default:
      return {}
  }
}

function savedSource({ name, schema, mode, key, eventTime, outOfOrderness }: Input): Saved {
  return plain({ name, mode, key, eventTime, outOfOrderness, schema })
}

function savedAggregate({ keys, window, aggregates }: AggregateNode): Saved {
  const saved = aggregates.map(({ name, fn, args, quantile, custom, type }) =>
    plain({
      name,
      fn,
      args: args.map(savedExpression),
      quantile,
      custom: custom?.name,
      type: fn === 'custom' ? type : undefined,
    }),
  )
  return plain({ keys, window, aggregates: saved })
}

function savedExpression(expression: Expression): Saved {
  switch (expression.kind) {
    case 'column':
      return { column: expression.name }
    case 'literal':
      return plain({ literal: savedCell(expression.value), type: expression.type })
    case 'call':
      return plain({
        call: expression.fn,
        args: expression.args.map(savedExpression),
        options: expression.options,
      })
  }
}

/** JSON has no bigint and no bytes: they are one-property objects. */
function savedCell(cell: Cell): Json {
  if (typeof cell === 'bigint') return { integer: cell.toString() }
  if (cell instanceof Uint8Array) return { hex: Buffer.from(cell).toString('hex') }
  if (Array.isArray(cell)) return cell.map(savedCell)
  return cell as Json
}

/** Without what is undefined. */
function plain(value: object): Saved {
  return JSON.parse(JSON.stringify(value))
}

interface Read extends Omit<AggregateNode, 'kind' | 'aggregates'> {
  readonly kind: Node['kind']
  readonly inputs: readonly number[]
  readonly [part: string]: unknown
}

/** The plan of saved nodes; its sources are feeds without rows yet, by name. */
export function loadedPlan(saved: readonly unknown[]): Node {
  const nodes: Node[] = []
  for (const entry of saved as readonly Read[]) {
    const inputs = entry.inputs.map(i => nodes[i]!)
    nodes.push(loadedNode(entry, inputs))
  }
  return nodes.at(-1)!
}

function loadedNode(entry: Read, inputs: readonly Node[]): Node {
  const [input] = inputs as readonly [Node]
  const parts = entry as unknown as Record<string, never>
  switch (entry.kind) {
    case 'source':
      return feeding({ ...(parts as unknown as Input), rows: [], wild: new Set() })
    case 'filter':
      return remade({ predicate: loadedExpression(parts.predicate!, input.schema) })
    case 'project':
      return remade({ columns: named(parts.columns!, input.schema) })
    case 'sort': {
      const by = (parts.by! as Record<string, unknown>[]).map(key => ({
        descending: key.descending,
        expression: loadedExpression(key, input.schema),
      }))
      return remade({ by, offset: parts.offset, limit: parts.limit })
    }
    case 'aggregate':
      return aggregateNode(input, entry.keys, entry.window, loadedAggregates(parts.aggregates!, input.schema))
    case 'map':
      return opaque(input, parts.function!)
    default:
      return remade(parts)
  }
  function remade(rest: object): Node {
    return rebuilt({ ...rest, kind: entry.kind } as unknown as Node, inputs)
  }
}

function named(columns: Record<string, unknown>[], schema: Schema): object[] {
  return columns.map(saved => ({ name: saved.name, expression: loadedExpression(saved, schema) }))
}

function loadedAggregates(saved: Record<string, unknown>[], schema: Schema): UntypedAggregation[] {
  return saved.map(({ args, custom, type, ...rest }) => {
    const loaded = (args as unknown[]).map(arg => loadedExpression(arg, schema))
    const fold =
      custom === undefined
        ? {}
        : { custom: { name: custom, aggregate: customAggregates[custom as string]! }, declared: type }
    return { ...rest, args: loaded, ...fold } as unknown as UntypedAggregation
  })
}

function loadedExpression(saved: unknown, schema: Schema): Expression {
  const entry = saved as Record<string, unknown>
  if (typeof entry.column === 'string') return column(schema, entry.column)
  if (typeof entry.call === 'string') {
    const args = (entry.args as unknown[]).map(arg => loadedExpression(arg, schema))
    return call(entry.call as FunctionName, args, entry.options as FunctionOptions)
  }
  return literal(entry.type as ColumnType, loadedCell(entry.literal as Json))
}

function loadedCell(saved: Json): Cell {
  if (Array.isArray(saved)) return saved.map(loadedCell)
  if (saved === null || typeof saved !== 'object') return saved
  if (typeof saved.integer === 'string') return BigInt(saved.integer)
  return Uint8Array.from(Buffer.from(String(saved.hex), 'hex'))
}
