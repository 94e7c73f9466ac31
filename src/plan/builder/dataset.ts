/** Datasets: typed relations, as the language writes them. Every method gives a new one; nothing runs. */
import { HeadraceError } from '../../errors.ts'
import type { RowOf, Schema } from '../../schema/type.ts'
import type { UpdateMode } from '../../seam/sink.ts'
import type { Duration } from '../duration.ts'
import { column } from '../expression.ts'
import type { AggregateNode, JoinHow, Node, Projection } from '../node.ts'
import { checkName, checkOneOf, checkOptions } from '../options.ts'
import type { Aggregated, DistinctMode, Joined, Projected, United } from '../update-mode.ts'
import type { AggSchema, AggSpec } from './aggregate.ts'
import type { Expr } from './expr.ts'
import type {
  Columns,
  Fit,
  Flat,
  Names,
  NamesOf,
  Problem,
  RenamedAll,
  RenamedOne,
  RenamedSchema,
  RowLike,
  SameColumns,
  SchemaOf,
  UnionSchema,
} from './expression-types.ts'
import { aggregateOf, Grouped, Windowed } from './group.ts'
import { type JoinOn, type JoinSchema, joinKeys, type On } from './join.ts'
import {
  distinctNode,
  filterNode,
  joinNode,
  keyColumn,
  lateNode,
  projectNode,
  sortNode,
  unionNode,
} from './nodes.ts'
import { type BatchFunction, type OpaqueOptions, opaqueNode } from './opaque.ts'
import { type OrderBy, sortKey } from './order.ts'
import { type Emit, type Window, type WindowOptions, windowRule } from './window.ts'
import { columnsOf, planned } from './wrap.ts'

declare const shape: unique symbol

/** A dataset as others read it: its columns, update mode, key columns and event-time column (`never` = none). */
export interface Relation<
  S extends Schema = Schema,
  M extends UpdateMode = UpdateMode,
  K extends string = string,
  T extends string = string,
> {
  readonly [shape]: { schema: S; mode: M; key: K; eventTime: T }
  readonly node: Node
}

