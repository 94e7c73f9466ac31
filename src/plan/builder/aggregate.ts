/** Aggregates: what `agg` takes, over a column by name or over an expression. */
import { HeadraceError } from '../../errors.ts'
import type { Decimal } from '../../schema/decimal.ts'
import type { ColumnType, Kind, Schema } from '../../schema/type.ts'
import { typeText } from '../../schema/type.ts'
import type { Aggregate } from '../../seam/aggregate.ts'
import { column } from '../expression.ts'
import type { AggregateName } from '../function/aggregates.ts'
import { checkName } from '../options.ts'
import type { Expr } from './expr.ts'
import type { Columns, Comparable, Flat, JsOf, KindOf, Names, NullOf, Numeric } from './expression-types.ts'
import type { UntypedAggregation } from './nodes.ts'
import { columnsOf, planned } from './wrap.ts'

declare const over: unique symbol
declare const allowed: unique symbol

interface Definition {
  readonly fn: AggregateName
  readonly args: readonly unknown[]
  readonly quantile?: number
  readonly custom?: UntypedAggregation['custom']
  readonly input?: ColumnType
  readonly output?: ColumnType
}

/**
 * An aggregate and what it is over: `Agg<{ sum: 'price' }>`. `A` is what it may be over where it stands: the compiler
 * takes it from `agg`, completes names with it, and checks the argument against it.
 */
export class Agg<D, A = unknown> {
  declare readonly [over]: D
  /** A method, so that an aggregate that was made elsewhere, for any column, fits as well. */
  declare [allowed]: { of(argument: A): void }
  readonly #definition: Definition

  /** @internal The functions below make these. */
  constructor(definition: Definition) {
    this.#definition = definition
  }

