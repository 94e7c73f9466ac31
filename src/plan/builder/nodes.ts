/** Makes the nodes of the plan, and refuses what no engine could run. Every check here also holds for plain JavaScript. */
import { HeadraceError } from '../../errors.ts'
import { isComparable } from '../../schema/cell.ts'
import { type ColumnType, type Schema, sameType, t, typeText, withNull } from '../../schema/type.ts'
import { column, type Expression } from '../expression.ts'
import { aggregates } from '../function/aggregates.ts'
import type {
  AggregateNode,
  Aggregation,
  FilterNode,
  JoinColumn,
  JoinHow,
  JoinNode,
  LateNode,
  MapNode,
  Node,
  Projection,
  ProjectNode,
  SortNode,
  UnionNode,
  WindowRule,
} from '../node.ts'
import { checkName, checkWhole } from '../options.ts'
import {
  aggregated,
  distinctOf,
  joined,
  kept,
  lateOf,
  limited,
  mapped,
  projected,
  united,
} from '../update-mode.ts'

/** Rows for which the predicate is true. Throws TYPE_MISMATCH unless it is a bool. */
export function filterNode(input: Node, predicate: Expression): FilterNode {
  if (predicate.type.kind !== 'bool') {
    throw new HeadraceError(
      'TYPE_MISMATCH',
      `filter: the predicate is a ${typeText(predicate.type)}, not a bool. Compare it: .gt(0), .eq('x'), .isNotNull().`,
    )
  }
  return { kind: 'filter', input, predicate, schema: input.schema, ...kept(input) }
}

/** Exactly these columns. Throws DUPLICATE_COLUMN, or INVALID_ARGUMENT for none. */
export function projectNode(input: Node, columns: readonly Projection[]): ProjectNode {
  const schema = schemaOf(
    'select',
    columns.map(({ name, expression }) => [name, expression.type]),
  )
  return { kind: 'project', input, columns, schema, ...projected(input, columns) }
}

/** The rows of all, which have the same columns in the same order. Throws SCHEMA_MISMATCH. */
export function unionNode(inputs: readonly Node[]): UnionNode {
  const [first] = inputs as [Node]
  const schema = inputs.slice(1).reduce((all, { schema }) => unionSchema(all, schema), first.schema)
  return { kind: 'union', inputs, schema, ...united(inputs) }
}

function unionSchema(a: Schema, b: Schema): Schema {
  const [names, others] = [Object.keys(a), Object.keys(b)]
  const same = names.length === others.length && names.every((name, i) => others[i] === name)
  const differing = names.find(name => same && !sameType(a[name]!, b[name]!))
  if (!same || differing !== undefined) {
    const text = (schema: Schema): string =>
      Object.entries(schema)
        .map(([name, type]) => `${name} ${typeText(type)}`)
        .join(', ')
    throw new HeadraceError(
      'SCHEMA_MISMATCH',
      `union: both sides need the same columns in the same order. One has (${text(a)}), the other (${text(b)}). Use select.`,
    )
  }
  return Object.fromEntries(
    names.map(name => [name, withNull(a[name]!, a[name]!.nullable || b[name]!.nullable)]),
  )
}

/** One of each row. Throws TYPE_MISMATCH for a column without equality. */
export function distinctNode(input: Node): Node {
  for (const name of Object.keys(input.schema)) keyColumn('distinct', input.schema, name)
  return { kind: 'distinct', input, schema: input.schema, ...distinctOf(input) }
}

/** A column by which rows can be told apart. Throws UNKNOWN_COLUMN, or TYPE_MISMATCH for float64, json and list. */
export function keyColumn(what: string, schema: Schema, name: string): ColumnType {
  const { type } = column(schema, name)
  if (isComparable(type) && type.kind !== 'float64') return type
  throw new HeadraceError(
    'TYPE_MISMATCH',
    `${what}: '${name}' is a ${typeText(type)}, and float64, json and list are no keys: equal values may differ in ` +
      'spelling or in the last bit. Cast it, or leave it out.',
  )
}

/** An aggregate before the plan knows its input: what `aggregateNode` turns into an `Aggregation`. */
export type UntypedAggregation = Omit<Aggregation, 'type'> & { readonly declared?: ColumnType }

/** Groups and aggregates. Throws where an aggregate does not fit its input, or two columns would have one name. */
export function aggregateNode(
  input: Node,
  keys: readonly string[],
  window: WindowRule | undefined,
  specs: readonly UntypedAggregation[],
): AggregateNode {
  const grouped = keys.length > 0 || window !== undefined
  const found = specs.map(spec => aggregation(input, grouped, spec))
  const schema = schemaOf('agg', [
    ...keys.map(name => [name, keyColumn('groupBy', input.schema, name)] as const),
    ...(window === undefined
      ? []
      : [['window_start', t.timestamp()] as const, ['window_end', t.timestamp()] as const]),
    ...found.map(({ name, type }) => [name, type] as const),
  ])
  const rest = { schema, ...aggregated(input, keys, window) }
  const node = { kind: 'aggregate', input, keys, aggregates: found, ...rest } as const
  return window === undefined ? node : { ...node, window }
}

