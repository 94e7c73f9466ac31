/** Files as endpoints: `files.parquet(path, { schema })` reads, `files.parquet(path)` writes. */
import { HeadraceError } from '../../errors.ts'
import type { Relation } from '../../plan/builder/dataset.ts'
import type { Names } from '../../plan/builder/expression-types.ts'
import {
  type AcceptedBy,
  type Endpoint,
  endpoint,
  type LikeOptions,
  type ReadOptions,
  readFrom,
  schemaToRead,
  type Target,
  type Write,
  writeTo,
} from '../../plan/endpoint.ts'
import { checkOneOf, checkOptions } from '../../plan/options.ts'
import type { WriteOnly } from '../../plan/write-only.ts'
import { type Env, isEnv } from '../../runtime/env.ts'
import type { Schema } from '../../schema/type.ts'
import type { UpdateMode } from '../../seam/sink.ts'
import type { Compression } from './path/compression.ts'
import { checkPartitionBy } from './path/hive.ts'
import { layoutOf } from './path/layout.ts'
import type { FileReader } from './read/format.ts'
import { type FileSet, fileSource } from './read/source.ts'
import type { FileFormat } from './write/format.ts'
import { type FileTarget, fileSink, nameOf } from './write/sink.ts'

/**
 * Where files lie: the path of one; a folder; a pattern such as `logs/*.csv` or `logs/** /{a,b}-?.csv`; a dated path such as
 * `logs/{yyyy}-{MM}-{dd}.csv`; or a list of paths and patterns. Relative paths begin in the project's folder.
 */
export type FilePath = string | Env | readonly (string | Env)[]

/** What all formats take beside what they read. `P` are the columns that can name folders, `D` those that can date a path. */
export interface FileOptions<
  W extends Write | undefined = Write | undefined,
  P extends string = string,
  D extends string = string,
> {
  /**
   * What the place holds after a run: the rows that it added (`append`), what its changes add up to (`replace`), or one row
   * a key (`upsert`). By default what the dataset does. It is always replaced whole, when the run has ended well.
   */
  readonly write?: W
  /** The columns whose values are in the names of folders, `date=2024-01-31/region=eu/`, and not in the files. */
  readonly partitionBy?: readonly P[]
  /** The column that says to which file of a dated path a row is written; by default the event time. */
  readonly datedBy?: D
}

/** The columns that can name folders, and those that can date a path; any where the columns are not known. */
type PartitionName<S> = string extends keyof S ? string : Names<S>['ordered']
type DateName<S> = string extends keyof S ? string : Names<S>['times']

/**
 * Files of a format, with options `O` of its own. Reading needs a `schema`, or a dataset that they are `like`. The overload
 * before the last is the same for all formats, so that one of several can be called.
 */
export interface FileEndpoint<O extends object> {
  <
    const S extends Schema,
    const K extends Names<S>['keys'] = never,
    const T extends Names<S>['instants'] = never,
    const W extends Write | undefined = undefined,
  >(
    path: FilePath,
    options: ReadOptions<S, K, T> & FileOptions<W, PartitionName<S>, DateName<S>> & O,
  ): Endpoint<S, 'append', K, T, AcceptedBy<W>, NoInfer<W>>
  <S extends Schema, M extends UpdateMode, K extends string, const W extends Write | undefined = undefined>(
    path: FilePath,
    options: LikeOptions<S, M, K> & FileOptions<W, PartitionName<S>, DateName<S>> & O,
  ): Endpoint<S, M, K, never, AcceptedBy<W>, NoInfer<W>>
  <const W extends Write | undefined = undefined>(
    path: FilePath,
    options?: FileOptions<W> & { readonly schema?: never; readonly like?: never },
  ): Target<AcceptedBy<W>, NoInfer<W>>
  <const W extends Write | undefined = undefined>(
    path: FilePath,
    options?: FileOptions<W> & { readonly schema?: never; readonly like?: never },
  ): Target<AcceptedBy<W>, NoInfer<W>>
  <
    const S extends Schema = never,
    const K extends Names<S>['keys'] = never,
    const T extends Names<S>['instants'] = never,
    L extends Schema = never,
    const W extends Write | undefined = undefined,
  >(
    path: FilePath,
    options?: O &
      FileOptions<W, PartitionName<S> & PartitionName<L>, DateName<S> & DateName<L>> &
      WriteOnly<S, K, T, L>,
  ): Target<AcceptedBy<W>, NoInfer<W>>
}

