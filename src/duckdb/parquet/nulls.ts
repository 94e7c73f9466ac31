/** What the footer of a Parquet file promises about nulls. */
import type { Duckdb } from '../duckdb.ts'
import { text } from '../sql.ts'

/** The columns of a file that have no null in any row group, and its rows. */
export async function parquetPromises(
  db: Duckdb,
  file: string,
): Promise<{ readonly full: ReadonlySet<string>; readonly rows: number }> {
  const path = text(file.replace(/[*?[]/g, '[$&]'))
  const what = `Reading ${file}`
  const columns = await db.records(
    `SELECT path_in_schema AS path FROM parquet_metadata(${path}) GROUP BY path_in_schema
      HAVING bool_and(coalesce(stats_null_count = 0, FALSE))`,
    undefined,
    what,
  )
  const [footer] = await db.records(`SELECT num_rows FROM parquet_file_metadata(${path})`, undefined, what)
  return { full: new Set(columns.map(row => String(row.path))), rows: Number(footer?.num_rows ?? 0) }
}
