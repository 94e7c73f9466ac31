/** Sort keys. */
import { HeadraceError } from '../../errors.ts'
import type { Schema } from '../../schema/type.ts'
import { column } from '../expression.ts'
import type { SortNode } from '../node.ts'

/** A column from its greatest value to its least. Nulls stay last. */
export class Desc<N extends string> {
  readonly column: N

  /** @internal `desc` makes these. */
  constructor(name: N) {
    this.column = name
  }
}

/** A sort key: a column, or `desc` of one. */
export type OrderBy<N extends string> = N | Desc<N>

/** Orders by a column from its greatest value to its least: `orderBy(desc('revenue'))`. */
export function desc<const N extends string>(name: N): Desc<N> {
  return new Desc(name)
}

/** A sort key of the plan. Throws UNKNOWN_COLUMN, or INVALID_ARGUMENT for anything that is not a key. */
export function sortKey(schema: Schema, key: unknown): SortNode['by'][number] {
  const descending = key instanceof Desc
  const name = descending ? key.column : key
  if (typeof name !== 'string') {
    throw new HeadraceError(
      'INVALID_ARGUMENT',
      `orderBy: ${String(name)} is not a column name or desc('name').`,
    )
  }
  return { expression: column(schema, name), descending }
}
