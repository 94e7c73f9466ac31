/** Files as endpoints: `files.parquet(path, { schema })` reads, `files.parquet(path)` writes. */
import type { Relation } from '../../plan/builder/dataset.ts'
import type { KeyName } from '../../plan/builder/expression-types.ts'
import {
  type AcceptedBy,
  type Endpoint,
  endpoint,
  type LikeOptions,
  type ReadOptions,
  readFrom,
  type Target,
  type TimeName,
  type Write,
  writeTo,
} from '../../plan/endpoint.ts'
import { checkOneOf, checkOptions } from '../../plan/options.ts'
import type { Schema } from '../../schema/type.ts'
import type { UpdateMode } from '../../seam/sink.ts'
import type { Source } from '../../seam/source.ts'
import { checkPath } from './path.ts'
import { fileSink } from './sink.ts'
import type { FileFormat } from './write-format.ts'

interface WriteOptions<W extends Write | undefined> {
  /**
   * What the file holds after a run: the rows that it added (`append`), what its changes add up to (`replace`), or one row
   * a key (`upsert`). By default what the dataset does. One file is always replaced whole, when the run has ended well.
   */
  readonly write?: W
}

/** One local file of a format. Reading needs a `schema`, or a dataset that it is `like`. */
export interface FileEndpoint {
  <
    const S extends Schema,
    const K extends KeyName<S> = never,
    const T extends TimeName<S> = never,
    const W extends Write | undefined = undefined,
  >(
    path: string,
    options: ReadOptions<S, K, T> & WriteOptions<W>,
  ): Endpoint<S, 'append', K, T, AcceptedBy<W>, W>
  <S extends Schema, M extends UpdateMode, K extends string, const W extends Write | undefined = undefined>(
    path: string,
    options: LikeOptions<S, M, K> & WriteOptions<W>,
  ): Endpoint<S, M, K, never, AcceptedBy<W>, W>
  <const W extends Write | undefined = undefined>(
    path: string,
    options?: WriteOptions<W>,
  ): Target<AcceptedBy<W>, W>
}

/** What the overloads above come down to. */
interface AnyOptions {
  readonly schema?: Schema
  readonly like?: Relation
  readonly write?: Write
}

/** The endpoint of a format. Throws UNKNOWN_OPTION, INVALID_ARGUMENT, REFUSED for paths that are not one local file. */
export function fileEndpoint(
  format: FileFormat,
  sourceOf: (path: string, schema: Schema) => Source,
): FileEndpoint {
  const what = `files.${format.name}`
  const make = (path: string, options: AnyOptions = {}): Relation | Target => {
    checkPath(what, path)
    checkOptions(what, options, ['schema', 'key', 'eventTime', 'like', 'write'])
    if (options.write !== undefined) {
      checkOneOf(`${what}: write`, options.write, ['append', 'replace', 'upsert'])
    }
    const { write } = options
    const target = writeTo(fileSink(write === undefined ? { format, path } : { format, path, write }), write)
    const schema = options.schema ?? options.like?.node.schema
    if (schema === undefined) return target
    const source = sourceOf(path, schema)
    return endpoint(readFrom(source, options as ReadOptions<Schema, string, string>), target)
  }
  return make as FileEndpoint
}
