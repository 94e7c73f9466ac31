/** The free functions of the language: literals, text, and choice. */
import { HeadraceError } from '../../errors.ts'
import type { Decimal } from '../../schema/decimal.ts'
import { type ColumnType, type Kind, t } from '../../schema/type.ts'
import { call, type Expression, literal } from '../expression.ts'
import { commonOrMismatch } from '../function/signature.ts'
import { BaseExpr, type Expr, toExpression } from './expr.ts'
import type {
  AllNull,
  ExprOf,
  KindOf,
  NullOf,
  NullsIn,
  Operand,
  PlainOf,
  Text,
  Widened,
  WidenedJs,
  WidenedKind,
} from './expression-types.ts'
import { literalOf, typeOfLiteral } from './literal.ts'
import { planned, wrap } from './wrap.ts'

/** A JavaScript value whose logical type is known without a column beside it. */
export type LiteralValue = string | number | bigint | boolean | Date | Uint8Array | Decimal

interface LiteralKinds {
  string: string
  bool: boolean
  int32: number
  int64: bigint
  timestamp: Date
  bytes: Uint8Array
  decimal: Decimal
}
type LiteralKind<V> = { [K in keyof LiteralKinds]: V extends LiteralKinds[K] ? K : never }[keyof LiteralKinds]

/**
 * A constant: `lit('eu')`, `lit(7)` (an int32), `lit(7n)` (an int64), or of a type that is named: `lit('0.1', t.decimal(2, 1))`.
 * Throws INVALID_LITERAL where the value cannot be expressed exactly.
 */
export function lit<const V extends LiteralValue>(value: V): ExprOf<LiteralKind<V>, PlainOf<LiteralKind<V>>>
export function lit<K extends Kind, J>(value: Operand<K, J> | null, type: ColumnType<K, J>): ExprOf<K, J>
export function lit(value: unknown, type: ColumnType = typeOfLiteral(value)): Expr {
  return wrap(literalOf(type, value))
}

/** All texts one after the other; null if one is null. */
export function concat<const B extends readonly [Expr<Text> | string, ...(Expr<Text> | string)[]]>(
  ...texts: B
): ExprOf<'string', string | NullsIn<B[number]>> {
  const args = texts.map(text => toExpression(text, t.string()))
  return wrap(call('concat', args)) as ExprOf<'string', string | NullsIn<B[number]>>
}

/** The first that is not null. */
export function coalesce<K extends Kind, J, const B extends readonly [Operand<K, J>, ...Operand<K, J>[]]>(
  first: Expr<K, J>,
  ...others: B
): Widened<K, J, B[number], AllNull<B> & NullOf<J>> {
  const start = planned('The first argument of coalesce', first)
  const args = others.map(other => toExpression(other, start.type))
  return wrap(call('coalesce', [start, ...args])) as Widened<K, J, B[number], AllNull<B> & NullOf<J>>
}

/** The kind of a branch's value: of an expression, or of a literal that stands alone. */
type ValueKind<V> = V extends null ? never : V extends Expr ? KindOf<V> : LiteralKind<V>
type ValueJs<V> = V extends Expr<Kind, infer J> ? J : V extends null ? null : PlainOf<LiteralKind<V>>

/** What a later branch may be: something of the type so far, or null; anything after a null. */
type Branch<K extends Kind, J> = [K] extends [never] ? Expr | LiteralValue | null : Operand<K, J> | null
type NextKind<K extends Kind, V> = [K] extends [never] ? ValueKind<V> : WidenedKind<K, V>
type NextJs<K extends Kind, J, V> =
  | ([K] extends [never] ? ValueJs<V> : WidenedJs<K, J, V, WidenedKind<K, V>>)
  | NullOf<J>
  | NullsIn<V>

/** A choice that has no `else` yet. */
export class When<K extends Kind, J> {
  declare readonly type: ColumnType<K, J>
  readonly #branches: readonly (readonly [condition: Expression, value: unknown])[]

  /** @internal `when` makes these. */
  constructor(branches: readonly (readonly [Expression, unknown])[]) {
    this.#branches = branches
  }

  /** Another branch, tried where no condition before was true. */
  when<const V extends Branch<K, J>>(
    condition: Expr<'bool'>,
    value: V,
  ): When<NextKind<K, V>, NextJs<K, J, V>> {
    return new When([...this.#branches, [planned('The condition of when', condition), value]])
  }

  /** The value where no condition was true. The first branch that is not null decides what literals mean. */
  else<const V extends Branch<K, J>>(value: V): ExprOf<NextKind<K, V>, NextJs<K, J, V>> {
    const values = typed([...this.#branches.map(([, branch]) => branch), value])
    const args = this.#branches.flatMap(([condition], i) => [condition, values[i]!])
    return wrap(call('case', [...args, values.at(-1)!])) as ExprOf<NextKind<K, V>, NextJs<K, J, V>>
  }
}

/**
 * `when(condition, value).when(…).else(value)`: the value after the first condition that is true. Values that are not
 * chosen are not computed. `null` is a value; a branch chain without `else` is not an expression.
 */
export function when<const V extends Expr | LiteralValue | null>(
  condition: Expr<'bool'>,
  value: V,
): When<ValueKind<V>, ValueJs<V>> {
  return new When([[planned('The condition of when', condition), value]])
}

/** The values of a choice as expressions: literals take the type of the branches before, nulls that of all. */
function typed(values: readonly unknown[]): Expression[] {
  let common: ColumnType | undefined
  const found = values.map(value => {
    if (value === null) return undefined
    const expression = toExpression(value, common ?? typeOfValue(value))
    common = common === undefined ? expression.type : commonOrMismatch('when', [common, expression.type])
    return expression
  })
  if (common === undefined) {
    throw new HeadraceError(
      'INVALID_LITERAL',
      'when: every branch is null, so the result has no type. Write lit(null, t.string()) in one of them.',
    )
  }
  const type = common
  return found.map(expression => expression ?? literal(type, null))
}

function typeOfValue(value: unknown): ColumnType {
  return BaseExpr.expression(value)?.type ?? typeOfLiteral(value)
}
