/** Sort keys. */
import type { Schema } from '../../schema/type.ts'
import { column } from '../expression.ts'
import type { SortNode } from '../node.ts'
import type { Expr } from './expr.ts'
import { columnsOf, planned } from './wrap.ts'

/** A sort key from the greatest to the least. Nulls stay last. */
export class Desc<A> {
  readonly of: A

  constructor(of: A) {
    this.of = of
  }
}

/** Orders by a column or expression from the greatest to the least: `orderBy(desc('revenue'))`. */
export function desc<const A extends string | Expr>(of: A): Desc<A> {
  return new Desc(of)
}

/** A sort key of the plan. Throws UNKNOWN_COLUMN, or INVALID_ARGUMENT for anything that is not a key. */
export function sortKey(schema: Schema, key: unknown): SortNode['by'][number] {
  const made = typeof key === 'function' ? key(columnsOf(schema)) : key
  const descending = made instanceof Desc
  const of = descending ? made.of : made
  return {
    expression: typeof of === 'string' ? column(schema, of) : planned('A key of orderBy', of),
    descending,
  }
}
