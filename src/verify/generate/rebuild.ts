/** Nodes made again over changed inputs, with types, keys and modes resolved anew. */
import { HeadraceError } from '../../errors.ts'
import {
  aggregateNode,
  distinctNode,
  filterNode,
  joinNode,
  lateNode,
  mapNode,
  projectNode,
  sortNode,
  type UntypedAggregation,
  unionNode,
} from '../../plan/builder/nodes.ts'
import { call, column, type Expression } from '../../plan/expression.ts'
import type { AggregateNode, Node } from '../../plan/node.ts'
import type { Schema } from '../../schema/type.ts'
import { mapFunctions, mappedSchema } from './opaque.ts'

/** The expression over another schema. Throws HeadraceError where a column or a function is not there any more. */
function retyped(expression: Expression, schema: Schema): Expression {
  switch (expression.kind) {
    case 'literal':
      return expression
    case 'column':
      return column(schema, expression.name)
    case 'call':
      return call(
        expression.fn,
        expression.args.map(arg => retyped(arg, schema)),
        expression.options,
      )
  }
}

/** The node over other inputs, in the order of `inputsOf`. Throws HeadraceError where it cannot be. */
export function rebuilt(node: Node, inputs: readonly Node[]): Node {
  const [input] = inputs as readonly [Node]
  switch (node.kind) {
    case 'source':
      return node
    case 'filter':
      return filterNode(input, retyped(node.predicate, input.schema))
    case 'project':
      return projectNode(
        input,
        node.columns.map(({ name, expression }) => ({ name, expression: retyped(expression, input.schema) })),
      )
    case 'union':
      return unionNode(inputs)
    case 'distinct':
      return distinctNode(input)
    case 'aggregate':
      return rebuiltAggregate(node, input)
    case 'late':
      if (input.kind !== 'aggregate' || input.window === undefined) throw unfit(node, 'its window is gone')
      return lateNode(input)
    case 'join':
      return joinNode(input, inputs[1]!, node.how, node.on)
    case 'sort': {
      const by = node.by.map(({ expression, descending }) => ({
        expression: retyped(expression, input.schema),
        descending,
      }))
      return sortNode(input, by, node.limit, node.offset)
    }
    case 'map':
      return opaque(input, node.function)
  }
}

function rebuiltAggregate(node: AggregateNode, input: Node): Node {
  if (node.window !== undefined && input.eventTime === undefined) throw unfit(node, 'the event time is gone')
  const specs = node.aggregates.map(({ type, ...rest }): UntypedAggregation => {
    const spec = { ...rest, args: rest.args.map(arg => retyped(arg, input.schema)) }
    return rest.fn === 'custom' ? { ...spec, declared: type } : spec
  })
  return aggregateNode(input, node.keys, node.window, specs)
}

/** A node of an opaque function, which is named by its function and the columns it keeps. */
export function opaque(input: Node, named: string): Node {
  const [name, ...keep] = named.split(' ')
  for (const kept of keep) column(input.schema, kept)
  const node = { version: 1, function: named, ...mapFunctions[name!]!(keep) }
  return mapNode(input, node, mappedSchema(input.schema, keep))
}

function unfit(node: Node, why: string): HeadraceError {
  return new HeadraceError('INVALID_ARGUMENT', `The ${node.kind} cannot be made again: ${why}.`)
}
