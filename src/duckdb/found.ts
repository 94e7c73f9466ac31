/** The types that DuckDB finds, as logical types. */
import { type ColumnType, t, typeText, withNull } from '../schema/type.ts'

/** A column of a file, a table or a query. */
export interface FoundColumn {
  readonly name: string
  /** As DuckDB reads it: `BIGINT`, `TIMESTAMP WITH TIME ZONE`. */
  readonly found: string
  /** The name in the file, of which there is another one; DuckDB has numbered the later one. */
  readonly twice?: string
  /** The nearest logical type; absent where there is none, as for a struct. */
  readonly type?: ColumnType
}

const PLAIN: Readonly<Record<string, ColumnType>> = {
  BOOLEAN: t.bool(),
  TINYINT: t.int32(),
  SMALLINT: t.int32(),
  UTINYINT: t.int32(),
  USMALLINT: t.int32(),
  INTEGER: t.int32(),
  UINTEGER: t.int64(),
  BIGINT: t.int64(),
  UBIGINT: t.decimal(20, 0),
  HUGEINT: t.decimal(38, 0),
  UHUGEINT: t.decimal(38, 0),
  FLOAT: t.float64(),
  DOUBLE: t.float64(),
  VARCHAR: t.string(),
  JSON: t.json(),
  BLOB: t.bytes(),
  DATE: t.date(),
  TIMESTAMP: t.timestamp(),
  TIMESTAMP_S: t.timestamp(),
  TIMESTAMP_MS: t.timestamp(),
  TIMESTAMP_NS: t.timestamp(),
  'TIMESTAMP WITH TIME ZONE': t.timestamp(),
  UUID: t.uuid(),
}

/** The nearest logical type, not nullable; undefined where there is none, as for a struct. */
export function logicalType(found: string): ColumnType | undefined {
  if (Object.hasOwn(PLAIN, found)) return PLAIN[found]
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(found)
  if (found.startsWith('ENUM(')) return t.string()
  if (decimal !== null) return t.decimal(Number(decimal[1]), Number(decimal[2]))
  if (!found.endsWith('[]')) return undefined
  const element = logicalType(found.slice(0, -2))
  return element === undefined ? undefined : t.list(withNull(element, true) as ColumnType<'string', unknown>)
}

/** A type that was found, in our word and DuckDB's: `int32 (INTEGER)`. */
export function foundText(found: string): string {
  const type = logicalType(found)
  return type === undefined ? found : `${typeText(type)} (${found})`
}
