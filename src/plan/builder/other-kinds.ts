/** The kinds with few methods of their own: bool, bytes, uuid, json, list. */
import { HeadraceError } from '../../errors.ts'
import { BaseExpr, ComparableExpr, type Expr } from './expr.ts'
import type { ExprOf, NullOf, NullsIn } from './expression-types.ts'

type Condition = Expr<'bool'> | boolean

/** Three-valued: null means unknown. */
export class BoolExpr<J> extends ComparableExpr<'bool', J> {
  /** False if either is false, else null if either is null, else true. */
  and<const B extends Condition>(other: B): ExprOf<'bool', boolean | NullOf<J> | NullsIn<B>> {
    return this.apply('and', [other])
  }
  /** True if either is true, else null if either is null, else false. */
  or<const B extends Condition>(other: B): ExprOf<'bool', boolean | NullOf<J> | NullsIn<B>> {
    return this.apply('or', [other])
  }
  /** The opposite; null for null. */
  not(): ExprOf<'bool', boolean | NullOf<J>> {
    return this.apply('not', [])
  }
}

export class BytesExpr<J> extends ComparableExpr<'bytes', J> {
  /** The SHA-256 as 64 lower-case hex digits. */
  sha256(): ExprOf<'string', string | NullOf<J>> {
    return this.apply('sha256', [])
  }
}

export class UuidExpr<J> extends ComparableExpr<'uuid', J> {}

export class JsonExpr<J> extends BaseExpr<'json', J> {
  /**
   * The scalar at a path as text: 'user.id', or ['items', 0] with array indices. Null for null, an object, an array, or
   * nothing there. Cast it to compute with it.
   */
  get(path: string | readonly (string | number)[]): ExprOf<'string', string | null> {
    const steps = typeof path === 'string' ? path.split('.') : path
    if (!Array.isArray(steps) || steps.some(step => step === '')) {
      throw new HeadraceError(
        'INVALID_ARGUMENT',
        `get: the path ${JSON.stringify(path)} has an empty step. Write 'user.id' or ['items', 0].`,
      )
    }
    return this.apply('jsonGet', [], { path: steps })
  }
}

export class ListExpr<J> extends BaseExpr<'list', J> {}
