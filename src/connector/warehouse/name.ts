/** Names of tables as users write them. */
import { MAIN, type TableName } from '../../duckdb/catalogue.ts'
import { FILE_CATALOGUE } from '../../duckdb/duckdb.ts'
import { HeadraceError } from '../../errors.ts'

/** One part: in quotes, where a quote is written twice, or without a dot and a quote. */
const PART = /"(?:[^"]|"")+"|[^."]+/y

/** Catalogues, and schemas that every database has. */
const TAKEN = [FILE_CATALOGUE, 'memory', 'temp', 'system', 'information_schema', 'pg_catalog']

/** `orders`, `sales.orders`, `"a name. with dots"."b"`. Throws INVALID_ARGUMENT. */
export function tableName(written: unknown): TableName {
  const parts = typeof written === 'string' ? partsOf(written) : undefined
  if (parts?.length === 1) return { schema: MAIN, table: parts[0]! }
  if (parts?.length === 2) {
    const [schema, table] = parts as [string, string]
    if (!TAKEN.includes(schema.toLowerCase())) return { schema, table }
    throw new HeadraceError(
      'INVALID_ARGUMENT',
      `warehouse.table: in SQL '${schema}' is something of DuckDB's own, so that no SELECT would find a table in a schema of this name. Give the schema another name.`,
    )
  }
  throw new HeadraceError(
    'INVALID_ARGUMENT',
    `warehouse.table: ${JSON.stringify(written)} is no name of a table. Write 'table' or 'schema.table'; a part with a dot goes in double quotes.`,
  )
}

function partsOf(written: string): string[] | undefined {
  const parts: string[] = []
  for (let at = 0; at <= written.length; at++) {
    PART.lastIndex = at
    const [part] = PART.exec(written) ?? []
    if (part === undefined || part.trim() === '' || part.includes('\0')) return undefined
    parts.push(part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part)
    at += part.length
    if (at < written.length && written[at] !== '.') return undefined
  }
  return parts
}
