/**
 * Casts in SQL. DuckDB's own casts from text read more than ours (spaces, underscores, exponents), so a pattern decides
 * first; what it lets pass and DuckDB then refuses is out of range.
 */
import { failSql } from '../../../duckdb/failure.ts'
import { text, textList } from '../../../duckdb/sql.ts'
import { sqlType } from '../../../duckdb/types.ts'
import { HeadraceError } from '../../../errors.ts'
import type { casts as catalogue } from '../../../plan/function/casts.ts'
import { Refusal } from '../../../schema/refusal.ts'
import { cellOfText } from '../../../schema/text/value-text.ts'
import { type ColumnType, t, typeText } from '../../../schema/type.ts'
import { double, type Emit, type Emitter, power10 } from './emit.ts'
import { timestampText } from './times.ts'

/** A value on its way to another type. */
interface Cast {
  readonly value: string
  readonly from: ColumnType
  readonly to: ColumnType
  /** A value that has no form in the type fails, or is null. */
  readonly strict: boolean
  readonly emitter: Emitter
}

const INTEGER = '[+-]?[0-9]+'
const NUMBER = '[+-]?[0-9]+(\\.[0-9]+)?'
const FLOAT = `${NUMBER}([eE][+-]?[0-9]+)?`
const UUID = '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}'

const into = ({ strict }: Cast, sql: string, type: string): string =>
  `${strict ? 'CAST' : 'TRY_CAST'}(${sql} AS ${type})`

function bad({ strict, to, value }: Cast, reason: string): string {
  return strict ? failSql('BAD_VALUE', `cast to ${typeText(to)}: ${reason}: `, value) : 'NULL'
}

/** `read` where the text is of the pattern; a null stays null either way. */
function matching(cast: Cast, pattern: string, reason: string, read: string): string {
  const other = `NOT regexp_full_match(${cast.value}, '${pattern}')`
  return `CASE WHEN ${other} THEN ${bad(cast, reason)} ELSE ${read} END`
}

function fromText(cast: Cast): string {
  const { value, to } = cast
  switch (to.kind) {
    case 'int32':
    case 'int64':
      return matching(cast, INTEGER, 'not a whole number', into(cast, `ltrim(${value}, '+')`, sqlType(to)))
    case 'decimal':
      return matching(cast, NUMBER, 'not a number', into(cast, `ltrim(${value}, '+')`, sqlType(to)))
    case 'float64':
      return matching(
        cast,
        FLOAT,
        'not a number',
        finiteOr(cast, into(cast, `ltrim(${value}, '+')`, 'DOUBLE')),
      )
    case 'bool':
      return `CASE ${value} WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE ELSE ${unlessNull(cast, 'neither true nor false', 'BOOLEAN')} END`
    case 'uuid':
      return matching(cast, UUID, 'not a uuid', `lower(${value})`)
    case 'enum':
      return `CASE WHEN NOT list_contains(${textList(to.values!)}, ${value}) THEN ${bad(cast, 'not a value of it')} ELSE ${value} END`
    case 'date':
    case 'timestamp':
      return time(cast)
    default:
      return throughCodec(cast)
  }
}

function unlessNull(cast: Cast, reason: string, type: string): string {
  if (!cast.strict) return `CAST(NULL AS ${type})`
  return `CASE WHEN ${cast.value} IS NULL THEN NULL ELSE ${bad(cast, reason)} END`
}

function finiteOr(cast: Cast, read: string): string {
  const beyond = cast.strict
    ? failSql('OUT_OF_RANGE', 'cast to float64: beyond the largest double: ', cast.value)
    : 'NULL'
  return `CASE WHEN isfinite(${read}) THEN ${read} WHEN ${cast.value} IS NULL THEN NULL ELSE ${beyond} END`
}

const DAY = '[0-9]{4}-[0-9]{2}-[0-9]{2}'
const CLOCK = '([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,6})?'

/** DuckDB reads the usual spelling of a day or instant that exists; all else, and the year 0 that it knows, is the codec's. */
function time(cast: Cast): string {
  const { value, to } = cast
  const usual = to.kind === 'date' ? DAY : `${DAY}T${CLOCK}Z`
  const known = `regexp_full_match(${value}, '${usual}') AND NOT starts_with(${value}, '0000')`
  const read = `CASE WHEN ${known} THEN TRY_CAST(${value} AS ${sqlType(to)}) END`
  return `coalesce(${read}, ${throughCodec(cast)})`
}

function throughCodec({ value, from, to, strict, emitter }: Cast): string {
  const name = emitter.native({
    key: `cast ${typeText(to)} ${strict}`,
    args: [t.string()],
    result: to,
    apply: cell => {
      const read = cellOfText(to, cell as string)
      if (!(read instanceof Refusal)) return read
      if (!strict) return null
      const code = read.code === 'OUT_OF_RANGE' ? 'OUT_OF_RANGE' : 'BAD_VALUE'
      throw new HeadraceError(code, `cast of ${typeText(from)} to ${typeText(to)}: '${cell}' ${read.reason}.`)
    },
  })
  return `${name}(${value})`
}

function toText({ value, from }: Cast): string {
  switch (from.kind) {
    case 'timestamp':
      return timestampText(value)
    case 'date':
      return `strftime(${value}, '%Y-%m-%d')`
    case 'decimal': {
      const printed = `CAST(${value} AS VARCHAR)`
      // DuckDB prints no 0 before the point of a decimal that has no digits there.
      return from.precision === from.scale
        ? `regexp_replace(${printed}, '^(-?)[.]', ${text('\\10.')})`
        : printed
    }
    case 'bool':
    case 'int32':
    case 'int64':
      return `CAST(${value} AS VARCHAR)`
    default:
      return value
  }
}

/** Scaled and rounded as a double, then made a decimal by a multiplication that moves only the point. */
function floatToDecimal(cast: Cast): string {
  const { precision, scale } = cast.to
  const digits = into(cast, `round(${cast.value} * ${power10(scale!)})`, 'DECIMAL(18,0)')
  if (scale === 0) return into(cast, digits, `DECIMAL(${precision},0)`)
  const unit = `CAST('${(0.1 ** scale!).toFixed(scale)}' AS DECIMAL(${scale},${scale}))`
  return into(cast, `(${digits} * ${unit})`, sqlType(cast.to))
}

function convert(cast: Cast): string {
  const { value, from, to } = cast
  if (to.kind === 'string') return toText(cast)
  if (from.kind === 'string' || from.kind === 'enum') return fromText(cast)
  if (to.kind === 'float64') return double(value, from)
  if (from.kind === 'float64') {
    return to.kind === 'decimal' ? floatToDecimal(cast) : into(cast, `trunc(${value})`, sqlType(to))
  }
  return sqlType(from) === sqlType(to) ? value : into(cast, value, sqlType(to))
}

const written =
  (strict: boolean): Emit =>
  (call, emitter) => {
    const [arg] = call.args
    return convert({
      value: emitter.sql(arg!),
      from: arg!.type,
      to: call.options.to!,
      strict,
      emitter,
    })
  }

export const casts = { cast: written(true), tryCast: written(false) } satisfies Record<
  keyof typeof catalogue,
  Emit
>
