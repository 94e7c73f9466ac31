/** Nodes as SELECTs. Every relation has the columns c0, c1, … in the order of its node's schema. */
import { failSql } from '../../duckdb/failure.ts'
import { sqlType } from '../../duckdb/types.ts'
import { eventTimeOffset } from '../../plan/event-time.ts'
import { columnsIn } from '../../plan/expression.ts'
import type {
  AggregateNode,
  FilterNode,
  JoinNode,
  Node,
  ProjectNode,
  SortNode,
  WindowRule,
} from '../../plan/node.ts'
import { MAX_INSTANT, MIN_INSTANT } from '../../schema/instant.ts'
import type { Schema } from '../../schema/type.ts'
import { aggregateSql } from './aggregate.ts'
import { columnAt, columnNamed, type DefineNative, emitterOf } from './expression.ts'

/** The nodes that SQL can express; sources and opaque functions become tables first. */
export type SqlNode = Exclude<Node, { kind: 'source' | 'map' }>

/** What stands behind FROM for a node that has been written: a table's name, or a SELECT in parentheses. */
export type From = (node: Node) => string

/** The SELECT of a node over those of its inputs. */
export function selectOf(node: SqlNode, from: From, native: DefineNative): string {
  switch (node.kind) {
    case 'filter':
      return filter(node, from, native)
    case 'project':
      return project(node, from, native)
    case 'union':
      return node.inputs
        .map(input => `SELECT ${columns(input.schema)} FROM ${from(input)}`)
        .join(' UNION ALL ')
    case 'distinct':
      return `SELECT DISTINCT ${columns(node.schema)} FROM ${from(node.input)}`
    case 'aggregate':
      return aggregate(node, from, native)
    case 'late':
      return empty(node.schema)
    case 'join':
      return join(node, from)
    case 'sort':
      return sort(node, from, native)
  }
}

/** `c0, c1, …`. */
export function columns(schema: Schema, prefix = ''): string {
  return Object.keys(schema)
    .map((_, place) => prefix + columnAt(place))
    .join(', ')
}

function empty(schema: Schema): string {
  const nulls = Object.values(schema).map(
    (type, place) => `CAST(NULL AS ${sqlType(type)}) AS ${columnAt(place)}`,
  )
  return `SELECT ${nulls.join(', ')} WHERE FALSE`
}

function filter(node: FilterNode, from: From, native: DefineNative): string {
  const predicate = emitterOf(node.input.schema, native).sql(node.predicate)
  return `SELECT ${columns(node.schema)} FROM ${from(node.input)} WHERE ${predicate}`
}

function project(node: ProjectNode, from: From, native: DefineNative): string {
  const emitter = emitterOf(node.input.schema, native)
  const values = node.columns.map(
    ({ expression }, place) => `${emitter.sql(expression)} AS ${columnAt(place)}`,
  )
  return `SELECT ${values.join(', ')} FROM ${from(node.input)}`
}

function aggregate(node: AggregateNode, from: From, native: DefineNative): string {
  const emitter = emitterOf(node.input.schema, native)
  const keys = node.keys.map(key => columnNamed(node.input.schema, key))
  const windows = node.window === undefined ? [] : windowBounds(node.window)
  const values = node.aggregates.map(aggregation => aggregateSql(node, aggregation, emitter))
  const selected = [...keys, ...windows, ...values].map((value, place) => `${value} AS ${columnAt(place)}`)
  const input = node.window === undefined ? from(node.input) : windowed(node, node.window, from)
  const groups = node.window === undefined ? keys : [...keys, WINDOW]
  const grouping = groups.length === 0 ? '' : ` GROUP BY ${groups.join(', ')}`
  return `SELECT ${selected.join(', ')} FROM ${input}${grouping}`
}

/** The number of the slide that a row's window begins with, beside the columns of the input: whole numbers group fastest. */
const WINDOW = 'w'