/** A typed relation: columns `S`, update mode `M`, key columns `K`, event-time column `T` (`never` where there is none). */
export class Dataset<S extends Schema, M extends UpdateMode, K extends string, T extends string>
  implements Relation<S, M, K, T>
{
  declare readonly [shape]: { schema: S; mode: M; key: K; eventTime: T }
  /** The plan: immutable plain data, which engines interpret. */
  readonly node: Node

  static {
    Object.defineProperty(Dataset.prototype, Symbol.toPrimitive, { value: refuseOperator })
  }

  /** @internal Endpoints and the methods below make datasets. */
  constructor(node: Node) {
    this.node = node
  }

  /** Rows for which the condition is true; where it is false or null they are left out and counted. */
  filter(predicate: (c: Columns<S>) => Expr<'bool'>): Dataset<S, M, K, T> {
    const condition = planned('What filter returns', predicate(columnsOf(this.node.schema)))
    return new Dataset(filterNode(this.node, condition))
  }

  /** Exactly these columns. A key or event time that is passed on under another name stays one. */
  select<const R extends Readonly<Record<string, Expr>>>(
    columns: (c: Columns<S>) => R,
  ): Dataset<Flat<SchemaOf<R>>, Projected<M, RenamedAll<R, K>>, RenamedAll<R, K>, RenamedOne<R, T>> {
    return this.#project(projections('select', columns(columnsOf(this.node.schema))))
  }

  /** All columns, and these: new ones at the end, existing ones replaced. */
  with<const R extends Readonly<Record<string, Expr>>>(
    columns: (c: Columns<S>) => R,
  ): Dataset<
    Flat<Omit<S, keyof R> & SchemaOf<R>>,
    Projected<M, K & keyof R extends never ? K : never>,
    K & keyof R extends never ? K : never,
    Exclude<T, keyof R>
  > {
    const added = projections('with', columns(columnsOf(this.node.schema)))
    const replaced = new Map(added.map(projection => [projection.name, projection]))
    const kept = this.#columns().map(projection => replaced.get(projection.name) ?? projection)
    const fresh = added.filter(({ name }) => !Object.hasOwn(this.node.schema, name))
    return this.#project([...kept, ...fresh])
  }

  /** Columns under other names: `rename({ id: 'user_id' })`. */
  rename<const R extends { readonly [N in keyof S]?: string }>(
    names: R & { readonly [N in Exclude<keyof R, keyof S>]: Problem<`there is no column '${N & string}'`> },
  ): Dataset<
    RenamedSchema<S, R>,
    M,
    K extends keyof R ? R[K] & string : K,
    T extends keyof R ? R[T] & string : T
  > {
    const renamed = names as Readonly<Record<string, string>>
    for (const name of Object.keys(renamed)) column(this.node.schema, name)
    return this.#project(
      this.#columns().map(({ name, expression }) => ({ name: renamed[name] ?? name, expression })),
    )
  }

  /** All columns but these. */
  drop<const N extends readonly (keyof S & string)[]>(
    ...names: N
  ): Dataset<
    Flat<Omit<S, N[number]>>,
    Projected<M, K & N[number] extends never ? K : never>,
    K & N[number] extends never ? K : never,
    Exclude<T, N[number]>
  > {
    for (const name of names) column(this.node.schema, name)
    return this.#project(this.#columns().filter(({ name }) => !names.includes(name)))
  }

  /** One of each row. */
  distinct(): Dataset<S, DistinctMode<M>, keyof S & string, T> {
    return new Dataset(distinctNode(this.node))
  }

  /** The rows of both, repeats kept. Both have the same columns in the same order. */
  union<S2 extends SameColumns<S>, M2 extends UpdateMode, K2 extends string, T2 extends string>(
    other: Relation<S2, M2, K2, T2>,
    ...more: never[]
  ): Dataset<UnionSchema<S, S2>, United<M, M2>, never, T & T2> {
    // Without types, the rows of further arguments would be missing and nobody would know.
    if (more.length > 0) {
      throw new HeadraceError('INVALID_ARGUMENT', 'union takes one dataset: write a.union(b).union(c).')
    }
    return new Dataset(unionNode([this.node, other.node]))
  }

  /** Puts rows into windows of event time; `groupBy` and `agg` follow. */
  window<L extends Duration = '0 seconds', E extends Emit = 'on-close'>(
    rule: [T] extends [never]
      ? Problem<'no event time: declare eventTime on the source, and keep its column up to here'>
      : Window,
    options: WindowOptions<L, E> = {},
  ): Windowed<S, Aggregated<M, L, E>, never, Dataset<S, DistinctMode<M>, never, T>> {
    if (this.node.eventTime === undefined) {
      throw new HeadraceError(
        'NEEDS_EVENT_TIME',
        'window: the dataset has no event time. Declare eventTime on the source, and keep its column up to here.',
      )
    }
    const window = windowRule(rule as Window, options)
    return new Windowed(
      this.node.schema,
      [],
      (keys, specs) => new WindowedResult(aggregateOf(this.node, keys, window, specs)),
    )
  }

  /** Groups by columns; `agg` follows. */
  groupBy<const G extends readonly [Names<S>['keys'], ...Names<S>['keys'][]]>(
    ...keys: G
  ): Grouped<S, G[number]> {
    for (const name of keys) keyColumn('groupBy', this.node.schema, name)
    return new Grouped(specs => new Dataset(aggregateOf(this.node, keys, undefined, specs)))
  }

  /** One row over everything, also where there are no rows at all. */
  agg<const A extends Readonly<Record<string, AggSpec<S>>>>(
    aggregates: A,
  ): Dataset<AggSchema<S, A, null>, 'upsert', never, never> {
    return new Dataset(aggregateOf(this.node, [], undefined, aggregates))
  }

  /** Joins on equal key columns (null equals nothing): `orders.join(products, { on: 'product_id', how: 'left' })`. */
  join<
    S2 extends Schema,
    M2 extends UpdateMode,
    K2 extends string,
    T2 extends string,
    const O extends JoinOn<S, S2>,
    H extends JoinHow = 'inner',
  >(
    right: Relation<S2, M2, K2, T2>,
    options: { readonly on: On<S, S2, O>; readonly how?: H },
  ): Dataset<
    JoinSchema<S, S2, O, H>,
    Joined<M, M2, H>,
    H extends 'semi' | 'anti' ? K : never,
    H extends 'right' | 'full' ? never : T
  > {
    checkOptions('join', options, ['on', 'how'])
    const how = options.how ?? 'inner'
    checkOneOf('join: how', how, ['inner', 'left', 'right', 'full', 'semi', 'anti'])
    return new Dataset(joinNode(this.node, right.node, how, joinKeys(options.on)))
  }

  /**
   * Orders rows, nulls last, ties by the whole row: `orderBy('region', desc('revenue'))`. Bounded runs only. To order by
   * an expression, make it a column with `with` first.
   */
  orderBy<const B extends readonly [OrderBy<Names<S>['ordered']>, ...OrderBy<Names<S>['ordered']>[]]>(
    ...by: B
  ): Sorted<S, M, K, T> {
    return new Sorted(
      sortNode(
        this.node,
        by.map(key => sortKey(this.node.schema, key)),
      ),
    )
  }

  /**
   * One row from each, by a function that the plan cannot look into. It may be called more than once for a row, as when a batch
   * run begins again with another reader: let it compute, and do nothing else.
   */
  map<O extends Schema, R extends RowLike<O>>(
    name: string,
    options: OpaqueOptions<O>,
    each: (row: RowOf<S>) => Fit<O, R>,
  ): Dataset<O, DistinctMode<M>, never, T & NamesOf<O, 'timestamp'>> {
    return new Dataset(opaqueNode(this.node, 'map', name, options, each))
  }

  /** Any number of rows from each, by a function that the plan cannot look into. */
  flatMap<O extends Schema, R extends RowLike<O>>(
    name: string,
    options: OpaqueOptions<O>,
    each: (row: RowOf<S>) => Iterable<Fit<O, R>>,
  ): Dataset<O, DistinctMode<M>, never, T & NamesOf<O, 'timestamp'>> {
    return new Dataset(opaqueNode(this.node, 'flatMap', name, options, each))
  }

  /** Columns from columns, by a function that the plan cannot look into. */
  mapBatch<O extends Schema>(
    name: string,
    options: OpaqueOptions<O>,
    each: BatchFunction,
  ): Dataset<O, DistinctMode<M>, never, T & NamesOf<O, 'timestamp'>> {
    return new Dataset(opaqueNode(this.node, 'mapBatch', name, options, each))
  }

  /** The same, with a name for `explain`, counters and state. */
  named(name: string): this {
    checkName('named', name)
    return new (this.constructor as new (node: Node) => this)({ ...this.node, name })
  }

  #project<S2 extends Schema, M2 extends UpdateMode, K2 extends string, T2 extends string>(
    columns: readonly Projection[],
  ): Dataset<S2, M2, K2, T2> {
    return new Dataset(projectNode(this.node, columns))
  }

  #columns(): Projection[] {
    const { schema } = this.node
    return Object.keys(schema).map(name => ({ name, expression: column(schema, name) }))
  }
}

