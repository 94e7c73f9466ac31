/** Literals beside typed expressions: converted exactly when the plan is built, or refused with INVALID_LITERAL. */
import { HeadraceError } from '../../errors.ts'
import { Decimal } from '../../schema/decimal.ts'
import { Refusal, refuse } from '../../schema/refusal.ts'
import { type ColumnType, t } from '../../schema/type.ts'
import { cellOfValue } from '../../schema/value.ts'
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
  const cell = cellOfValue(type, type.kind === 'int32' && typeof value === 'bigint' ? Number(value) : value)
  if (cell instanceof Refusal) throw refused(type, value, cell.reason + wayOut(type, value))
  return literal(type, cell)
}

/** What to do about a number that is no integer of the column's size. */
function wayOut(type: ColumnType, value: unknown): string {
  if (type.kind !== 'int32' && type.kind !== 'int64') return ''
  if (typeof value === 'number' && !Number.isInteger(value)) {
    return '. Cast the column: .cast(t.decimal(18, 2)) or, from an int32, .cast(t.float64())'
  }
  return type.kind === 'int32' ? '. Cast the column: .cast(t.int64())' : ''
}

/** A literal of exactly this type, as `lit(value, type)` makes it. Throws INVALID_LITERAL. */
export function literalOf(type: ColumnType, value: unknown): Literal {
  if (value === null) return literal(type, null)
  if (type.kind !== 'decimal') return literalBeside(type, value)
  const cell = cellOfValue(type, value)
  if (cell instanceof Refusal) throw refused(type, value, cell.reason)
  return literal(type, cell)
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