function aggregation(input: Node, grouped: boolean, spec: UntypedAggregation): Aggregation {
  const { declared, ...rest } = spec
  const { resolve, retracts } = aggregates[spec.fn]
  const types = spec.args.map(arg => arg.type)
  if ((spec.fn === 'first' || spec.fn === 'last') && input.eventTime === undefined) {
    throw new HeadraceError(
      'NEEDS_EVENT_TIME',
      `${spec.fn} ('${spec.name}') needs an event time to know which row is ${spec.fn}, and its input has none. ` +
        'Declare eventTime on the source and keep its column, or use argMin or argMax.',
    )
  }
  const takesBack = spec.custom === undefined ? retracts : spec.custom.aggregate.retract !== undefined
  if (input.mode !== 'append' && !takesBack) {
    throw new HeadraceError(
      'NOT_MERGEABLE',
      `${spec.custom?.name ?? spec.fn} ('${spec.name}') cannot take rows back, and its input is ${input.mode}. ` +
        (spec.custom === undefined ? 'Use countDistinct.' : 'Give the fold a retract function.'),
    )
  }
  if (declared === undefined) return { ...rest, type: resolve(types, grouped) }
  return {
    ...rest,
    type: withNull(declared, declared.nullable || !grouped || types.some(type => type.nullable)),
  }
}

/** The rows that came too late for a windowed aggregate: two of them may share a key. */
export function lateNode(of: AggregateNode): LateNode {
  return { kind: 'late', of, schema: of.input.schema, ...lateOf(of.input) }
}

/** A schema from columns, of which there is at least one. Throws DUPLICATE_COLUMN or INVALID_ARGUMENT. */
function schemaOf(what: string, columns: readonly (readonly [name: string, type: ColumnType])[]): Schema {
  if (columns.length === 0) throw new HeadraceError('INVALID_ARGUMENT', `${what}: name at least one column.`)
  const schema: Record<string, ColumnType> = {}
  for (const [name, type] of columns) {
    checkName(`${what}: a column name`, name)
    if (Object.hasOwn(schema, name)) {
      throw new HeadraceError(
        'DUPLICATE_COLUMN',
        `${what}: two columns would be named '${name}'. Rename one of them.`,
      )
    }
    schema[name] = type
  }
  return schema
}

/** Throws UNKNOWN_COLUMN, TYPE_MISMATCH for keys of two types, or DUPLICATE_COLUMN. */
export function joinNode(
  left: Node,
  right: Node,
  how: JoinHow,
  on: readonly (readonly [left: string, right: string])[],
): JoinNode {
  if (on.length === 0) {
    throw new HeadraceError('INVALID_ARGUMENT', "join: name at least one key column: { on: 'product_id' }.")
  }
  for (const [a, b] of on) {
    const [x, y] = [keyColumn('join', left.schema, a), keyColumn('join', right.schema, b)]
    if (sameType(x, y)) continue
    throw new HeadraceError(
      'TYPE_MISMATCH',
      `join: '${a}' is ${typeText(x)} on the left and '${b}' is ${typeText(y)} on the right. Cast one of them.`,
    )
  }
  const columns = joinColumns(left.schema, right.schema, how, on)
  const schema = schemaOf(
    'join',
    columns.map(from => [from.name, joinType(left.schema, right.schema, how, from)]),
  )
  return { kind: 'join', left, right, how, on, columns, schema, ...joined(left, right, how) }
}

function joinColumns(
  left: Schema,
  right: Schema,
  how: JoinHow,
  on: readonly (readonly [string, string])[],
): JoinColumn[] {
  const shared = new Set(on.filter(([a, b]) => a === b).map(([a]) => a))
  const either = how === 'right' || how === 'full'
  const ofLeft = Object.keys(left).map(
    (name): JoinColumn =>
      either && shared.has(name)
        ? { name, from: 'either', column: name, other: name }
        : { name, from: 'left', column: name },
  )
  if (how === 'semi' || how === 'anti') return ofLeft
  const ofRight = Object.keys(right).filter(name => !shared.has(name))
  return [...ofLeft, ...ofRight.map((name): JoinColumn => ({ name, from: 'right', column: name }))]
}

function joinType(left: Schema, right: Schema, how: JoinHow, from: JoinColumn): ColumnType {
  if (from.from === 'either') {
    const [a, b] = [left[from.column]!, right[from.other!]!]
    return withNull(a, how === 'right' ? b.nullable : a.nullable || b.nullable)
  }
  const type = (from.from === 'left' ? left : right)[from.column]!
  const missing = how === 'full' || how === (from.from === 'left' ? 'right' : 'left')
  return missing ? withNull(type, true) : type
}

/** Throws TYPE_MISMATCH for a column without an order, INVALID_ARGUMENT for a limit that is not a whole number. */
export function sortNode(input: Node, by: SortNode['by'], limit?: number, offset = 0): SortNode {
  if (by.length === 0) throw new HeadraceError('INVALID_ARGUMENT', 'orderBy: name at least one column.')
  for (const { expression } of by) {
    if (isComparable(expression.type)) continue
    throw new HeadraceError('TYPE_MISMATCH', `orderBy: a ${typeText(expression.type)} has no order.`)
  }
  checkWhole('offset', offset, 0)
  if (limit === undefined) return { kind: 'sort', input, by, offset, schema: input.schema, ...kept(input) }
  checkWhole('limit', limit, 0)
  return { kind: 'sort', input, by, offset, limit, schema: input.schema, ...limited(input) }
}

/** An opaque function. The event time survives if the output has a timestamp of its name, which is passed unchanged. */
export function mapNode(
  input: Node,
  node: Pick<MapNode, 'each' | 'version' | 'function' | 'apply' | 'validate'>,
  out: Schema,
): MapNode {
  const schema = schemaOf(node.each, Object.entries(out))
  checkWhole(`${node.each} '${node.function}': version`, node.version, 1)
  const time = input.eventTime
  const timed = time !== undefined && Object.hasOwn(schema, time) && schema[time]!.kind === 'timestamp'
  return { kind: 'map', input, ...node, schema, ...mapped(input, timed ? time : undefined) }
}
