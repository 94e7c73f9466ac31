/** Expressions as SQL over a relation whose columns are `c0`, `c1`, … in the order of its schema. */
import type { Call, Expression } from '../../plan/expression.ts'
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

/** Functions that compute an argument only where it is asked for. Each argument is written once, so that none gets longer. */
const LAZY: ReadonlySet<FunctionName> = new Set(['case', 'coalesce', 'and', 'or'])

/** Characters of SQL above which an argument is not written twice. */
const LONG_SQL = 1000

/** The emitter of expressions over a relation. */
export function emitterOf(schema: Schema, native: DefineNative): Emitter {
  const written = new Map<Expression, string>()
  let variables = 0

  function write(expression: Expression): string {
    switch (expression.kind) {
      case 'column':
        return columnNamed(schema, expression.name)
      case 'literal':
        return literal(expression)
      case 'call':
        return call(expression)
    }
  }

  /**
   * Functions that name an argument twice double its SQL, and a chain of them would double it again and again. So a long
   * argument that is named twice gets a variable, which in an expression only the lambda over a list of one makes.
   */
  function call(expression: Call): string {
    const args = LAZY.has(expression.fn) ? [] : [...new Set(expression.args)]
    const long = args
      .map(arg => ({ arg, sql: emitter.sql(arg), variable: `arg_${variables++}` }))
      .filter(({ sql }) => sql.length > LONG_SQL)
    for (const { arg, variable } of long) written.set(arg, variable)
    const body = emitters[expression.fn](expression, emitter)
    for (const { arg, sql } of long) written.set(arg, sql)
    if (long.every(({ variable }) => body.split(variable).length <= 2)) {
      return long.length === 0 ? body : emitters[expression.fn](expression, emitter)
    }
    return long.reduce(
      (inner, { sql, variable }) => `list_transform([${sql}], lambda ${variable}: ${inner})[1]`,
      body,
    )
  }

  const emitter: Emitter = {
    native,
    sql(expression: Expression): string {
      const known = written.get(expression)
      if (known !== undefined) return known
      const sql = write(expression)
      written.set(expression, sql)
      return sql
    },
  }
  return emitter
}
