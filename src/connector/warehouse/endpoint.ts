/** `warehouse`: tables of the session's database, read and written, and SELECTs over them. */
import { tableText } from '../../duckdb/catalogue.ts'
import { HeadraceError } from '../../errors.ts'
import type { Dataset, Relation } from '../../plan/builder/dataset.ts'
import type { KeyName, Names } from '../../plan/builder/expression-types.ts'
import {
  type AcceptedBy,
  checkSchema,
  type Endpoint,
  endpoint,
  type LikeOptions,
  type ReadOptions,
  readFrom,
  schemaToRead,
  type Target,
  type TimeName,
  type Write,
  writeTo,
} from '../../plan/endpoint.ts'
import { checkOneOf, checkOptions } from '../../plan/options.ts'
import type { WriteOnly } from '../../plan/write-only.ts'
import type { Schema } from '../../schema/type.ts'
import type { UpdateMode } from '../../seam/sink.ts'
import { tableName } from './name.ts'
import type { OnSchemaChange } from './schema-change.ts'
import { tableSink } from './sink.ts'
import { WarehouseSource } from './source.ts'

/** How a table is written. */
export interface TableOptions<W extends Write | undefined> {
  /**
   * What a run does to the table: adds its rows (`append`), puts its result in place of what was there (`replace`), or keeps
   * one row a key (`upsert`). By default what the dataset does: append or upsert. A run over an interval, of rows with an
   * event time, makes anew what lies in the interval and leaves the rest.
   */
  readonly write?: W
  /**
   * What happens where the table has other columns than the dataset. `freeze` (default): SCHEMA_MISMATCH. `evolve`: columns
   * are added, int32 becomes int64, decimals get more digits, nulls are allowed; nothing is dropped.
   */
  readonly onSchemaChange?: OnSchemaChange
}

/** A table by name: `orders`, `sales.orders`, `"name. with dots"`. Reading needs a `schema`, or a dataset that it is `like`. */
export interface TableEndpoint {
  <
    const S extends Schema,
    const K extends Names<S>['keys'] = never,
    const T extends Names<S>['instants'] = never,
    const W extends Write | undefined = undefined,
  >(
    name: string,
    options: ReadOptions<S, K, T> & TableOptions<W>,
  ): Endpoint<S, 'append', K, T, AcceptedBy<W>, NoInfer<W>>
  <S extends Schema, M extends UpdateMode, K extends string, const W extends Write | undefined = undefined>(
    name: string,
    options: LikeOptions<S, M, K> & TableOptions<W>,
  ): Endpoint<S, M, K, never, AcceptedBy<W>, NoInfer<W>>
  <
    const S extends Schema = never,
    const K extends Names<S>['keys'] = never,
    const T extends Names<S>['instants'] = never,
    L extends Schema = never,
    const W extends Write | undefined = undefined,
  >(
    name: string,
    options?: TableOptions<W> & WriteOnly<S, K, T, L>,
  ): Target<AcceptedBy<W>, NoInfer<W>>
}

/** What the overloads above come down to. */
interface AnyOptions extends TableOptions<Write | undefined> {
  readonly schema?: Schema
  readonly like?: Relation
}

const makeTable = (written: string, options: AnyOptions = {}): Relation | Target => {
  const table = tableName(written)
  const what = `warehouse.table('${tableText(table)}')`
  checkOptions(what, options, ['schema', 'key', 'eventTime', 'like', 'write', 'onSchemaChange'])
  const { write, onSchemaChange = 'freeze' } = options
  if (write !== undefined) checkOneOf(`${what}: write`, write, ['append', 'replace', 'upsert'])
  checkOneOf(`${what}: onSchemaChange`, onSchemaChange, ['freeze', 'evolve'])
  const target = writeTo(tableSink({ table, write, onSchemaChange }), write)
  const schema = schemaToRead(what, options)
  if (schema === undefined) return target
  checkSchema(what, schema)
  const source = new WarehouseSource({ table }, schema)
  return endpoint(readFrom(source, options as ReadOptions<Schema, string, string>), target)
}

function sql<const S extends Schema, const K extends KeyName<S> = never, const T extends TimeName<S> = never>(
  select: string,
  options: ReadOptions<S, K, T>,
): Dataset<S, 'append', K, T> {
  if (typeof select !== 'string' || select.trim() === '') {
    throw new HeadraceError('INVALID_ARGUMENT', 'warehouse.sql takes the text of a SELECT, and it is empty.')
  }
  checkOptions('warehouse.sql', options, ['schema', 'key', 'eventTime'])
  checkSchema('warehouse.sql', options.schema)
  return readFrom(new WarehouseSource({ select }, options.schema), options)
}

/** The database of the project, `.headrace/warehouse.duckdb` unless the config says another file. */
export const warehouse = {
  table: makeTable as TableEndpoint,
  /** The rows of one SELECT, computed by the warehouse. Throws INVALID_SQL, when it runs, for anything else. */
  sql,
} as const
