/** What the compiler knows about expressions: families by kind, what may stand beside what, and the types of results. */
import type { Decimal } from '../../schema/decimal.ts'
import type { Instant } from '../../schema/instant.ts'
import type { ColumnType, Kind, Schema, ValueOf } from '../../schema/type.ts'
import type { Expr } from './expr.ts'
import type { DecimalExpr, FloatExpr, IntegerExpr } from './number.ts'
import type { BoolExpr, BytesExpr, JsonExpr, ListExpr, UuidExpr } from './other-kinds.ts'
import type { TextExpr } from './text.ts'
import type { TimeExpr } from './time.ts'

/**
 * What is wrong, in words, where the compiler shows it: a parameter gets this type when no argument would do. No value has
 * it. It is a text and an object at once, so that the compiler says "not assignable to Problem<…>" in its first line.
 */
export type Problem<Message extends string> = Message & { readonly [problem]: never }

/** A problem that shows what it is about beside the message. */
export type ProblemOf<Message extends string, Culprits> = Message & { readonly [problem]: Culprits }

declare const problem: unique symbol

/** The class of expressions of each kind. `J` is the JavaScript type in rows, with `| null` where null can come out. */
interface Families<J> {
  bool: BoolExpr<J>
  int32: IntegerExpr<'int32', J>
  int64: IntegerExpr<'int64', J>
  float64: FloatExpr<J>
  decimal: DecimalExpr<J>
  string: TextExpr<'string', J>
  enum: TextExpr<'enum', J>
  bytes: BytesExpr<J>
  date: TimeExpr<'date', J>
  timestamp: TimeExpr<'timestamp', J>
  uuid: UuidExpr<J>
  json: JsonExpr<J>
  list: ListExpr<J>
}
export type ExprOf<K extends Kind, J> = Families<J>[K]

/** The kind and JavaScript type that an expression or a column type carries. */
export type KindOf<T> = T extends Expr<infer K, unknown> ? K : T extends ColumnType<infer K> ? K : never
export type JsOf<T> = T extends Expr<Kind, infer J> ? J : never

/** Marks an expression that is a column as it is, so that keys and event times survive being renamed. */
export interface From<Name> {
  readonly [from]: Name
}
declare const from: unique symbol

type ColumnExpr<T, Name> = T extends ColumnType<infer K, infer J> ? ExprOf<K, J> & From<Name> : never

/** The columns of a dataset as expressions: the `c` of `c => c.price.gt(10)`. */
export type Columns<S> = { readonly [N in keyof S]: ColumnExpr<S[N], N> }

export type Numeric = 'int32' | 'int64' | 'float64' | 'decimal'
export type Integer = 'int32' | 'int64'
export type Text = 'string' | 'enum'
export type Time = 'timestamp' | 'date'
/** The kinds with an order and an equality. */
export type Comparable = Exclude<Kind, 'json' | 'list'>
/** The kinds that may be a key. */
export type Keyable = Exclude<Comparable, 'float64'>

/** The names of the columns of some kinds. */
export type NamesOf<S, K extends Kind> = {
  [N in keyof S & string]: S[N] extends ColumnType<K> ? N : never
}[keyof S & string]

/** The columns that may be a key: not float64, json or list. */
export type KeyName<S> = NamesOf<S, Keyable>

/**
 * The names of columns by what they can do. Error messages show `Names<S>['keys']` as the names themselves, where they
 * would show an alias such as `KeyName<…>` with the whole schema.
 */
export interface Names<S> {
  any: keyof S & string
  keys: { [N in keyof S & string]: S[N] extends ColumnType<Keyable> ? N : never }[keyof S & string]
  numbers: { [N in keyof S & string]: S[N] extends ColumnType<Numeric> ? N : never }[keyof S & string]
  ordered: { [N in keyof S & string]: S[N] extends ColumnType<Comparable> ? N : never }[keyof S & string]
  bools: { [N in keyof S & string]: S[N] extends ColumnType<'bool'> ? N : never }[keyof S & string]
  times: { [N in keyof S & string]: S[N] extends ColumnType<Time> ? N : never }[keyof S & string]
  instants: { [N in keyof S & string]: S[N] extends ColumnType<'timestamp'> ? N : never }[keyof S & string]
}

/** What may stand beside an expression of a kind: expressions that widen to a common type, and exact literals. */
interface Operands<J> {
  bool: Expr<'bool'> | boolean
  int32: Expr<Numeric> | number | bigint
  int64: Expr<Integer | 'decimal'> | number | bigint
  float64: Expr<'float64' | 'int32'> | number
  decimal: Expr<Integer | 'decimal'> | number | bigint | string | Decimal
  string: Expr<Text> | string
  enum: Expr<Text> | NonNullable<J>
  bytes: Expr<'bytes'> | Uint8Array
  date: Expr<'date'> | string
  timestamp: Expr<'timestamp'> | string | Date | Instant
  uuid: Expr<'uuid'> | string
  json: Expr<'json'> | NonNullable<J>
  list: Expr<'list'> | NonNullable<J>
}
export type Operand<K extends Kind, J = never> = Operands<J>[K]