  /** @internal The aggregate over the columns of an input. */
  static lower(schema: Schema, name: string, value: unknown): UntypedAggregation {
    const made = typeof value === 'function' ? value(columnsOf(schema)) : value
    if (typeof made !== 'object' || made === null || !(#definition in made)) {
      throw new HeadraceError(
        'INVALID_ARGUMENT',
        `agg: '${name}' must be an aggregate, such as sum('price') or c => sum(c.price.mul(c.qty)).`,
      )
    }
    const { args, input, output, ...rest } = (made as Agg<unknown>).#definition
    const expressions = args.map(arg =>
      typeof arg === 'string' ? column(schema, arg) : planned(`agg: what '${name}' is over`, arg),
    )
    const got = expressions[0]?.type
    if (input !== undefined && got !== undefined && input.kind !== got.kind) {
      throw new HeadraceError(
        'TYPE_MISMATCH',
        `agg: ${rest.custom?.name} ('${name}') takes ${typeText(input)}, not ${typeText(got)}.`,
      )
    }
    const { fn, quantile, custom } = rest
    return {
      name,
      fn,
      args: expressions,
      ...(quantile === undefined ? {} : { quantile }),
      ...(custom === undefined ? {} : { custom }),
      ...(output === undefined ? {} : { declared: output }),
    }
  }
}

type Over<K extends Kind> = string | Expr<K>

/** The number of rows or, over a column, of its values that are not null. */
export function count(): Agg<{ count: never }, { count: never }>
export function count<A extends Over<Kind>, const B extends A = A>(of: B): Agg<{ count: B }, { count: A }>
export function count(of?: unknown): Agg<{ count: never }, { count: never }> {
  return new Agg({ fn: 'count', args: of === undefined ? [] : [of] })
}

/** The sum: int64 of integers, decimal(38, s) of decimals, both exact; float64 of float64. */
export function sum<A extends Over<Numeric>, const B extends A = A>(of: B): Agg<{ sum: B }, { sum: A }> {
  return new Agg({ fn: 'sum', args: [of] })
}

/** The mean as float64: the exact sum of integers and decimals, divided once; of float64 null where its sum is not finite. */
export function avg<A extends Over<Numeric>, const B extends A = A>(of: B): Agg<{ avg: B }, { avg: A }> {
  return new Agg({ fn: 'avg', args: [of] })
}

/** The least value. */
export function min<A extends Over<Comparable>, const B extends A = A>(of: B): Agg<{ min: B }, { min: A }> {
  return new Agg({ fn: 'min', args: [of] })
}

/** The greatest value. */
export function max<A extends Over<Comparable>, const B extends A = A>(of: B): Agg<{ max: B }, { max: A }> {
  return new Agg({ fn: 'max', args: [of] })
}

/** The value of the earliest row by event time in which it is not null. Needs an event time. */
export function first<A extends Over<Kind>, const B extends A = A>(of: B): Agg<{ first: B }, { first: A }> {
  return new Agg({ fn: 'first', args: [of] })
}

/** The value of the latest row by event time in which it is not null. Needs an event time. */
export function last<A extends Over<Kind>, const B extends A = A>(of: B): Agg<{ last: B }, { last: A }> {
  return new Agg({ fn: 'last', args: [of] })
}

/** The value where `by` is least; ties go to the earliest row. */
export function argMin<
  A extends Over<Kind>,
  B extends Over<Comparable>,
  const V extends A = A,
  const W extends B = B,
>(value: V, by: W): Agg<{ argMin: readonly [V, W] }, { argMin: readonly [A, B] }> {
  return new Agg({ fn: 'argMin', args: [value, by] })
}

/** The value where `by` is greatest; ties go to the earliest row. */
export function argMax<
  A extends Over<Kind>,
  B extends Over<Comparable>,
  const V extends A = A,
  const W extends B = B,
>(value: V, by: W): Agg<{ argMax: readonly [V, W] }, { argMax: readonly [A, B] }> {
  return new Agg({ fn: 'argMax', args: [value, by] })
}

/** The number of different values, exactly. */
export function countDistinct<A extends Over<Comparable>, const B extends A = A>(
  of: B,
): Agg<{ countDistinct: B }, { countDistinct: A }> {
  return new Agg({ fn: 'countDistinct', args: [of] })
}

/** The number of different values by HyperLogLog: a standard error of 0.8 %, in at most 16 KB a group. Append input only. */
export function approxCountDistinct<A extends Over<Comparable>, const B extends A = A>(
  of: B,
): Agg<{ approxCountDistinct: B }, { approxCountDistinct: A }> {
  return new Agg({ fn: 'approxCountDistinct', args: [of] })
}

/** The q-quantile (0 to 1) as float64 by DDSketch, within 1 % of the exact value. */
export function quantile<A extends Over<Numeric>, const B extends A = A>(
  of: B,
  q: number,
): Agg<{ quantile: B }, { quantile: A }> {
  if (typeof q !== 'number' || !(q >= 0 && q <= 1)) {
    throw new HeadraceError('INVALID_ARGUMENT', `quantile: q must be a number from 0 to 1, not ${String(q)}.`)
  }
  return new Agg({ fn: 'quantile', args: [of], quantile: q })
}

/** The sample standard deviation as float64; null for fewer than two values. */
export function stddev<A extends Over<Numeric>, const B extends A = A>(
  of: B,
): Agg<{ stddev: B }, { stddev: A }> {
  return new Agg({ fn: 'stddev', args: [of] })
}

/** Whether all are true. */
export function boolAnd<A extends Over<'bool'>, const B extends A = A>(
  of: B,
): Agg<{ boolAnd: B }, { boolAnd: A }> {
  return new Agg({ fn: 'boolAnd', args: [of] })
}

/** Whether one is true. */
export function boolOr<A extends Over<'bool'>, const B extends A = A>(
  of: B,
): Agg<{ boolOr: B }, { boolOr: A }> {
  return new Agg({ fn: 'boolOr', args: [of] })
}

/**
 * An aggregate of one's own: a commutative fold over values that are not null, with its input and output types.
 * Give it `retract` to use it where rows are taken back. The result is used like `sum`:
 * `const product = aggregate('product', { in: t.int32(), out: t.int64(), fold })`, then `agg({ p: product('qty') })`.
 */
export function aggregate<K extends Kind, In, L extends Kind, Out, Total>(
  name: string,
  options: {
    readonly in: ColumnType<K, In>
    readonly out: ColumnType<L, Out>
    readonly fold: Aggregate<NonNullable<In>, Total, Out>
  },
): <A extends Over<K>, const B extends A = A>(
  of: B,
) => Agg<{ custom: readonly [B, ColumnType<L, Out>] }, { custom: A }> {
  checkName('aggregate: the name', name)
  const custom = { name, aggregate: options.fold as Aggregate<unknown, unknown, unknown> }
  return of => new Agg({ fn: 'custom', args: [of], custom, input: options.in, output: options.out })
}

/** What each aggregate may be over: the names of columns, in a callback an expression. */
interface Allowed<Any, Numbers, Ordered, Bools> {
  count: Any
  sum: Numbers
  avg: Numbers
  min: Ordered
  max: Ordered
  first: Any
  last: Any
  argMin: readonly [Any, Ordered]
  argMax: readonly [Any, Ordered]
  countDistinct: Ordered
  approxCountDistinct: Ordered
  quantile: Numbers
  stddev: Numbers
  boolAnd: Bools
  boolOr: Bools
  custom: Any
}
type OneOf<A> = { [F in keyof A]: Agg<unknown, { [P in F]: A[F] }> }[keyof A]

/** A value of `agg`: an aggregate over a column, or a callback that gives one over an expression. */
export type AggSpec<S> =
  | OneOf<Allowed<Names<S>['any'], Names<S>['numbers'], Names<S>['ordered'], Names<S>['bools']>>
  | ((c: Columns<S>) => OneOf<Allowed<Expr, Expr<Numeric>, Expr<Comparable>, Expr<'bool'>>>)

/** Kind and row type of what an aggregate is over. */
type ArgKind<S, A> = A extends keyof S ? KindOf<S[A]> : KindOf<A>
type ArgJs<S, A> = A extends keyof S ? (S[A] extends ColumnType<Kind, infer J> ? J : never) : JsOf<A>

type SumType<K, N> = K extends 'decimal'
  ? ColumnType<'decimal', Decimal | N>
  : K extends 'float64'
    ? ColumnType<'float64', number | null>
    : ColumnType<'int64', bigint | N>

/** Of float64 the sum can leave the finite range, and then there is no mean. */
type MeanOf<K, N> = number | (K extends 'float64' ? null : N)

/** The column that an aggregate makes. `N` is null where a group may be empty. */
type ResultOf<S, D, N> = D extends
  | { count: unknown }
  | { countDistinct: unknown }
  | { approxCountDistinct: unknown }
  ? ColumnType<'int64', number>
  : D extends { sum: infer A }
    ? SumType<ArgKind<S, A>, NullOf<ArgJs<S, A>> | N>
    : D extends { avg: infer A }
      ? ColumnType<'float64', MeanOf<ArgKind<S, A>, NullOf<ArgJs<S, A>> | N>>
      : D extends { quantile: infer A }
        ? ColumnType<'float64', number | NullOf<ArgJs<S, A>> | N>
        : D extends { stddev: unknown }
          ? ColumnType<'float64', number | null>
          : D extends { argMin: readonly [infer A, infer B] } | { argMax: readonly [infer A, infer B] }
            ? ColumnType<ArgKind<S, A>, ArgJs<S, A> | NullOf<ArgJs<S, B>> | N>
            : D extends { custom: readonly [infer A, ColumnType<infer L, infer Out>] }
              ? ColumnType<L, Out | NullOf<ArgJs<S, A>> | N>
              : D[keyof D] extends infer A
                ? ColumnType<ArgKind<S, A>, ArgJs<S, A> | N>
                : never

type DefinitionOf<V> = V extends Agg<infer D> ? D : V extends (c: never) => Agg<infer D> ? D : never

/** The columns that `agg` makes of its argument. */
export type AggSchema<S, A, N = never> = Flat<{ [P in keyof A]: ResultOf<S, DefinitionOf<A[P]>, N> }>
