/** What a file or table holds, read as a logical type: only where no value can change, else refused. */
import type { ErrorCode } from '../errors.ts'
import { MAX_DAY, MAX_INSTANT, MIN_DAY, MIN_INSTANT } from '../schema/instant.ts'
import { MAX_DEPTH } from '../schema/json/scan.ts'
import { visible } from '../schema/text/visible.ts'
import { type ColumnType, typeText, withNull } from '../schema/type.ts'
import type { RejectedRecord } from '../seam/source.ts'
import { failSql } from './failure.ts'
import { text, textList } from './sql.ts'
import { sqlType } from './types.ts'

/** What is known of a column, from the footers of files or the definition of a table, so that no row need be looked at. */
export interface Promises {
  readonly noNulls: boolean
  /** Dates and timestamps lie in the years 0001 to 9999. */
  readonly inRange: boolean
  /** Parquet's own type of the bytes, such as `FIXED_LEN_BYTE_ARRAY`; `DOUBLE` where it is that in all files. */
  readonly stored?: string
}

/** Values that are not of the type. */
export interface Fault {
  /** SQL that is true for such a value. */
  readonly when: string
  readonly code: ErrorCode
  readonly message: string
  /** SQL of a text that ends the message. */
  readonly shown?: string
}

/** How a column is read as a type. */
export interface Fit {
  /** SQL of the value; of one that is at fault, it may be anything and may fail. */
  readonly read: string
  /** The first that holds counts. */
  readonly faults: readonly Fault[]
  /** SQL of the value that fails at a fault, where it is not simply made from the faults. */
  readonly checked?: string
}

const SMALL_INTEGERS = ['TINYINT', 'SMALLINT', 'INTEGER', 'UTINYINT', 'USMALLINT']
const INTEGERS = [...SMALL_INTEGERS, 'BIGINT', 'UINTEGER', 'UBIGINT', 'HUGEINT', 'UHUGEINT']
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
  const fit = fitOf(value, found, type, promises, label)
  return fit && checked(fit)
}

/** How `value`, a column of the DuckDB type `found`, is read as `type`; undefined where the types do not fit. */
export function fitOf(
  value: string,
  found: string,
  type: ColumnType,
  promises: Promises,
  label: string,
): Fit | undefined {
  const fit = present({ value, found, type, promises, label })
  if (fit === undefined || type.nullable || promises.noNulls) return fit
  const isNull: Fault = {
    when: `${value} IS NULL`,
    code: 'NULL_VALUE',
    message: `column ${label} holds a null but is not nullable`,
  }
  // A failure inside a list is not repeated around it.
  const inner = fit.checked === undefined ? {} : { checked: cased([isNull], fit.checked) }
  return { ...fit, ...inner, faults: [isNull, ...fit.faults] }
}

/** SQL of a row's first fault as `CODE:message`; null for a row without. Undefined where no row can have one. */
export function verdict(fits: readonly Fit[]): string | undefined {
  const cases = fits
    .flatMap(({ faults }) => faults)
    .map(({ when, code, message, shown }) => {
      const found = shown === undefined ? '' : ` || coalesce(${shown}, 'null')`
      return `WHEN ${when} THEN ${text(`${code}:${message}`)}${found}`
    })
  return cases.length === 0 ? undefined : `CASE ${cases.join(' ')} END`
}

/** The record that a verdict is about. `record` is its form as JSON. */
export function atFault(place: string, position: number, verdict: string, record: string): RejectedRecord {
  const [code] = verdict.split(':', 1)
  const message = `${place}: row ${position + 1}: ${visible(verdict.slice(code!.length + 1))}.`
  return { place, position, bytes: Buffer.from(record), code: code as ErrorCode, message }
}

function checked(fit: Fit): string {
  return fit.checked ?? cased(fit.faults, fit.read)
}

function cased(faults: readonly Fault[], read: string): string {
  if (faults.length === 0) return read
  const cases = faults.map(
    ({ when, code, message, shown }) => `WHEN ${when} THEN ${failSql(code, message, shown)}`,
  )
  return `CASE ${cases.join(' ')} ELSE ${read} END`
}

