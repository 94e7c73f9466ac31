/** From the plan's expressions to the objects of the language. */
import { HeadraceError } from '../../errors.ts'
import type { Kind, Schema } from '../../schema/type.ts'
import { column, type Expression } from '../expression.ts'
import { BaseExpr, type Expr, type Wrap } from './expr.ts'
import type { Columns } from './expression-types.ts'
import { DecimalExpr, FloatExpr, IntegerExpr } from './number.ts'
import { BoolExpr, BytesExpr, JsonExpr, ListExpr, UuidExpr } from './other-kinds.ts'
import { TextExpr } from './text.ts'
import { TimeExpr } from './time.ts'

type Family = new (expression: Expression, wrap: Wrap) => Expr

const FAMILIES: Readonly<Record<Kind, Family>> = {
  bool: BoolExpr,
  int32: IntegerExpr,
  int64: IntegerExpr,
  float64: FloatExpr,
  decimal: DecimalExpr,
  string: TextExpr,
  enum: TextExpr,
  bytes: BytesExpr,
  date: TimeExpr,
  timestamp: TimeExpr,
  uuid: UuidExpr,
  json: JsonExpr,
  list: ListExpr,
}

/** The expression object of the family of its type. */
export const wrap: Wrap = expression => new FAMILIES[expression.type.kind](expression, wrap)

/** The columns of a schema as expressions. A name that is not a column throws UNKNOWN_COLUMN, also in plain JavaScript. */
export function columnsOf<S>(schema: Schema): Columns<S> {
  return new Proxy(Object.create(null) as Columns<S>, {
    get: (_, name) => (typeof name === 'string' ? wrap(column(schema, name)) : undefined),
    has: (_, name) => Object.hasOwn(schema, name),
    ownKeys: () => Object.keys(schema),
    getOwnPropertyDescriptor: (_, name) =>
      Object.hasOwn(schema, name) ? { enumerable: true, configurable: true } : undefined,
  })
}

/** The plan's expression behind what a callback returned, or INVALID_ARGUMENT that says what came instead. */
export function planned(what: string, value: unknown): Expression {
  const expression = BaseExpr.expression(value)
  if (expression !== undefined) return expression
  const shown =
    typeof value === 'object' && value !== null ? `an object (${value.constructor?.name})` : String(value)
  throw new HeadraceError(
    'INVALID_ARGUMENT',
    `${what} must be an expression, not ${shown}. Write c.column, a method of one, or lit(value).`,
  )
}