/** What a format is made of, given its options. */
export interface FileKind<O extends object> {
  readonly name: string
  /** The names of its options. */
  readonly options: readonly (keyof O & string)[]
  readonly compressions: readonly Compression[]
  /** Throws INVALID_ARGUMENT for options that make no sense. */
  of(options: O): { readonly format: FileFormat; readonly reader: FileReader }
}

/** What the overloads above come down to. */
interface AnyOptions extends FileOptions {
  readonly schema?: Schema
  readonly like?: Relation
  readonly compression?: Compression
}

const OPTIONS = ['schema', 'key', 'eventTime', 'like', 'write', 'partitionBy', 'datedBy'] as const

/** The endpoint of a format. Throws UNKNOWN_OPTION, INVALID_ARGUMENT, and REFUSED for paths that are not local. */
export function fileEndpoint<O extends object>(kind: FileKind<O>): FileEndpoint<O> {
  const what = `files.${kind.name}`
  const make = (path: FilePath, options: AnyOptions = {}): Relation | Target => {
    checkOptions(what, options, [...OPTIONS, ...kind.options])
    const paths = checkPaths(what, path, options)
    checkValues(what, kind.compressions, options)
    const { format, reader } = kind.of(own(kind, options))
    const place = targetOf(format, path, options)
    const target = writeTo(fileSink(place), options.write)
    const schema = schemaToRead(what, options)
    if (schema === undefined) return target
    const { partitionBy = [] } = options
    const set: FileSet = { what, name: nameOf(place), paths, schema, partitionBy, reader }
    const dataset = readFrom(fileSource(set), options as ReadOptions<Schema, string, string>)
    checkPartitionBy(what, schema, partitionBy)
    return endpoint(dataset, target)
  }
  return make as FileEndpoint<O>
}

function own<O extends object>(kind: FileKind<O>, options: AnyOptions): O {
  const names: readonly string[] = kind.options
  return Object.fromEntries(Object.entries(options).filter(([name]) => names.includes(name))) as O
}

function targetOf(format: FileFormat, path: FilePath, options: AnyOptions): FileTarget {
  const { write, partitionBy, datedBy, compression } = options
  return {
    format,
    path,
    ...(write === undefined ? {} : { write }),
    ...(partitionBy === undefined ? {} : { partitionBy }),
    ...(datedBy === undefined ? {} : { datedBy }),
    ...(compression === undefined ? {} : { compression }),
  }
}

/** What is packed in a way that is neither read nor written. */
const UNKNOWN_COMPRESSION = /\.(bz2|xz|br|lz4|snappy|zip|7z|lzo)$/i

function checkPaths(what: string, path: unknown, { partitionBy }: AnyOptions): (string | Env)[] {
  const paths: unknown[] = Array.isArray(path) ? path : [path]
  if (paths.length === 0)
    throw new HeadraceError('INVALID_ARGUMENT', `${what} takes at least one path, not [].`)
  for (const one of paths) {
    if (isEnv(one)) continue
    layoutOf(what, one, partitionBy === undefined ? {} : { partitionBy })
    const packing = UNKNOWN_COMPRESSION.exec(one as string)
    if (packing === null) continue
    throw new HeadraceError(
      'REFUSED',
      `${what}('${one}') is packed as ${packing[0]}, which this version does not read or write. Pack it with gzip (.gz) or zstd (.zst).`,
    )
  }
  return paths as (string | Env)[]
}

function checkValues(what: string, compressions: readonly Compression[], options: AnyOptions): void {
  const { write, compression, partitionBy, datedBy } = options
  if (write !== undefined) checkOneOf(`${what}: write`, write, ['append', 'replace', 'upsert'])
  if (compression !== undefined) checkOneOf(`${what}: compression`, compression, compressions)
  const names: unknown = partitionBy ?? ['a column']
  const areNames = Array.isArray(names) && names.length > 0 && names.every(isText)
  if (areNames && (datedBy === undefined || isText(datedBy))) return
  const [option, value] = areNames ? ['datedBy', datedBy] : ['partitionBy', partitionBy]
  throw new HeadraceError(
    'INVALID_ARGUMENT',
    `${what}: ${option} names ${areNames ? 'a column' : "columns, as in ['date', 'region']"}, and is ${JSON.stringify(value)}.`,
  )
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''