/** Slides are counted from before year 1, because integer division rounds down only where nothing is negative. */
const slidesBefore1970 = ({ slide }: WindowRule): bigint => -MIN_INSTANT / BigInt(slide) + 1n

/** The input with a row for each window of each row. */
function windowed(node: AggregateNode, rule: WindowRule, from: From): string {
  const column = columnNamed(node.input.schema, node.input.eventTime!)
  const shift = slidesBefore1970(rule) * BigInt(rule.slide) + BigInt(eventTimeOffset(node.input)!)
  const latest = `(epoch_us(${column}) + CAST('${shift}' AS BIGINT)) // CAST('${rule.slide}' AS BIGINT)`
  const known = node.input.schema[node.input.eventTime!]!.nullable ? ` WHERE ${column} IS NOT NULL` : ''
  const all = columns(node.input.schema)
  const count = rule.size / rule.slide
  if (count === 1) return `(SELECT ${all}, ${latest} AS ${WINDOW} FROM ${from(node.input)}${known})`
  return `(SELECT ${all}, ${latest} - i AS ${WINDOW} FROM ${from(node.input)}, range(${count}) AS r(i)${known})`
}

/** window_start and window_end, once a group. */
function windowBounds(rule: WindowRule): string[] {
  const start = `(${WINDOW} - CAST('${slidesBefore1970(rule)}' AS BIGINT)) * CAST('${rule.slide}' AS BIGINT)`
  const least = `CAST('${MIN_INSTANT}' AS BIGINT)`
  const greatest = `CAST('${MAX_INSTANT - BigInt(rule.size)}' AS BIGINT)`
  const overflow = failSql('OVERFLOW', 'window: a window reaches beyond the years 0001 to 9999')
  const inRange = `CASE WHEN ${start} BETWEEN ${least} AND ${greatest} THEN ${start} ELSE ${overflow} END`
  return [`make_timestamp(${inRange})`, `make_timestamp(${start} + CAST('${rule.size}' AS BIGINT))`]
}

const SQL_JOIN = { inner: 'JOIN', left: 'LEFT JOIN', right: 'RIGHT JOIN', full: 'FULL JOIN' } as const

function join(node: JoinNode, from: From): string {
  const left = (column: string) => `l.${columnNamed(node.left.schema, column)}`
  const right = (column: string) => `r.${columnNamed(node.right.schema, column)}`
  const equal = node.on.map(([a, b]) => `${left(a)} = ${right(b)}`).join(' AND ')
  const selected = node.columns.map(({ from: side, column, other }, place) => {
    const value =
      side === 'left'
        ? left(column)
        : side === 'right'
          ? right(column)
          : `coalesce(${left(column)}, ${right(other!)})`
    return `${value} AS ${columnAt(place)}`
  })
  const select = `SELECT ${selected.join(', ')} FROM ${from(node.left)} AS l`
  if (node.how === 'semi' || node.how === 'anti') {
    const not = node.how === 'anti' ? 'NOT ' : ''
    return `${select} WHERE ${not}EXISTS (SELECT 1 FROM ${from(node.right)} AS r WHERE ${equal})`
  }
  return `${select} ${SQL_JOIN[node.how]} ${from(node.right)} AS r ON ${equal}`
}

function sort(node: SortNode, from: From, native: DefineNative): string {
  const emitter = emitterOf(node.input.schema, native)
  // A constant orders nothing, and DuckDB refuses it.
  const by = node.by
    .filter(({ expression }) => columnsIn(expression).size > 0)
    .map(
      ({ expression, descending }) => `${emitter.sql(expression)} ${descending ? 'DESC' : 'ASC'} NULLS LAST`,
    )
  const ties = Object.keys(node.schema).map((_, place) => `${columnAt(place)} ASC NULLS LAST`)
  const limit = node.limit === undefined ? '' : ` LIMIT ${node.limit}`
  const order = [...by, ...ties].join(', ')
  return `SELECT ${columns(node.schema)} FROM ${from(node.input)} ORDER BY ${order}${limit} OFFSET ${node.offset}`
}