/** Ordered rows, of which the first can be taken. */
export class Sorted<
  S extends Schema,
  M extends UpdateMode,
  K extends string,
  T extends string,
> extends Dataset<S, M, K, T> {
  /** The first `rows` rows after skipping `offset`. */
  limit(rows: number, options: { readonly offset?: number } = {}): Dataset<S, 'changelog', never, T> {
    checkOptions('limit', options, ['offset'])
    const { node } = this
    if (node.kind !== 'sort') throw new TypeError('A Sorted is made of a sort')
    const limited = sortNode(node.input, node.by, rows, options.offset)
    return new Dataset(node.name === undefined ? limited : { ...limited, name: node.name })
  }
}

/** The result of a windowed aggregate, which knows the rows that came too late for it. */
export class WindowedResult<
  S extends Schema,
  M extends UpdateMode,
  K extends string,
  T extends string,
  L,
> extends Dataset<S, M, K, T> {
  /**
   * The input rows that were late: they are in no result. Empty in batch mode. Where the input takes rows away, that can
   * come too late as well, so this is a changelog then.
   */
  get late(): L {
    return new Dataset(lateNode(this.node as AggregateNode)) as L
  }
}

/** JavaScript's operators cannot combine datasets. */
function refuseOperator(): never {
  throw new HeadraceError(
    'INVALID_ARGUMENT',
    'A dataset was used as a plain value, in a template string or with an operator. Use its methods.',
  )
}

function projections(what: string, columns: unknown): Projection[] {
  if (typeof columns !== 'object' || columns === null) {
    throw new HeadraceError(
      'INVALID_ARGUMENT',
      `${what}: the callback must return an object of expressions: c => ({ total: c.price.mul(c.qty) }).`,
    )
  }
  return Object.entries(columns).map(([name, value]) => ({
    name,
    expression: planned(`${what}: '${name}'`, value),
  }))
}