interface Found {
  readonly value: string
  readonly found: string
  readonly type: ColumnType
  readonly promises: Promises
  readonly label: string
}

const asIs = (read: string): Fit => ({ read, faults: [] })

function present(column: Found): Fit | undefined {
  const { value, found, type } = column
  switch (type.kind) {
    case 'bool':
      return found === 'BOOLEAN' ? asIs(value) : undefined
    case 'int32':
    case 'int64':
      return integer(column)
    case 'decimal':
      return decimal(column)
    case 'float64':
      return float(column)
    case 'string':
      return found === 'VARCHAR' ? asIs(value) : isText(found) ? asIs(texted(value)) : undefined
    case 'bytes':
      return found === 'BLOB' ? asIs(value) : undefined
    case 'date':
      return found === 'DATE' ? ranged(column, DAYS) : undefined
    case 'timestamp':
      return timestamp(column)
    case 'uuid':
      return uuid(column)
    case 'enum':
      return enumeration(column)
    case 'json':
      return json(column)
    case 'list':
      return list(column)
  }
}

/** What is a text, though DuckDB calls it something else. */
const isText = (found: string): boolean => found === 'JSON' || found.startsWith('ENUM(')

const texted = (value: string): string => `CAST(${value} AS VARCHAR)`

/** A cast to a type that does not hold every value. */
function narrowed({ value, type, label }: Found): Fit {
  const read = `TRY_CAST(${value} AS ${sqlType(type)})`
  const declared = typeText(withNull(type, false))
  const message = `column ${label} must be declared wider than ${declared} to hold `
  const when = `${value} IS NOT NULL AND ${read} IS NULL`
  return { read, faults: [{ when, code: 'OUT_OF_RANGE', message, shown: texted(value) }] }
}

function integer(column: Found): Fit | undefined {
  const { value, found, type } = column
  if (!INTEGERS.includes(found)) return undefined
  if (found === sqlType(type)) return asIs(value)
  const fits = SMALL_INTEGERS.includes(found) || (type.kind === 'int64' && found === 'UINTEGER')
  return fits ? asIs(`CAST(${value} AS ${sqlType(type)})`) : narrowed(column)
}

function decimal(column: Found): Fit | undefined {
  const { value, found, type } = column
  if (found === sqlType(type)) return asIs(value)
  const scale = /^DECIMAL\(\d+,(\d+)\)$/.exec(found)?.[1]
  if (scale === undefined ? !INTEGERS.includes(found) : Number(scale) > type.scale!) return undefined
  return narrowed(column)
}

function float({ value, found, label }: Found): Fit | undefined {
  if (SMALL_INTEGERS.includes(found)) return asIs(`CAST(${value} AS DOUBLE)`)
  if (found !== 'DOUBLE' && found !== 'FLOAT') return undefined
  const message = `column ${label} holds `
  return {
    read: found === 'DOUBLE' ? value : `CAST(${value} AS DOUBLE)`,
    faults: [{ when: `NOT isfinite(${value})`, code: 'NOT_FINITE', message, shown: texted(value) }],
  }
}

/**
 * Dates and timestamps of DuckDB reach further than ours, and have infinities, which its conversions make null: so it is
 * the value as it was found that is compared with the bounds.
 */
function ranged(
  { value, promises, label }: Found,
  [least, greatest]: readonly [string, string],
  read = value,
): Fit {
  if (promises.inRange) return asIs(read)
  const when = `${value} < ${least} OR ${value} > ${greatest}`
  const message = `column ${label} holds `
  return { read, faults: [{ when, code: 'OUT_OF_RANGE', message, shown: texted(value) }] }
}

const DAYS = [`DATE '1970-01-01' + ${MIN_DAY}`, `DATE '1970-01-01' + ${MAX_DAY}`] as const
const INSTANTS = [`make_timestamp(${MIN_INSTANT})`, `make_timestamp(${MAX_INSTANT})`] as const
const ZONED_INSTANTS = [`make_timestamptz(${MIN_INSTANT})`, `make_timestamptz(${MAX_INSTANT})`] as const

