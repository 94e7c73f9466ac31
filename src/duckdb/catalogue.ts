/** The tables of a database file. */
import { type Duckdb, FILE_CATALOGUE } from './duckdb.ts'
import { name, text } from './sql.ts'

/** A table by its names. DuckDB's names ignore case. */
export interface TableName {
  readonly schema: string
  readonly table: string
}

/** A column as a table declares it. */
export interface StoredColumn {
  readonly name: string
  /** DuckDB's type: `BIGINT`, `TIMESTAMP WITH TIME ZONE`. */
  readonly found: string
  readonly nullable: boolean
}

/** The schema that is meant where none is named. */
export const MAIN = 'main'

/** As SQL names it. */
export function tableSql({ schema, table }: TableName): string {
  return `${FILE_CATALOGUE}.${name(schema)}.${name(table)}`
}

/** As a person names it. */
export function tableText({ schema, table }: TableName): string {
  return schema.toLowerCase() === MAIN ? table : `${schema}.${table}`
}

const same = (column: string, value: string) => `lower(${column}) = lower(${text(value)})`

/** The columns of a table or view, in its order; undefined where there is none of the name. */
export async function storedColumns(
  db: Duckdb,
  { schema, table }: TableName,
  signal?: AbortSignal,
): Promise<readonly StoredColumn[] | undefined> {
  const rows = await db.records(
    `SELECT column_name, data_type, is_nullable FROM duckdb_columns()
    WHERE database_name = '${FILE_CATALOGUE}' AND ${same('schema_name', schema)} AND ${same('table_name', table)}
    ORDER BY column_index`,
    signal,
    `Reading table ${tableText({ schema, table })}`,
  )
  if (rows.length === 0) return undefined
  return rows.map(row => ({
    name: String(row.column_name),
    found: String(row.data_type),
    nullable: row.is_nullable === true,
  }))
}

/** Whether a name is that of a view. */
export async function isView(db: Duckdb, { schema, table }: TableName): Promise<boolean> {
  const found = await db.records(
    `SELECT 1 FROM duckdb_views() WHERE database_name = '${FILE_CATALOGUE}' AND ${same('schema_name', schema)} AND ${same('view_name', table)}`,
  )
  return found.length > 0
}

/** All tables and views, as a person names them. */
export async function tableNames(db: Duckdb): Promise<string[]> {
  const rows = await db.records(
    `SELECT table_schema, table_name FROM information_schema.tables WHERE table_catalog = '${FILE_CATALOGUE}' ORDER BY ALL`,
  )
  return rows.map(row => tableText({ schema: String(row.table_schema), table: String(row.table_name) }))
}
