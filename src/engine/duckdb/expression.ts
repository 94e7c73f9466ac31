/** Expressions as SQL over a relation whose columns are `c0`, `c1`, … in the order of its schema. */
import type { Expression } from '../../plan/expression.ts'
import type { FunctionName } from '../../plan/function/catalogue.ts'
import type { Schema } from '../../schema/type.ts'
import { casts } from './function/casts.ts'
import { type Emit, type Emitter, literal, type Native } from './function/emit.ts'
import { logic } from './function/logic.ts'
import { numbers } from './function/numbers.ts'
import { texts } from './function/texts.ts'
import { times } from './function/times.ts'

const emitters: Readonly<Record<FunctionName, Emit>> = { ...numbers, ...logic, ...texts, ...times, ...casts }

/**
 * The name in SQL of the column at a place. Not its own: DuckDB's names ignore case, even quoted ones.
 */
export const columnAt = (place: number): string => `c${place}`

/** The name in SQL of a column of a schema. */
export function columnNamed(schema: Schema, column: string): string {
  const place = Object.keys(schema).indexOf(column)
  if (place < 0) throw new Error(`No column '${column}' among ${Object.keys(schema).join(', ')}`)
  return columnAt(place)
}

/** What makes functions in JavaScript callable from SQL. */
export type DefineNative = (fn: Native) => string

/** The emitter of expressions over a relation. */
export function emitterOf(schema: Schema, native: DefineNative): Emitter {
  const emitter: Emitter = {
    native,
    sql(expression: Expression): string {
      switch (expression.kind) {
        case 'column':
          return columnNamed(schema, expression.name)
        case 'literal':
          return literal(expression)
        case 'call':
          return emitters[expression.fn](expression, emitter)
      }
    },
  }
  return emitter
}
