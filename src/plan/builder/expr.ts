/**
 * Expressions as the language writes them: immutable objects with the methods of their type, so that completion teaches
 * what can be done. Every method checks its arguments when it is called, and nothing is computed before a run.
 */
import { HeadraceError } from '../../errors.ts'
import { type ColumnType, type Kind, t } from '../../schema/type.ts'
import { call, type Expression } from '../expression.ts'
import type { FunctionName, FunctionOptions } from '../function/catalogue.ts'
import type { AllNull, ExprOf, NullOf, NullsIn, Operand, Widened } from './expression-types.ts'
import { literalBeside } from './literal.ts'

declare const kind: unique symbol
declare const js: unique symbol

/** An expression of a kind, whose values in rows are of the JavaScript type `J`. Only Headrace makes them. */
export interface Expr<K extends Kind = Kind, J = unknown> {
  readonly [kind]: K
  readonly [js]: J
}

/** Makes the expression object of the family that fits. */
export type Wrap = (expression: Expression) => Expr

/** What every expression can do. */
export abstract class BaseExpr<K extends Kind, J> implements Expr<K, J> {
  declare readonly [kind]: K
  declare readonly [js]: J
  readonly #expression: Expression
  readonly #wrap: Wrap

  constructor(expression: Expression, wrap: Wrap) {
    this.#expression = expression
    this.#wrap = wrap
  }

  /** Not declared as a method, so that completion does not offer it. */
  static {
    Object.defineProperty(BaseExpr.prototype, Symbol.toPrimitive, { value: refuseOperator })
  }

  /** The plan's expression behind a value, if it is one. */
  static expression(value: unknown): Expression | undefined {
    return typeof value === 'object' && value !== null && #expression in value ? value.#expression : undefined
  }

  /** True for null; never null itself. */
  isNull(): ExprOf<'bool', boolean> {
    return this.apply('isNull', [])
  }

  isNotNull(): ExprOf<'bool', boolean> {
    return this.#wrap(call('not', [call('isNull', [this.#expression])])) as ExprOf<'bool', boolean>
  }

  /** The first that is not null: this, then the others. */
  coalesce<const B extends readonly [Operand<K, J>, ...Operand<K, J>[]]>(
    ...others: B
  ): Widened<K, J, B[number], AllNull<B> & NullOf<J>> {
    return this.apply('coalesce', others)
  }

  /** The value in another type: BAD_VALUE or OUT_OF_RANGE fails the run where it has none. */
  cast<L extends Kind, I>(type: ColumnType<L, I>): ExprOf<L, NonNullable<I> | NullOf<J>> {
    return this.apply('cast', [], { to: type })
  }

  /** The value in another type, or null where it has none. */
  tryCast<L extends Kind, I>(type: ColumnType<L, I>): ExprOf<L, NonNullable<I> | null> {
    return this.apply('tryCast', [], { to: type })
  }

  /** Both conditions. */
  protected both<R>(a: Expr<'bool'>, b: Expr<'bool'>): R {
    return this.#wrap(call('and', [toExpression(a, t.bool()), toExpression(b, t.bool())])) as R
  }

  /** Calls a function with this as the first argument; literals among the others take the type `beside`, or one each. */
  protected apply<R>(
    fn: FunctionName,
    others: readonly unknown[],
    options: FunctionOptions = {},
    beside: ColumnType | readonly ColumnType[] = this.#expression.type,
  ): R {
    const args = others.map((other, i) => toExpression(other, 'kind' in beside ? beside : beside[i]!))
    return this.#wrap(call(fn, [this.#expression, ...args], options)) as R
  }
}

/** JavaScript's operators cannot build expressions: they fail instead of giving a wrong answer. */
function refuseOperator(): never {
  throw new HeadraceError(
    'INVALID_ARGUMENT',
    'An expression was used as a plain value, in a template string or with an operator such as > or +. ' +
      'Use its methods: c.price.gt(10), c.a.add(c.b), concat(c.a, c.b).',
  )
}

/** The plan's expression of an operand: itself, or a literal of the type that it stands beside. */
export function toExpression(value: unknown, beside: ColumnType): Expression {
  return BaseExpr.expression(value) ?? literalBeside(beside, value)
}

type Verdict<J, B> = ExprOf<'bool', boolean | NullOf<J> | NullsIn<B>>

/** What expressions of ordered types can do. Comparisons with null give null; literals must fit the type exactly. */
export abstract class ComparableExpr<K extends Kind, J> extends BaseExpr<K, J> {
  /** Equal. */
  eq<const B extends Operand<K, J>>(other: B): Verdict<J, B> {
    return this.apply('eq', [other])
  }
  /** Not equal. */
  ne<const B extends Operand<K, J>>(other: B): Verdict<J, B> {
    return this.apply('ne', [other])
  }
  /** Less than. */
  lt<const B extends Operand<K, J>>(other: B): Verdict<J, B> {
    return this.apply('lt', [other])
  }
  /** Less than or equal. */
  le<const B extends Operand<K, J>>(other: B): Verdict<J, B> {
    return this.apply('le', [other])
  }
  /** Greater than. */
  gt<const B extends Operand<K, J>>(other: B): Verdict<J, B> {
    return this.apply('gt', [other])
  }
  /** Greater than or equal. */
  ge<const B extends Operand<K, J>>(other: B): Verdict<J, B> {
    return this.apply('ge', [other])
  }
  /** Equal to one of the others. */
  in<const B extends readonly [Operand<K, J>, ...Operand<K, J>[]]>(...others: B): Verdict<J, B[number]> {
    return this.apply('in', others)
  }
  /** From `low` to `high`, both included. */
  between<const B extends Operand<K, J>>(low: B, high: B): Verdict<J, B> {
    return this.both(this.apply('ge', [low]), this.apply('le', [high]))
  }
  /** Null where it equals the other, else unchanged. */
  nullif(other: Operand<K, J>): ExprOf<K, NonNullable<J> | null> {
    return this.apply('nullif', [other])
  }
  /** The least of this and the others; null if one is null. */
  least<const B extends readonly [Operand<K, J>, ...Operand<K, J>[]]>(
    ...others: B
  ): Widened<K, J, B[number], NullOf<J> | NullsIn<B[number]>> {
    return this.apply('least', others)
  }
  /** The greatest of this and the others; null if one is null. */
  greatest<const B extends readonly [Operand<K, J>, ...Operand<K, J>[]]>(
    ...others: B
  ): Widened<K, J, B[number], NullOf<J> | NullsIn<B[number]>> {
    return this.apply('greatest', others)
  }
}
