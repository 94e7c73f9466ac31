/** Numbers. Integers and decimals are exact and fail the run with OVERFLOW; float64 becomes null where it is not finite. */
import type { Decimal } from '../../schema/decimal.ts'
import { ComparableExpr, type Expr } from './expr.ts'
import type { Arithmetic, ExprOf, Integer, NullOf, NullsIn, Numeric, Operand } from './expression-types.ts'

/** `null` for float64, whose results may not be finite. */
type FloatNull<K> = 'float64' extends K ? null : never

abstract class NumberExpr<K extends Numeric, J> extends ComparableExpr<K, J> {
  /** The sum, of the wider type. */
  add<const B extends Operand<K, J>>(other: B): Arithmetic<K, J, B> {
    return this.apply('add', [other])
  }
  /** The difference, of the wider type. */
  sub<const B extends Operand<K, J>>(other: B): Arithmetic<K, J, B> {
    return this.apply('sub', [other])
  }
  /** The product; decimals add their digits and scales. */
  mul<const B extends Operand<K, J>>(other: B): Arithmetic<K, J, B> {
    return this.apply('mul', [other])
  }
  /** The negative. */
  neg(): ExprOf<K, J> {
    return this.apply('neg', [])
  }
  /** The absolute value. */
  abs(): ExprOf<K, J> {
    return this.apply('abs', [])
  }
  /** Rounded half away from zero to `scale` digits after the point. */
  round(scale = 0): ExprOf<K, J | FloatNull<K>> {
    return this.apply('round', [], { scale })
  }
  /** The greatest whole number not above. */
  floor(): ExprOf<K, J> {
    return this.apply('floor', [])
  }
  /** The least whole number not below. */
  ceil(): ExprOf<K, J> {
    return this.apply('ceil', [])
  }
  /** The quotient as float64; null where the divisor is 0. */
  fdiv(other: Expr<Numeric> | Operand<K, J>): ExprOf<'float64', number | null> {
    return this.apply('fdiv', [other])
  }
  /** To the power of the other, as float64; null where not finite or not real. */
  power(other: Expr<Numeric> | Operand<K, J>): ExprOf<'float64', number | null> {
    return this.apply('power', [other])
  }
  /** The square root as float64; null below 0. */
  sqrt(): ExprOf<'float64', number | null> {
    return this.apply('sqrt', [])
  }
  /** The natural logarithm as float64; null at or below 0. */
  ln(): ExprOf<'float64', number | null> {
    return this.apply('ln', [])
  }
}

/** A double. There is no exact division of doubles: `fdiv` is the only one. */
export class FloatExpr<J> extends NumberExpr<'float64', J> {}

type Quotient<A extends Integer, J, B> = Arithmetic<A, J | null, B>
type Divided<J, B> = ExprOf<'decimal', Decimal | NullOf<J> | NullsIn<B> | null>

/** int32 and int64. Division is spelled out: `intDiv` truncates, `fdiv` gives a double, `decDiv` a decimal. */
export class IntegerExpr<K extends Integer, J> extends NumberExpr<K, J> {
  /** The quotient truncated toward zero; null where the divisor is 0. */
  intDiv<const B extends Expr<Integer> | number | bigint>(other: B): Quotient<K, J, B> {
    return this.apply('intDiv', [other])
  }
  /** The remainder of `intDiv`, with the sign of this; null where the divisor is 0. */
  mod<const B extends Expr<Integer> | number | bigint>(other: B): Quotient<K, J, B> {
    return this.apply('mod', [other])
  }
  /** The exact quotient rounded half away from zero to `scale` digits; null where the divisor is 0. */
  decDiv<const B extends Expr<Integer | 'decimal'> | number | bigint>(
    other: B,
    scale: number,
  ): Divided<J, B> {
    return this.apply('decDiv', [other], { scale })
  }
}

/** An exact decimal. A number beside it is read by its digits: `.mul(1.1)` and `.mul('1.1')` are the decimal 1.1. */
export class DecimalExpr<J> extends NumberExpr<'decimal', J> {
  /** The exact quotient rounded half away from zero to `scale` digits; null where the divisor is 0. */
  decDiv<const B extends Operand<'decimal'>>(other: B, scale: number): Divided<J, B> {
    return this.apply('decDiv', [other], { scale })
  }
}
