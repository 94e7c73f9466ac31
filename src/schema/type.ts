/** Logical types: what a column holds, in SQL's terms. JavaScript's types follow from them, never the reverse. */
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { HeadraceError } from '../errors.ts'
import type { Decimal } from './decimal.ts'
import type { Instant } from './instant.ts'

export type Kind =
  | 'bool'
  | 'int32'
  | 'int64'
  | 'float64'
  | 'decimal'
  | 'string'
  | 'bytes'
  | 'date'
  | 'timestamp'
  | 'uuid'
  | 'enum'
  | 'json'
  | 'list'

/** Carries the JavaScript type of a column's values to the compiler; never present at run time. */
declare const value: unique symbol

/**
 * A logical type as plain data. `K` is its kind, `J` the JavaScript type of its values in rows, with `| null` when nullable.
 * The optional fields belong to the kinds that their comments name.
 */
export interface ColumnType<K extends Kind = Kind, J = unknown> {
  readonly kind: K
  readonly nullable: boolean
  /** decimal: digits in all, 1 to 38. */
  readonly precision?: number
  /** decimal: digits after the point, 0 to precision. */
  readonly scale?: number
  /** enum: the allowed strings, in the order they were declared. */
  readonly values?: readonly string[]
  /** list: the type of the elements. */
  readonly element?: ColumnType
  /** int64: 'number' gives rows numbers and throws beyond 2^53. Columns hold the same 64 bits either way. */
  readonly as?: 'number'
  /** json: what every value must pass before it enters a column. Not part of the type's identity. */
  readonly validator?: StandardSchemaV1
  readonly [value]?: J
}

/** Columns by name. The order of the properties is the order of the columns. */
export type Schema = { readonly [column: string]: ColumnType }

/** The JavaScript type of a column's values in rows. */
export type ValueOf<T> = T extends ColumnType<Kind, infer J> ? J : never

/** The row that a schema describes. */
export type RowOf<S> = { [K in keyof S]: ValueOf<S[K]> }

/** A calendar day as `YYYY-MM-DD`. */
export type DateText = string

const plain = <K extends Kind, J>(kind: K): ColumnType<K, J> => ({ kind, nullable: false })

function decimal(precision: number, scale: number): ColumnType<'decimal', Decimal> {
  if (!Number.isInteger(precision) || precision < 1 || precision > 38) {
    throw new HeadraceError(
      'INVALID_TYPE',
      `decimal(${precision}, ${scale}): the precision must be a whole number from 1 to 38.`,
    )
  }
  if (!Number.isInteger(scale) || scale < 0 || scale > precision) {
    throw new HeadraceError(
      'INVALID_TYPE',
      `decimal(${precision}, ${scale}): the scale must be a whole number from 0 to ${precision}.`,
    )
  }
  return { kind: 'decimal', nullable: false, precision, scale }
}

function enumeration<const V extends string>(...values: V[]): ColumnType<'enum', V> {
  if (values.length === 0) throw new HeadraceError('INVALID_TYPE', 'enum(): name at least one value.')
  const twice = values.find((v, i) => values.indexOf(v) !== i)
  if (twice !== undefined)
    throw new HeadraceError('INVALID_TYPE', `enum(): the value '${twice}' is named twice.`)
  return { kind: 'enum', nullable: false, values }
}

function int64(): ColumnType<'int64', bigint>
function int64(options: { as: 'number' }): ColumnType<'int64', number>
function int64(options?: { as: 'number' }): ColumnType<'int64', bigint> | ColumnType<'int64', number> {
  if (options === undefined) return plain<'int64', bigint>('int64')
  return { ...plain<'int64', number>('int64'), as: options.as }
}

function json<J = unknown>(): ColumnType<'json', J>
function json<J>(validator: StandardSchemaV1<unknown, J>): ColumnType<'json', J>
function json(validator?: StandardSchemaV1): ColumnType<'json'> {
  return validator === undefined ? plain('json') : { ...plain('json'), validator }
}

/** The logical types, by SQL's names. */
export const t = {
  bool: () => plain<'bool', boolean>('bool'),
  int32: () => plain<'int32', number>('int32'),
  /** 64-bit integer: `bigint` in rows, or `number` with `{ as: 'number' }`, which throws beyond 2^53. */
  int64,
  /** IEEE double, finite: NaN and the infinities are refused when read and become null when computed. */
  float64: () => plain<'float64', number>('float64'),
  decimal,
  /** Well-formed Unicode text. */
  string: () => plain<'string', string>('string'),
  bytes: () => plain<'bytes', Uint8Array>('bytes'),
  /** A calendar day, years 0001 to 9999; `YYYY-MM-DD` in rows. */
  date: () => plain<'date', DateText>('date'),
  /** An instant in microseconds, years 0001 to 9999, always UTC. */
  timestamp: () => plain<'timestamp', Instant>('timestamp'),
  /** Lower-case text with hyphens in rows. */
  uuid: () => plain<'uuid', string>('uuid'),
  enum: enumeration,
  /**
   * JSON text, kept to the letter; parsed when a row is looked at. With a Standard Schema (zod, valibot), every value is
   * validated when it is read, and typed as the schema's output.
   */
  json,
  list: <K extends Kind, J>(element: ColumnType<K, J>): ColumnType<'list', J[]> => ({
    kind: 'list',
    nullable: false,
    element,
  }),
  /** The same type, with null allowed. */
  nullable: <K extends Kind, J>(type: ColumnType<K, J>): ColumnType<K, J | null> => ({
    ...type,
    nullable: true,
  }),
} as const

/** The type with its nullability replaced. */
export function withNull(type: ColumnType, nullable: boolean): ColumnType {
  return type.nullable === nullable ? type : { ...type, nullable }
}

/** The same logical type; nullability, row form (`as`) and validator aside. */
export function sameType(a: ColumnType, b: ColumnType): boolean {
  if (a.kind !== b.kind || a.precision !== b.precision || a.scale !== b.scale) return false
  if (a.values !== undefined || b.values !== undefined) {
    return a.values?.length === b.values?.length && (a.values ?? []).every((v, i) => v === b.values?.[i])
  }
  if (a.element !== undefined && b.element !== undefined) {
    return a.element.nullable === b.element.nullable && sameType(a.element, b.element)
  }
  return true
}

/** A type as a person writes it: `decimal(12,2)`, `list(string)`, `int32?` for a nullable one. */
export function typeText(type: ColumnType): string {
  const mark = type.nullable ? '?' : ''
  switch (type.kind) {
    case 'decimal':
      return `decimal(${type.precision},${type.scale})${mark}`
    case 'enum':
      return `enum(${type.values?.join(', ')})${mark}`
    case 'list':
      return `list(${typeText(type.element!)})${mark}`
    default:
      return type.kind + mark
  }
}
