/**
 * Expressions as plain data. Every node carries its resolved type, so engines never infer. The typed builder in
 * `builder/` is the only thing that makes them, through the constructors here, which check.
 */

import { HeadraceError } from '../errors.ts'
import type { Cell } from '../schema/cell.ts'
import type { ColumnType, Schema } from '../schema/type.ts'
import { type FunctionName, type FunctionOptions, functions } from './function/catalogue.ts'
import { nearest } from './nearest.ts'

export type Expression = ColumnReference | Literal | Call

/** The value of a column of the input. */
export interface ColumnReference {
  readonly kind: 'column'
  readonly name: string
  readonly type: ColumnType
}

/** A constant, as a cell of its type. */
export interface Literal {
  readonly kind: 'literal'
  readonly value: Cell
  readonly type: ColumnType
}

/** A function of the catalogue applied to arguments. */
export interface Call {
  readonly kind: 'call'
  readonly fn: FunctionName
  readonly args: readonly Expression[]
  readonly options: FunctionOptions
  readonly type: ColumnType
}

/** A reference to a column, or UNKNOWN_COLUMN with the nearest name. */
export function column(schema: Schema, name: string): ColumnReference {
  const type = Object.hasOwn(schema, name) ? schema[name] : undefined
  if (type === undefined) {
    const names = Object.keys(schema)
    throw new HeadraceError(
      'UNKNOWN_COLUMN',
      `There is no column '${name}'${nearest(name, names)} Columns: ${names.join(', ')}.`,
    )
  }
  return { kind: 'column', name, type }
}

export function literal(type: ColumnType, value: Cell): Literal {
  return { kind: 'literal', type: { ...type, nullable: value === null }, value }
}

/** Applies a function; its signature resolves the result type or throws TYPE_MISMATCH / INVALID_ARGUMENT. */
export function call(fn: FunctionName, args: readonly Expression[], options: FunctionOptions = {}): Call {
  const type = functions[fn].resolve(
    args.map(arg => arg.type),
    options,
    args,
  )
  return { kind: 'call', fn, args, options, type }
}

/** The columns that an expression reads. */
export function columnsIn(expression: Expression, found: Set<string> = new Set()): Set<string> {
  if (expression.kind === 'column') found.add(expression.name)
  if (expression.kind === 'call') for (const arg of expression.args) columnsIn(arg, found)
  return found
}
