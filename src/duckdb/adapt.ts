/** What a Parquet file holds, read as a logical type: only where no value can change, else refused. */
import { MAX_DAY, MAX_INSTANT, MIN_DAY, MIN_INSTANT } from '../schema/instant.ts'
import { type ColumnType, typeText, withNull } from '../schema/type.ts'
import { failSql } from './failure.ts'
import { textList } from './sql.ts'
import { sqlType } from './types.ts'

/** What the footers of the files promise about a column, so that no row need be looked at. */
export interface Promises {
  readonly noNulls: boolean
  /** Dates and timestamps lie in the years 0001 to 9999. */
  readonly inRange: boolean
  /** Parquet's own type of the bytes: `DOUBLE`, `FIXED_LEN_BYTE_ARRAY`. */
  readonly stored?: string
}

const SMALL_INTEGERS = ['TINYINT', 'SMALLINT', 'INTEGER', 'UTINYINT', 'USMALLINT']
const INTEGERS = [...SMALL_INTEGERS, 'BIGINT', 'UINTEGER', 'UBIGINT']
const ZONED = 'TIMESTAMP WITH TIME ZONE'

/**
 * SQL that reads `value`, a column of the DuckDB type `found`, as `type`, and fails for a value that is not one of the
 * type. Undefined where the types do not fit. `label` names the column in messages.
 */
export function adapted(
  value: string,
  found: string,
  type: ColumnType,
  promises: Promises,
  label: string,
): string | undefined {
  const read = converted(value, found, type, promises, label)
  if (read === undefined || type.nullable || promises.noNulls) return read
  const failure = failSql('NULL_VALUE', `column ${label} holds a null but is not nullable`)
  return `CASE WHEN ${value} IS NULL THEN ${failure} ELSE ${read} END`
}

function converted(
  value: string,
  found: string,
  type: ColumnType,
  promises: Promises,
  label: string,
): string | undefined {
  switch (type.kind) {
    case 'bool':
      return found === 'BOOLEAN' ? value : undefined
    case 'int32':
    case 'int64':
      return integer(value, found, type, label)
    case 'decimal':
      return decimal(value, found, type, label)
    case 'float64':
      return float(value, found, label)
    case 'string':
      return found === 'VARCHAR' ? value : found === 'JSON' ? `CAST(${value} AS VARCHAR)` : undefined
    case 'bytes':
      return found === 'BLOB' ? value : undefined
    case 'date':
      return found === 'DATE' ? ranged(value, promises, label, DAYS) : undefined
    case 'timestamp':
      return timestamp(value, found, promises, label)
    case 'uuid':
      return uuid(value, found, label)
    case 'enum':
      return enumeration(value, found, type, label)
    case 'json':
      return json(value, found, label)
    case 'list':
      return list(value, found, type, label)
  }
}

/** A cast that fails with the column's name for a value that the type does not hold. */
function narrowed(value: string, type: ColumnType, label: string): string {
  const shown = `CAST(${value} AS VARCHAR)`
  const declared = typeText(withNull(type, false))
  const failure = failSql(
    'OUT_OF_RANGE',
    `column ${label} must be declared wider than ${declared} to hold `,
    shown,
  )
  return `coalesce(TRY_CAST(${value} AS ${sqlType(type)}), CASE WHEN ${value} IS NOT NULL THEN ${failure} END)`
}

function integer(value: string, found: string, type: ColumnType, label: string): string | undefined {
  if (!INTEGERS.includes(found)) return undefined
  if (found === sqlType(type)) return value
  const fits = SMALL_INTEGERS.includes(found) || (type.kind === 'int64' && found === 'UINTEGER')
  return fits ? `CAST(${value} AS ${sqlType(type)})` : narrowed(value, type, label)
}

function decimal(value: string, found: string, type: ColumnType, label: string): string | undefined {
  if (found === sqlType(type)) return value
  const scale = /^DECIMAL\(\d+,(\d+)\)$/.exec(found)?.[1]
  if (scale === undefined ? !INTEGERS.includes(found) : Number(scale) > type.scale!) return undefined
  return narrowed(value, type, label)
}

function float(value: string, found: string, label: string): string | undefined {
  if (SMALL_INTEGERS.includes(found)) return `CAST(${value} AS DOUBLE)`
  if (found !== 'DOUBLE' && found !== 'FLOAT') return undefined
  const failure = failSql('NOT_FINITE', `column ${label} holds `, `CAST(${value} AS VARCHAR)`)
  const read = found === 'DOUBLE' ? value : `CAST(${value} AS DOUBLE)`
  return `CASE WHEN NOT isfinite(${value}) THEN ${failure} ELSE ${read} END`
}

