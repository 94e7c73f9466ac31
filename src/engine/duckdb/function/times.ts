/** Dates and timestamps in SQL. All are UTC: the instance's zone is, and no zoned type is ever used. */
import { constant } from '../../../duckdb/constant.ts'
import { failSql } from '../../../duckdb/failure.ts'
import type { Call } from '../../../plan/expression.ts'
import type { TimePart } from '../../../plan/function/function.ts'
import { type times as catalogue, FIXED_UNITS } from '../../../plan/function/times.ts'
import { MAX_DAY, MAX_INSTANT, MIN_DAY, MIN_INSTANT } from '../../../schema/instant.ts'
import { type ColumnType, t } from '../../../schema/type.ts'
import type { Emit } from './emit.ts'

const DAY_MICROS = 86_400_000_000

const isDate = (call: Call): boolean => call.args[0]!.type.kind === 'date'

const truncate: Emit = (call, emitter) => {
  const truncated = `date_trunc('${call.options.unit}', ${emitter.sql(call.args[0]!)})`
  return isDate(call) ? `CAST(${truncated} AS DATE)` : truncated
}

/** DuckDB's parts below a second count from the minute. */
const PARTS: Readonly<Partial<Record<TimePart, (x: string) => string>>> = {
  dayOfWeek: x => `isodow(${x})`,
  dayOfYear: x => `dayofyear(${x})`,
  millisecond: x => `(date_part('millisecond', ${x}) % 1000)`,
  microsecond: x => `(date_part('microsecond', ${x}) % 1000000)`,
}

const extract: Emit = (call, emitter) => {
  const part = call.options.part!
  const write = PARTS[part] ?? (x => `date_part('${part}', ${x})`)
  return `CAST(${write(emitter.sql(call.args[0]!))} AS INTEGER)`
}

/** Checked before it is added: whatever lies beyond the bound would leave the years 0001 to 9999. */
const dateAdd: Emit = (call, emitter) => {
  const micros = call.options.micros!
  const value = emitter.sql(call.args[0]!)
  const overflow = failSql('OVERFLOW', 'dateAdd: the result is outside the years 0001 to 9999')
  const guarded = (bound: string, moved: string) =>
    `CASE WHEN ${value} ${micros < 0 ? '<' : '>'} ${bound} THEN ${overflow} ELSE ${moved} END`
  if (isDate(call)) {
    const days = micros / DAY_MICROS
    const bound = days < 0 ? Math.min(MIN_DAY - days, MAX_DAY) : Math.max(MAX_DAY - days, MIN_DAY)
    return guarded(constant(bound, DATE), `${value} + CAST('${days}' AS INTEGER)`)
  }
  const bound = micros < 0 ? MIN_INSTANT - BigInt(micros) : MAX_INSTANT - BigInt(micros)
  return guarded(constant(bound, TIMESTAMP), `${value} + to_microseconds(CAST('${micros}' AS BIGINT))`)
}

const DATE: ColumnType = t.date()
const TIMESTAMP: ColumnType = t.timestamp()

const diff: Emit = (call, emitter) => {
  const micros = FIXED_UNITS[call.options.unit!]!
  const [a, b] = call.args.map(arg => emitter.sql(arg))
  if (isDate(call)) return `(CAST(${a} - ${b} AS BIGINT) // ${micros / DAY_MICROS})`
  return `((epoch_us(${a}) - epoch_us(${b})) // ${micros})`
}

export const times = { truncate, extract, dateAdd, diff } satisfies Record<keyof typeof catalogue, Emit>

/** ISO 8601 with a fraction only where there is one. */
export const timestampText = (x: string): string =>
  `(strftime(${x}, '%Y-%m-%dT%H:%M:%S') || CASE WHEN epoch_us(${x}) % 1000000 <> 0 THEN strftime(${x}, '.%f') ELSE '' END || 'Z')`