function timestamp(column: Found): Fit | undefined {
  const { value, found, label } = column
  if (found === 'TIMESTAMP') return ranged(column, INSTANTS)
  if (found === 'TIMESTAMP_S' || found === 'TIMESTAMP_MS')
    return ranged(column, INSTANTS, `CAST(${value} AS TIMESTAMP)`)
  // A cast from a zoned timestamp asks the time zone database for every row; its microseconds are the same.
  if (found === ZONED) return ranged(column, ZONED_INSTANTS, `make_timestamp(epoch_us(${value}))`)
  if (found !== 'TIMESTAMP_NS') return undefined
  const message = `column ${label} holds nanoseconds: `
  const when = `epoch_ns(${value}) % 1000 <> 0`
  return {
    read: `CAST(${value} AS TIMESTAMP)`,
    faults: [{ when, code: 'OUT_OF_RANGE', message, shown: texted(value) }],
  }
}

const UUID = '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}'

function uuid({ value, found, label }: Found): Fit | undefined {
  if (found === 'UUID') return asIs(texted(value))
  if (found !== 'VARCHAR') return undefined
  const when = `NOT regexp_full_match(${value}, '${UUID}')`
  const message = `column ${label} holds a text that is not a uuid: `
  return { read: `lower(${value})`, faults: [{ when, code: 'BAD_VALUE', message, shown: value }] }
}

function enumeration({ value, found, type, label }: Found): Fit | undefined {
  const read = found === 'VARCHAR' ? value : found.startsWith('ENUM(') ? texted(value) : undefined
  if (read === undefined) return undefined
  const when = `NOT list_contains(${textList(type.values!)}, ${read})`
  const message = `column ${label} holds a text that the enum does not name: `
  return { read, faults: [{ when, code: 'BAD_VALUE', message, shown: read }] }
}

/** The function that says whether a text is JSON, which every instance has. */
export const IS_JSON = 'headrace_is_json'

/** Beyond JSON DuckDB reads commas before a closing bracket, and NaN and Infinity. The codec looks at what may be such. */
const LENIENT = ',[ \\t\\r\\n]*[\\]}]|[nN][aA][nN]|[iI][nN][fF]'

/** DuckDB reads JSON of any depth. What nests too deep has as many brackets that open, and that close. */
function isShallow(read: string): string {
  const opening = `strlen(${read}) - strlen(replace(replace(${read}, '[', ''), '{', ''))`
  return `CASE WHEN strlen(${read}) <= ${2 * MAX_DEPTH} THEN TRUE ELSE ${opening} <= ${MAX_DEPTH} END`
}

function json({ value, found, label }: Found): Fit | undefined {
  if (found !== 'JSON' && found !== 'VARCHAR') return undefined
  const read = found === 'VARCHAR' ? value : texted(value)
  const sure = `json_valid(${read}) AND NOT regexp_matches(${read}, '${LENIENT}') AND ${isShallow(read)}`
  // CASE keeps our function away from all the texts of which DuckDB is sure.
  const when = `CASE WHEN ${read} IS NULL OR (${sure}) THEN FALSE ELSE NOT ${IS_JSON}(${read}) END`
  const message = `column ${label} holds a text that is not JSON: `
  return { read, faults: [{ when, code: 'BAD_VALUE', message, shown: read }] }
}

function list({ value, found, type, label }: Found): Fit | undefined {
  if (!found.endsWith('[]')) return undefined
  const unknown = { noNulls: false, inRange: false }
  const fit = fitOf('e', found.slice(0, -2), type.element!, unknown, `${label}[]`)
  if (fit === undefined) return undefined
  const each = (element: string) =>
    element === 'e' ? value : `list_transform(${value}, lambda e: ${element})`
  if (fit.faults.length === 0) return asIs(each(fit.read))
  const faults = fit.faults.map(fault => elementFault(fault, value))
  return { read: each(fit.read), faults, checked: each(checked(fit)) }
}

/** A fault of an element as one of its list, which shows the first such element. */
function elementFault({ when, shown, ...fault }: Fault, value: string): Fault {
  const first = `list_filter(${value}, lambda e: ${when})`
  const element = shown === undefined ? {} : { shown: `list_transform(${first}, lambda e: ${shown})[1]` }
  return { ...fault, when: `len(${first}) > 0`, ...element }
}