/**
 * Dates and timestamps of DuckDB reach further than ours, and have infinities, which its conversions make null: so it is
 * the value as it was found that is compared with the bounds.
 */
function ranged(
  value: string,
  { inRange }: Promises,
  label: string,
  [least, greatest]: readonly [string, string],
  read = value,
): string {
  if (inRange) return read
  const failure = failSql('OUT_OF_RANGE', `column ${label} holds `, `CAST(${value} AS VARCHAR)`)
  return `CASE WHEN ${value} < ${least} OR ${value} > ${greatest} THEN ${failure} ELSE ${read} END`
}

const DAYS = [`DATE '1970-01-01' + ${MIN_DAY}`, `DATE '1970-01-01' + ${MAX_DAY}`] as const
const INSTANTS = [`make_timestamp(${MIN_INSTANT})`, `make_timestamp(${MAX_INSTANT})`] as const
const ZONED_INSTANTS = [`make_timestamptz(${MIN_INSTANT})`, `make_timestamptz(${MAX_INSTANT})`] as const

function timestamp(value: string, found: string, promises: Promises, label: string): string | undefined {
  if (found === 'TIMESTAMP') return ranged(value, promises, label, INSTANTS)
  if (found === 'TIMESTAMP_S' || found === 'TIMESTAMP_MS')
    return ranged(`CAST(${value} AS TIMESTAMP)`, promises, label, INSTANTS)
  // A cast from a zoned timestamp asks the time zone database for every row; its microseconds are the same.
  if (found === ZONED)
    return ranged(value, promises, label, ZONED_INSTANTS, `make_timestamp(epoch_us(${value}))`)
  if (found !== 'TIMESTAMP_NS') return undefined
  const failure = failSql('OUT_OF_RANGE', `column ${label} holds nanoseconds: `, `CAST(${value} AS VARCHAR)`)
  return `CASE WHEN epoch_ns(${value}) % 1000 <> 0 THEN ${failure} ELSE CAST(${value} AS TIMESTAMP) END`
}

const UUID = '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}'

function uuid(value: string, found: string, label: string): string | undefined {
  if (found === 'UUID') return `CAST(${value} AS VARCHAR)`
  if (found !== 'VARCHAR') return undefined
  const failure = failSql('BAD_VALUE', `column ${label} holds a text that is not a uuid: `, value)
  return `CASE WHEN NOT regexp_full_match(${value}, '${UUID}') THEN ${failure} ELSE lower(${value}) END`
}

function enumeration(value: string, found: string, type: ColumnType, label: string): string | undefined {
  const read =
    found === 'VARCHAR' ? value : found.startsWith('ENUM(') ? `CAST(${value} AS VARCHAR)` : undefined
  if (read === undefined) return undefined
  const failure = failSql('BAD_VALUE', `column ${label} holds a text that the enum does not name: `, read)
  const known = `list_contains(${textList(type.values!)}, ${read})`
  return `CASE WHEN NOT ${known} THEN ${failure} ELSE ${read} END`
}

/** The function that says whether a text is JSON; `parquetScan` defines it where a schema has a json column. */
export const IS_JSON = 'headrace_is_json'

/** Beyond JSON DuckDB reads commas before a closing bracket, and NaN and Infinity. The codec looks at what may be such. */
const LENIENT = ',[ \\t\\r\\n]*[\\]}]|[nN][aA][nN]|[iI][nN][fF]'

function json(value: string, found: string, label: string): string | undefined {
  if (found !== 'JSON' && found !== 'VARCHAR') return undefined
  const read = found === 'VARCHAR' ? value : `CAST(${value} AS VARCHAR)`
  const failure = failSql('BAD_VALUE', `column ${label} holds a text that is not JSON: `, read)
  const sure = `json_valid(${read}) AND NOT regexp_matches(${read}, '${LENIENT}')`
  return `CASE WHEN ${read} IS NULL OR (${sure}) THEN ${read} WHEN ${IS_JSON}(${read}) THEN ${read} ELSE ${failure} END`
}

function list(value: string, found: string, type: ColumnType, label: string): string | undefined {
  if (!found.endsWith('[]')) return undefined
  const unknown = { noNulls: false, inRange: false }
  const element = adapted('e', found.slice(0, -2), type.element!, unknown, `${label}[]`)
  if (element === undefined || element === 'e') return element && value
  return `list_transform(${value}, lambda e: ${element})`
}