export type NullOf<J> = Extract<J, null>
/** `null` if one of the operands can be null. */
export type NullsIn<B> = B extends Expr<Kind, infer J> ? NullOf<J> : B extends null ? null : never

/** The common kind of two, as `commonType` finds it at run time. */
interface Widening {
  int32: { int32: 'int32'; int64: 'int64'; float64: 'float64'; decimal: 'decimal' }
  int64: { int32: 'int64'; int64: 'int64'; decimal: 'decimal' }
  float64: { int32: 'float64'; float64: 'float64' }
  decimal: { int32: 'decimal'; int64: 'decimal'; decimal: 'decimal' }
  string: { string: 'string'; enum: 'string' }
  enum: { string: 'string'; enum: 'enum' }
}
type Wider<A extends Kind, B extends Kind> = A extends keyof Widening
  ? B extends keyof Widening[A]
    ? Widening[A][B]
    : A
  : A
/** A literal takes the kind of what it stands beside. */
export type WidenedKind<A extends Kind, B> = B extends Expr<infer K, unknown> ? Extract<Wider<A, K>, Kind> : A

/** The row type of the kinds to which others widen, and of literals. */
interface Plain {
  bool: boolean
  int32: number
  int64: bigint
  float64: number
  decimal: Decimal
  string: string
  timestamp: Instant
  bytes: Uint8Array
}
export type PlainOf<K> = K extends keyof Plain ? Plain[K] : never

/** The row type of the common kind `R` of `A` (with row type `J`) and an operand `B`. */
export type WidenedJs<A, J, B, R> = [R] extends [A]
  ? NonNullable<J> | (R extends 'enum' ? NonNullable<JsOf<B>> : never)
  : PlainOf<R>

/** The expression of the common type of one of kind `A` and an operand `B`. */
export type Widened<A extends Kind, J, B, Nulls> = ExprOf<
  WidenedKind<A, B>,
  WidenedJs<A, J, B, WidenedKind<A, B>> | Nulls
>

/** Arithmetic: of the common type; float64 may leave the finite range and become null. */
export type Arithmetic<A extends Kind, J, B> = Widened<
  A,
  J,
  B,
  NullOf<J> | NullsIn<B> | ('float64' extends WidenedKind<A, B> ? null : never)
>

/** `null` only if every operand can be null. */
export type AllNull<Bs extends readonly unknown[]> = Bs extends readonly [infer B, ...infer Rest]
  ? [NullsIn<B>] extends [never]
    ? never
    : AllNull<Rest>
  : null

/** The schema that a record of expressions makes. */
export type SchemaOf<R> = {
  [N in keyof R]: R[N] extends Expr<infer K, infer J> ? ColumnType<K, J> : never
}

/** A schema written out, so that hovering shows columns and not the steps that made them. */
export type Flat<S> = { [N in keyof S]: S[N] } & {}

/** The column that an expression is as it is. */
type Origin<E> = E extends From<infer N> ? N : never

/** The names that columns `N` have in the record of expressions `R`. */
export type RenamedOne<R, N> = {
  [P in keyof R & string]: Origin<R[P]> & N extends never ? never : P
}[keyof R & string]

/** The same, but `never` unless every one of `N` is there. */
export type RenamedAll<R, N> = [N] extends [{ [P in keyof R]: Origin<R[P]> }[keyof R]]
  ? RenamedOne<R, N>
  : never

/** Columns of the same names and kinds, null or not. */
export type SameColumns<S> = {
  readonly [N in keyof S]: S[N] extends ColumnType<infer K> ? ColumnType<K> : never
}
export type UnionSchema<A, B> = {
  [N in keyof A]: N extends keyof B
    ? A[N] extends ColumnType<infer K, infer J>
      ? B[N] extends ColumnType<Kind, infer I>
        ? ColumnType<K, J | NullOf<I>>
        : never
      : never
    : never
}

/** The schema with columns renamed by `R`. */
export type RenamedSchema<S, R> = {
  [N in keyof S as N extends keyof R ? R[N] & string : N]: S[N]
} extends infer X extends Schema
  ? Flat<X>
  : never

/** The columns of `R` that are not what the schema `O` declares. */
type Wrong<O, R> =
  | { [N in keyof O]: N extends keyof R ? ([R[N]] extends [ValueOf<O[N]>] ? never : N) : N }[keyof O]
  | Exclude<keyof R, keyof O>

/** A row `R` that an opaque function gives, or the columns of it that do not fit its declared output `O`. */
export type Fit<O, R> = [Wrong<O, R>] extends [never]
  ? R
  : Problem<`column '${Wrong<O, R> & string}' is not as 'out' declares it`>

/** Any row with the columns of `O`. Naming the right types as well keeps literals literal. */
export type RowLike<O> = { readonly [N in keyof O]: ValueOf<O[N]> | NonNullable<unknown> | null }
