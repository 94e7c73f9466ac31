/** Literals beside typed expressions: converted exactly when the plan is built, or refused with INVALID_LITERAL. */
import { HeadraceError } from '../../errors.ts'
import type { Cell } from '../../schema/cell.ts'
import { Decimal } from '../../schema/decimal.ts'
import { fitInt64, MAX_INT32, MIN_INT32 } from '../../schema/number-text.ts'
import { Refusal, refuse } from '../../schema/refusal.ts'
import { fitInstant } from '../../schema/time-text.ts'
import { type ColumnType, type Kind, t, typeText } from '../../schema/type.ts'
import { cellOfText } from '../../schema/value-text.ts'
import { type Literal, literal } from '../expression.ts'

/**
 * The literal that a JavaScript value means beside an expression of a type. It takes that type, but for a decimal, whose
 * literals have the digits that are written: 1.1 and '1.1' are decimal(2,1). Throws INVALID_LITERAL.
 */
export function literalBeside(type: ColumnType, value: unknown): Literal {
  if (value === null || value === undefined) {
    throw refused(type, value, 'equals nothing: ask with isNull(), replace with coalesce()')
  }
  if (type.kind === 'decimal') return decimalLiteral(type, value)
  const cell = cellBeside(type, value)
  if (cell instanceof Refusal) throw refused(type, value, cell.reason)
  return literal(type, cell)
}

/** A literal of exactly this type, as `lit(value, type)` makes it. Throws INVALID_LITERAL. */
export function literalOf(type: ColumnType, value: unknown): Literal {
  if (value === null) return literal(type, null)
  if (type.kind !== 'decimal') return literalBeside(type, value)
  const found = decimalLiteral(type, value)
  const { unscaled, scale } = new Decimal(found.value as bigint, found.type.scale!)
  const whole = found.type.precision! - scale
  if (scale > type.scale! || whole > type.precision! - type.scale!) {
    throw refused(type, value, `does not fit: it is a ${typeText(found.type)}`)
  }
  return literal(type, unscaled * 10n ** BigInt(type.scale! - scale))
}

/** The type of a literal that stands alone. A number is an int32: others name their type. Throws INVALID_LITERAL. */
export function typeOfLiteral(value: unknown): ColumnType {
  switch (typeof value) {
    case 'string':
      return t.string()
    case 'boolean':
      return t.bool()
    case 'number':
      return t.int32()
    case 'bigint':
      return t.int64()
  }
  if (value instanceof Date) return t.timestamp()
  if (value instanceof Uint8Array) return t.bytes()
  if (value instanceof Decimal) return decimalLiteral(t.decimal(38, 0), value).type
  throw new HeadraceError(
    'INVALID_LITERAL',
    `lit: ${String(value)} is not of a type that is known without its name: lit(value, t.timestamp()).`,
  )
}

/** Kinds whose literals are the canonical texts of their values. */
const TEXTUAL: ReadonlySet<Kind> = new Set(['string', 'enum', 'uuid', 'date', 'timestamp'])

function cellBeside(type: ColumnType, value: unknown): Cell | Refusal {
  if (typeof value === 'string' && TEXTUAL.has(type.kind)) return cellOfText(type, value)
  switch (type.kind) {
    case 'bool':
      return typeof value === 'boolean' ? value : no('is not true or false')
    case 'int32':
      return int32(value)
    case 'int64':
      return integer(value)
    case 'float64':
      return typeof value === 'number' && Number.isFinite(value) ? value : no('is not a finite number')
    case 'bytes':
      return value instanceof Uint8Array ? value : no('is not a Uint8Array')
    case 'timestamp':
      return instantOf(value)
    case 'json':
      return cellOfText(type, JSON.stringify(value))
    case 'list':
      return listOf(type.element!, value)
    default:
      return no('is not a text')
  }
}

const no = (reason: string): Refusal => new Refusal('INVALID_LITERAL', reason)

function integer(value: unknown): bigint | Refusal {
  if (typeof value === 'bigint') return fitInt64(value)
  if (typeof value !== 'number') return no('is not a whole number')
  if (!Number.isInteger(value)) {
    return no('is not a whole number. Cast the column first: .cast(t.decimal(18, 2)), or .cast(t.float64())')
  }
  return Number.isSafeInteger(value) ? BigInt(value) : no('is beyond 2^53: write it as a bigint, 123n')
}

function int32(value: unknown): number | Refusal {
  const whole = integer(value)
  if (whole instanceof Refusal) return whole
  const fits = whole >= MIN_INT32 && whole <= MAX_INT32
  return fits ? Number(whole) : no('is beyond an int32. Cast the column first: .cast(t.int64())')
}

function instantOf(value: unknown): bigint | Refusal {
  const micros =
    value instanceof Date && !Number.isNaN(value.getTime())
      ? value.getTime() * 1000
      : typeof value === 'number'
        ? value
        : Number.NaN
  return Number.isSafeInteger(micros)
    ? fitInstant(BigInt(micros))
    : no("is not an ISO text, a Date or an Instant in microseconds. Write '2024-01-31T12:00:00Z'")
}

function listOf(element: ColumnType, value: unknown): Cell | Refusal {
  if (!Array.isArray(value)) return no('is not an array')
  const cells: Cell[] = []
  for (const item of value) cells.push(literalOf(element, item).value)
  return cells
}

/** The digits as they are written: a number by its shortest decimal text, which is what the source code says. */
function decimalLiteral(type: ColumnType, value: unknown): Literal {
  const { unscaled, scale } = decimalOf(type, value)
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().length
  const precision = Math.max(digits, scale, 1)
  if (precision > 38) throw refused(type, value, 'has more than the 38 digits of a decimal')
  return literal(t.decimal(precision, scale), unscaled)
}

function decimalOf(type: ColumnType, value: unknown): Decimal {
  if (value instanceof Decimal) return value
  const numeric = typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value))
  if (!numeric && typeof value !== 'string') throw refused(type, value, 'is not a number or its text')
  try {
    return Decimal.parse(String(value))
  } catch {
    throw refused(type, value, "is not a decimal number. Write it as '12.50'")
  }
}

function refused(type: ColumnType, value: unknown, reason: string): HeadraceError {
  return refuse('literal', type, value, new Refusal('INVALID_LITERAL', reason))
}
