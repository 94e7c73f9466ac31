/**
 * The plan: a computation as immutable plain data, linked by reference into a graph without cycles; engines interpret it.
 * A node used by two others is one computation with two readers. Everything in the language lowers to these kinds:
 * select, with, rename and drop are `project`; between and in are expressions.
 */

import type { ColumnType, Schema } from '../schema/type.ts'
import type { Aggregate } from '../seam/aggregate.ts'
import type { UpdateMode } from '../seam/sink.ts'
import type { Source } from '../seam/source.ts'
import type { Expression } from './expression.ts'
import type { AggregateName } from './function/aggregates.ts'

/** What every node says about the relation that it makes. */
interface Relation {
  readonly schema: Schema
  readonly mode: UpdateMode
  /** The columns that identify a row; present where `mode` is `upsert`, and may be where it is not. */
  readonly key?: readonly string[]
  /** The timestamp column that says when a row happened, while it survives. */
  readonly eventTime?: string
  /** A name chosen with `.named()`; otherwise `nameOperators` makes one. */
  readonly name?: string
}

export interface SourceNode extends Relation {
  readonly kind: 'source'
  readonly source: Source
  /** How far behind the latest event time a row may come, in µs; with `eventTime` only. */
  readonly outOfOrderness: number
}

export interface FilterNode extends Relation {
  readonly kind: 'filter'
  readonly input: Node
  /** A bool; rows for which it is false or null are left out and counted. */
  readonly predicate: Expression
}

/** One output column. */
export interface Projection {
  readonly name: string
  readonly expression: Expression
}

export interface ProjectNode extends Relation {
  readonly kind: 'project'
  readonly input: Node
  readonly columns: readonly Projection[]
}

/** The rows of all inputs, whose schemas have the same names and types in the same order. Keeps repeats. */
export interface UnionNode extends Relation {
  readonly kind: 'union'
  readonly inputs: readonly Node[]
}

/** One of each row. */
export interface DistinctNode extends Relation {
  readonly kind: 'distinct'
  readonly input: Node
}

/** Half-open windows aligned to the epoch in UTC. Tumbling: slide = size. All in µs. `size` is a multiple of `slide`. */
export interface WindowRule {
  readonly size: number
  readonly slide: number
  readonly allowedLateness: number
  /** `on-close`: a window's row appears when the watermark passes its end. `per-step`: each step emits what it changed. */
  readonly emit: 'on-close' | 'per-step'
}

/** One aggregate of an aggregate node. */
export interface Aggregation {
  readonly name: string
  readonly fn: AggregateName
  /** Over columns of the input: none for count(), two for argMin and argMax (value, by). */
  readonly args: readonly Expression[]
  readonly type: ColumnType
  /** quantile: 0 to 1. */
  readonly quantile?: number
  /** fn = 'custom'. */
  readonly custom?: { readonly name: string; readonly aggregate: Aggregate<unknown, unknown, unknown> }
}

/**
 * Groups rows by `keys` (and window) and aggregates each. Columns: the keys, then window_start and window_end if there is
 * a window, then the aggregates. Without keys and window: exactly one row, also for no input.
 */
export interface AggregateNode extends Relation {
  readonly kind: 'aggregate'
  readonly input: Node
  readonly keys: readonly string[]
  readonly window?: WindowRule
  readonly aggregates: readonly Aggregation[]
}

/** The input rows that came too late for a windowed aggregate, with the input's columns. Empty in batch mode. */
export interface LateNode extends Relation {
  readonly kind: 'late'
  readonly of: AggregateNode
}

export type JoinHow = 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti'

/**
 * Rows of both sides whose key columns are equal (null equals nothing). `on` pairs a left with a right column.
 * `columns` says where each output column comes from; semi and anti give the left columns. In a right or full join, a
 * key column that has the same name on both sides is taken from whichever side is present.
 */
export interface JoinNode extends Relation {
  readonly kind: 'join'
  readonly left: Node
  readonly right: Node
  readonly how: JoinHow
  readonly on: readonly (readonly [left: string, right: string])[]
  readonly columns: readonly JoinColumn[]
}
export interface JoinColumn {
  readonly name: string
  readonly from: 'left' | 'right' | 'either'
  /** The column's name on that side (on the left for `either`). */
  readonly column: string
  /** The column's name on the right, for `either`. */
  readonly other?: string
}

/** Orders rows, nulls last; ties by the whole row in schema order. With `limit`: skips `offset` rows and keeps `limit`. */
export interface SortNode extends Relation {
  readonly kind: 'sort'
  readonly input: Node
  readonly by: readonly { readonly expression: Expression; readonly descending: boolean }[]
  readonly offset: number
  readonly limit?: number
}

/** Opaque TypeScript. `each` says what the function takes and gives; the schema is the declared output. */
export interface MapNode extends Relation {
  readonly kind: 'map'
  readonly input: Node
  readonly each: 'map' | 'flatMap' | 'mapBatch'
  /** Part of the operator's identity: raise it when the function changes its meaning. */
  readonly version: number
  readonly function: string
  /** map: row → row; flatMap: row → rows; mapBatch: Batch → Batch | Promise<Batch>, its weights kept by the engine. */
  readonly apply: (input: never) => unknown
  /** Standard Schemas that check output columns, by column. */
  readonly validate?: Readonly<Record<string, unknown>>
}

export type Node =
  | SourceNode
  | FilterNode
  | ProjectNode
  | UnionNode
  | DistinctNode
  | AggregateNode
  | LateNode
  | JoinNode
  | SortNode
  | MapNode

/** The nodes that a node reads. */
export function inputsOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'source':
      return []
    case 'union':
      return node.inputs
    case 'join':
      return [node.left, node.right]
    case 'late':
      return [node.of]
    default:
      return [node.input]
  }
}

/** Every node reachable from the roots, each once, inputs before their readers. */
export function nodesOf(roots: readonly Node[]): Node[] {
  const seen = new Set<Node>()
  const visit = (node: Node): void => {
    if (seen.has(node)) return
    for (const input of inputsOf(node)) visit(input)
    seen.add(node)
  }
  for (const root of roots) visit(root)
  return [...seen]
}
