/** A table or a SELECT as rows of a schema: how its columns are read, and which records are no rows. */
import { type Fit, fitOf, verdict } from '../../duckdb/adapt.ts'
import {
  isView,
  type StoredColumn,
  storedColumns,
  type TableName,
  tableNames,
  tableSql,
  tableText,
} from '../../duckdb/catalogue.ts'
import type { Duckdb } from '../../duckdb/duckdb.ts'
import { foundText } from '../../duckdb/found.ts'
import { recordOf } from '../../duckdb/judged.ts'
import { readingOf } from '../../duckdb/query.ts'
import { name } from '../../duckdb/sql.ts'
import { HeadraceError } from '../../errors.ts'
import { nearest } from '../../plan/nearest.ts'
import { type ColumnType, type Schema, typeText, withNull } from '../../schema/type.ts'
import type { DatabaseScan } from '../../seam/source.ts'

/** What a source reads. */
export type Origin = { readonly table: TableName } | { readonly select: string }

/** As messages name it. */
export function originText(origin: Origin): string {
  return 'table' in origin ? tableText(origin.table) : 'warehouse.sql'
}

/** Everything of a scan but where it runs. */
export type Relation = Omit<DatabaseScan, 'format' | 'database'>

/** Throws NOT_FOUND for a table that is not there, INVALID_SQL, and SCHEMA_MISMATCH naming column, expected and found. */
export async function relationOf(
  db: Duckdb,
  origin: Origin,
  schema: Schema,
  signal?: AbortSignal,
): Promise<Relation> {
  const place = originText(origin)
  const { from, columns, stored } = await found(db, origin, signal)
  const fits = fitsOf(place, columns, schema)
  const fault = verdict(fits)
  return {
    from,
    columns: fits.map(({ read }) => read),
    ...(fault === undefined ? {} : { fault }),
    record: recordOf(columns),
    place,
    stored,
  }
}

interface Found {
  readonly from: string
  readonly columns: readonly StoredColumn[]
  readonly stored: boolean
}

async function found(db: Duckdb, origin: Origin, signal: AbortSignal | undefined): Promise<Found> {
  if ('select' in origin) {
    const wayOut = 'Write rows with a pipeline to warehouse.table(…).'
    const { from, columns } = await readingOf(db, origin.select, 'warehouse.sql', wayOut)
    return { from, columns: columns.map(column => ({ ...column, nullable: true })), stored: false }
  }
  const { table } = origin
  const columns = await storedColumns(db, table, signal)
  if (columns === undefined) throw await missing(db, table)
  return { from: tableSql(table), columns, stored: !(await isView(db, table)) }
}

async function missing(db: Duckdb, table: TableName): Promise<HeadraceError> {
  const names = await tableNames(db)
  const others =
    names.length === 0
      ? '. The warehouse is empty: a pipeline fills it.'
      : `${nearest(tableText(table), names)} It has ${names.join(', ')}.`
  return new HeadraceError('NOT_FOUND', `The warehouse has no table ${tableText(table)}${others}`)
}

function fitsOf(place: string, columns: readonly StoredColumn[], schema: Schema): Fit[] {
  const byName = new Map(columns.map(column => [column.name.toLowerCase(), column]))
  return Object.entries(schema).map(([column, type]) => {
    const stored = byName.get(column.toLowerCase())
    if (stored === undefined) throw noColumn(place, column, columns)
    const label = `'${column}'`
    const promises = { noNulls: !stored.nullable, inRange: false }
    const fit = fitOf(name(stored.name), stored.found, type, promises, label)
    if (fit === undefined) throw otherType(place, column, type, stored.found)
    return fit
  })
}

function noColumn(place: string, column: string, columns: readonly StoredColumn[]): HeadraceError {
  const names = columns.map(each => each.name)
  const has = columns.map(each => `${each.name} ${foundText(each.found)}`).join(', ')
  return new HeadraceError(
    'SCHEMA_MISMATCH',
    `Reading ${place}: there is no column '${column}'${nearest(column, names)} It has: ${has}.`,
  )
}

function otherType(place: string, column: string, type: ColumnType, stored: string): HeadraceError {
  return new HeadraceError(
    'SCHEMA_MISMATCH',
    `Reading ${place}: column '${column}' is declared ${typeText(withNull(type, false))} and holds ${foundText(stored)}, which cannot be read so without loss. Declare what it holds and cast in the plan.`,
  )
}
