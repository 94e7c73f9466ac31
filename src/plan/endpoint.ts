/**
 * Endpoints: one value for one place, a dataset when read and a target in `to`. Connectors make them with the functions
 * here; a schema is needed only to read.
 */
import { HeadraceError } from '../errors.ts'
import type { ColumnType, Schema } from '../schema/type.ts'
import { typeText } from '../schema/type.ts'
import type { Sink, UpdateMode } from '../seam/sink.ts'
import type { Source } from '../seam/source.ts'
import { Dataset, type Relation } from './builder/dataset.ts'
import type { NamesOf } from './builder/expression-types.ts'
import { keyColumn } from './builder/nodes.ts'
import { type Duration, durationMicros } from './duration.ts'
import { column } from './expression.ts'
import type { SourceNode } from './node.ts'
import { checkOptions } from './options.ts'

/** How a place takes rows: adds them, replaces all that was there, or keeps one row a key. */
export type Write = 'append' | 'replace' | 'upsert'

declare const takes: unique symbol
const TARGET = Symbol.for('headrace.target')

/** A place to write to, which accepts datasets of the update modes `A`. With `W` = 'upsert' it needs their key. */
export interface Target<A extends UpdateMode = UpdateMode, W extends Write | undefined = Write | undefined> {
  readonly [takes]: { readonly accepts: A; readonly write: W }
}

/** The update modes that a write takes; without `write` it is that of the dataset, as long as rows have a place. */
export type AcceptedBy<W extends Write | undefined> = W extends 'append'
  ? 'append'
  : W extends 'replace'
    ? UpdateMode
    : 'append' | 'upsert'

/** What `AcceptedBy` says in types, as the `accepts` of a sink. */
export function acceptedBy(write: Write | undefined): readonly UpdateMode[] {
  if (write === 'append') return ['append']
  return write === 'replace' ? ['append', 'upsert', 'changelog'] : ['append', 'upsert']
}

/** What is behind a target. */
export interface TargetDefinition {
  readonly sink: Sink
  readonly write?: Write
}

/** A dataset and a target in one. */
export type Endpoint<
  S extends Schema,
  M extends UpdateMode,
  K extends string,
  T extends string,
  A extends UpdateMode,
  W extends Write | undefined,
> = Dataset<S, M, K, T> & Target<A, W>

/** What is declared to read a place. */
export interface ReadOptions<S extends Schema, K extends string, T extends string> {
  readonly schema: S
  /** The column or columns that identify a row. */
  readonly key?: K | readonly K[]
  /** The column that says when a row happened, and how far behind the latest such time a row may come (default: not at all). */
  readonly eventTime?: EventTime<T>
}
/** The column that says when a row happened, and how far behind the latest such time a row may come. */
export interface EventTime<T extends string> {
  readonly column: T
  readonly outOfOrderness?: Duration
}
/** In place of `schema`: the columns, key and update mode of a dataset. What is stored has no event time until it is declared. */
export interface LikeOptions<S extends Schema, M extends UpdateMode, K extends string> {
  readonly like: Relation<S, M, K>
}

/** The columns that can be an event time. */
export type TimeName<S> = NamesOf<S, 'timestamp'>

/**
 * A dataset that reads a source. Throws UNKNOWN_COLUMN, or TYPE_MISMATCH for a key without equality, an event time that is
 * no timestamp or can be null where it is a key.
 */
export function readFrom<S extends Schema, K extends string, T extends string>(
  source: Source,
  options: ReadOptions<S, K, T>,
): Dataset<S, 'append', K, T>
export function readFrom<S extends Schema, M extends UpdateMode, K extends string>(
  source: Source,
  options: LikeOptions<S, M, K>,
): Dataset<S, M, K, never>
export function readFrom(
  source: Source,
  options: ReadOptions<Schema, string, string> | LikeOptions<Schema, UpdateMode, string>,
): Dataset<Schema, UpdateMode, string, string> {
  if ('like' in options) {
    if ('schema' in options || 'key' in options || 'eventTime' in options) {
      throw new HeadraceError(
        'INVALID_ARGUMENT',
        'like stands in place of schema and key, and gives no event time. Leave it out, or leave the others out.',
      )
    }
    const { schema, mode, key } = options.like.node
    const node: SourceNode = { kind: 'source', source, outOfOrderness: 0, schema, mode }
    return new Dataset(key === undefined ? node : { ...node, key })
  }
  const { schema, eventTime } = options
  checkSchema(source.name, schema)
  const key = keyOf(schema, options.key)
  const timed = eventTime === undefined ? undefined : eventTimeOf(schema, eventTime)
  return new Dataset({
    kind: 'source',
    source,
    schema,
    mode: 'append',
    ...(key === undefined ? {} : { key }),
    ...(timed ?? { outOfOrderness: 0 }),
  })
}

