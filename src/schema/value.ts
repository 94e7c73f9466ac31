/** Values: what users write and see, and the cells that they stand for. */
import { HeadraceError } from '../errors.ts'
import type { Cell } from './cell.ts'
import { Decimal, rescale } from './decimal.ts'
import { toInstant } from './instant.ts'
import { checkJson } from './json/check.ts'
import { NOT_ALLOWED, Refusal, refuse } from './refusal.ts'
import { conform } from './standard.ts'
import { decimalOfJson, fitDecimal, fitFloat, fitInt32, fitInt64 } from './text/number-text.ts'
import { fitInstant, textOfDate } from './text/time-text.ts'
import { cellOfText, ILL_FORMED } from './text/value-text.ts'
import type { ColumnType } from './type.ts'

const NULL = new Refusal('NULL_VALUE', NOT_ALLOWED)
const UNSAFE = new Refusal('OUT_OF_RANGE', 'is beyond 2^53, where a number is not exact; write a bigint')
const INVALID_DATE = new Refusal('BAD_VALUE', 'is not a moment in time')
const NOT_JSON = new Refusal('BAD_VALUE', 'has no JSON form')

/**
 * The cell of a value, exact, or why there is none. Beside the form that rows show, a value may be given as:
 * int64 a whole number · decimal a bigint, a number (its shortest text, so 0.1 is 0.1) or its text · timestamp
 * microseconds as a number or bigint, a Date, or its text · date a Date at midnight UTC.
 * `undefined` is null.
 */
export function cellOfValue(type: ColumnType, value: unknown): Cell | Refusal {
  if (value === null || value === undefined) return type.nullable ? null : NULL
  switch (type.kind) {
    case 'bool':
      return typeof value === 'boolean' ? value : notA('boolean')
    case 'int32':
      return typeof value === 'number' ? fitInt32(value) : notA('number')
    case 'int64':
      return int64Of(value)
    case 'float64':
      return typeof value === 'number' ? fitFloat(value) : notA('number')
    case 'decimal':
      return decimalOf(type, value)
    case 'bytes':
      return value instanceof Uint8Array ? value : notA('Uint8Array')
    case 'date':
      return dateOf(type, value)
    case 'timestamp':
      return timestampOf(type, value)
    case 'string':
      return typeof value !== 'string' ? notA('string') : value.isWellFormed() ? value : ILL_FORMED
    case 'uuid':
    case 'enum':
      return typeof value === 'string' ? cellOfText(type, value) : notA('string')
    case 'json':
      return jsonOf(type, value)
    case 'list':
      return listOf(type.element!, value)
  }
}

/** The cell of a value, or the error of the code that `cellOfValue` gives. `where` begins the message: "column 'a'". */
export function cellOf(type: ColumnType, value: unknown, where = 'A value'): Cell {
  const cell = cellOfValue(type, value)
  if (cell instanceof Refusal) throw refuse(where, type, value, cell)
  return cell
}

/** The value that a row shows for a cell. */
export function valueOfCell(type: ColumnType, cell: Cell): unknown {
  if (cell === null) return null
  switch (type.kind) {
    case 'int64':
      return type.as === 'number' ? exactNumber(cell as bigint) : cell
    case 'decimal':
      return new Decimal(cell as bigint, type.scale!)
    case 'date':
      return textOfDate(cell as number)
    case 'timestamp':
      return toInstant(cell as bigint)
    case 'json':
      return JSON.parse(cell as string)
    case 'list':
      return (cell as readonly Cell[]).map(element => valueOfCell(type.element!, element))
    default:
      return cell
  }
}

function exactNumber(value: bigint): number {
  const n = Number(value)
  if (Number.isSafeInteger(n)) return n
  throw new HeadraceError(
    'OUT_OF_RANGE',
    `The int64 ${value} is beyond 2^53, where a number is not exact. Declare the column without { as: 'number' }.`,
  )
}

function notA(kind: string): Refusal {
  return new Refusal('BAD_VALUE', `is not a ${kind}`)
}

function int64Of(value: unknown): Cell | Refusal {
  if (typeof value === 'bigint') return fitInt64(value)
  if (typeof value !== 'number') return notA('bigint')
  if (!Number.isFinite(value)) return fitFloat(value)
  if (!Number.isInteger(value)) return new Refusal('BAD_VALUE', 'is not a whole number')
  return Number.isSafeInteger(value) ? BigInt(value) : UNSAFE
}

function decimalOf(type: ColumnType, value: unknown): Cell | Refusal {
  const [precision, scale] = [type.precision!, type.scale!]
  if (value instanceof Decimal) {
    // A longer fraction is cut only where it ends in zeros.
    const unscaled = rescale(value.unscaled, value.scale, scale)
    const exact =
      rescale(unscaled, scale, Math.max(scale, value.scale)) ===
      rescale(value.unscaled, value.scale, Math.max(scale, value.scale))
    return exact
      ? fitDecimal(unscaled, precision, scale)
      : new Refusal('OUT_OF_RANGE', `has more than ${scale} digits after the point`)
  }
  if (typeof value === 'bigint') return fitDecimal(value * 10n ** BigInt(scale), precision, scale)
  if (typeof value === 'string') return cellOfText(type, value)
  if (typeof value !== 'number') return notA('Decimal')
  const finite = fitFloat(value)
  return finite instanceof Refusal ? finite : decimalOfJson(String(value), precision, scale)
}

function dateOf(type: ColumnType, value: unknown): Cell | Refusal {
  if (typeof value === 'string') return cellOfText(type, value)
  if (!(value instanceof Date)) return notA('text as 2024-01-31')
  const days = value.getTime() / 86_400_000
  if (Number.isNaN(days)) return INVALID_DATE
  if (!Number.isInteger(days)) return new Refusal('BAD_VALUE', 'is not midnight UTC')
  const fit = fitInstant(BigInt(days) * 86_400_000_000n)
  return fit instanceof Refusal ? fit : days
}

function timestampOf(type: ColumnType, value: unknown): Cell | Refusal {
  if (typeof value === 'string') return cellOfText(type, value)
  if (typeof value === 'bigint') return fitInstant(value)
  if (value instanceof Date) {
    const millis = value.getTime()
    return Number.isNaN(millis) ? INVALID_DATE : fitInstant(BigInt(millis) * 1000n)
  }
  if (typeof value !== 'number') return notA('number of microseconds')
  const micros = int64Of(value)
  return typeof micros === 'bigint' ? fitInstant(micros) : micros
}

function jsonOf(type: ColumnType, value: unknown): Cell | Refusal {
  const conforming = conform(type, value)
  if (conforming instanceof Refusal) return conforming
  let text: string | undefined
  try {
    text = JSON.stringify(conforming)
  } catch {
    return NOT_JSON // a bigint or a cycle
  }
  return text === undefined ? NOT_JSON : (checkJson(text) ?? text)
}

function listOf(element: ColumnType, value: unknown): Cell | Refusal {
  if (!Array.isArray(value)) return notA('array')
  const cells: Cell[] = []
  for (let i = 0; i < value.length; i++) {
    const cell = cellOfValue(element, value[i])
    if (cell instanceof Refusal) return new Refusal(cell.code, `holds at [${i}] what ${cell.reason}`)
    cells.push(cell)
  }
  return cells
}