function keyOf(schema: Schema, key: string | readonly string[] | undefined): readonly string[] | undefined {
  if (key === undefined) return undefined
  const names: unknown = typeof key === 'string' ? [key] : key
  if (!areNames(names)) {
    throw new HeadraceError(
      'INVALID_ARGUMENT',
      `key names a column, or several as in ['date', 'region'], and is ${JSON.stringify(key)}.`,
    )
  }
  for (const name of names) keyColumn('key', schema, name)
  return names
}

function areNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(name => typeof name === 'string')
}

function eventTimeOf(
  schema: Schema,
  time: EventTime<string>,
): Pick<SourceNode, 'eventTime' | 'outOfOrderness'> {
  checkOptions('eventTime', time, ['column', 'outOfOrderness'])
  const type: ColumnType = column(schema, time.column).type
  if (type.kind !== 'timestamp') {
    throw new HeadraceError(
      'TYPE_MISMATCH',
      `eventTime: '${time.column}' is a ${typeText(type)}, not a timestamp. Read it as one, or cast it in a pipeline before.`,
    )
  }
  const outOfOrderness = durationMicros('outOfOrderness', time.outOfOrderness ?? '0 seconds', 0)
  return { eventTime: time.column, outOfOrderness }
}

/** The schema with which a place is read; undefined where it is only written. Throws INVALID_ARGUMENT for options that would then say nothing. */
export function schemaToRead(
  what: string,
  options: {
    readonly schema?: Schema
    readonly like?: Relation
    readonly key?: unknown
    readonly eventTime?: unknown
  },
): Schema | undefined {
  // What was meant to be read would silently be a place to write, and fail far from here.
  if (Object.hasOwn(options, 'schema')) checkSchema(what, options.schema)
  if (Object.hasOwn(options, 'like')) checkDataset(`${what}: like`, options.like)
  const schema = options.schema ?? options.like?.node.schema
  const alone = (['key', 'eventTime'] as const).find(name => options[name] !== undefined)
  if (schema !== undefined || alone === undefined) return schema
  throw new HeadraceError(
    'INVALID_ARGUMENT',
    `${what}: ${alone} says how the place is read, and there is no schema to read it with. Give the schema, or leave ${alone} out: rows that are written have that of their dataset.`,
  )
}

/** Throws INVALID_ARGUMENT or INVALID_TYPE, naming the column, for what is no schema. */
export function checkSchema(what: string, schema: unknown): void {
  if (typeof schema !== 'object' || schema === null) {
    throw new HeadraceError(
      'INVALID_ARGUMENT',
      `${what}: the schema is ${JSON.stringify(schema)}. Write { id: t.int64(), … }.`,
    )
  }
  for (const [name, type] of Object.entries(schema) as [string, unknown][]) {
    if (typeof type === 'object' && type !== null && 'kind' in type) continue
    const found = typeof type === 'function' ? 'a function' : JSON.stringify(type)
    throw new HeadraceError(
      'INVALID_TYPE',
      `${what}: the type of column '${name}' is ${found}. Types are made by t, such as t.int64().`,
    )
  }
}

/** Throws INVALID_ARGUMENT for what is no dataset, such as a place that can only be written. */
export function checkDataset(what: string, value: unknown): void {
  if (typeof value === 'object' && value !== null && 'node' in value) return
  const found =
    targetOf(value) === undefined
      ? `${value === null ? 'null' : typeof value} is no dataset`
      : 'an endpoint without a schema can only be written'
  throw new HeadraceError(
    'INVALID_ARGUMENT',
    `${what}: ${found}. Read one from an endpoint with a schema, such as files.csv(path, { schema }).`,
  )
}

/** A target that writes to a sink. The connector says in types what the sink's `accepts` says as data. */
export function writeTo<A extends UpdateMode, W extends Write | undefined = undefined>(
  sink: Sink,
  write?: W,
): Target<A, W> {
  const definition: TargetDefinition = write === undefined ? { sink } : { sink, write }
  return { [TARGET]: definition } as unknown as Target<A, W>
}

/** One value that is both: the dataset gets the target's brand. */
export function endpoint<D extends Relation, X extends Target>(dataset: D, target: X): D & X {
  return Object.assign(dataset, target)
}

/** What is behind a target, found by its brand; undefined for anything else. */
export function targetOf(value: unknown): TargetDefinition | undefined {
  if (typeof value !== 'object' || value === null || !(TARGET in value)) return undefined
  return (value as { [TARGET]: TargetDefinition })[TARGET]
}
