/** The parts from which signatures are made: argument checks, numeric widening, and nullability. */
import { HeadraceError } from '../../errors.ts'
import { type ColumnType, type Kind, sameType, t, typeText, withNull } from '../../schema/type.ts'

export const anyNullable = (types: readonly ColumnType[]): boolean => types.some(type => type.nullable)

export function mismatch(what: string, types: readonly ColumnType[], hint: string): HeadraceError {
  return new HeadraceError(
    'TYPE_MISMATCH',
    `${what} is not defined for (${types.map(typeText).join(', ')}). ${hint}`,
  )
}

/** For functions of any number of arguments. */
export function atLeast(what: string, types: readonly ColumnType[], count: number): void {
  if (types.length < count)
    throw new HeadraceError(
      'INVALID_ARGUMENT',
      `${what} needs at least ${count} arguments, not ${types.length}.`,
    )
}

/** Every argument is of one of the kinds. */
export function expectKinds(what: string, types: readonly ColumnType[], kinds: readonly Kind[]): void {
  if (types.some(type => !kinds.includes(type.kind)))
    throw mismatch(what, types, `It takes ${kinds.join(' or ')}.`)
}

const isNumeric = (type: ColumnType): boolean =>
  type.kind === 'int32' || type.kind === 'int64' || type.kind === 'float64' || type.kind === 'decimal'

export const isExact = (type: ColumnType): boolean => isNumeric(type) && type.kind !== 'float64'

/** A decimal type that holds every value of an integer or decimal type. */
export function asDecimal(type: ColumnType): ColumnType {
  if (type.kind === 'int32') return t.decimal(10, 0)
  if (type.kind === 'int64') return t.decimal(19, 0)
  return type
}

/** A decimal type, or TYPE_MISMATCH where the result would need more than 38 digits. */
export function decimalOrTooWide(
  what: string,
  types: readonly ColumnType[],
  precision: number,
  scale: number,
): ColumnType {
  if (precision > 38) {
    throw mismatch(
      what,
      types,
      `The result would need ${precision} digits and a decimal has 38: cast an operand to fewer digits first.`,
    )
  }
  return t.decimal(precision, scale)
}

/**
 * The one type to which both can be brought without loss: equal types; int32 in int64, float64 and decimal; int64 in
 * decimal; decimals in a wider decimal; an enum in string. Undefined where a value could be lost (int64 and float64,
 * decimal and float64) or the kinds have nothing in common. Nullable if either is.
 */
function commonType(a: ColumnType, b: ColumnType): ColumnType | undefined {
  const nullable = a.nullable || b.nullable
  if (sameType(a, b)) return withNull(a, nullable)
  if (isNumeric(a) && isNumeric(b)) {
    const type = commonNumber(a, b)
    return type && withNull(type, nullable)
  }
  const texts: readonly Kind[] = ['string', 'enum']
  if (texts.includes(a.kind) && texts.includes(b.kind)) return withNull(t.string(), nullable)
  return undefined
}

function commonNumber(a: ColumnType, b: ColumnType): ColumnType | undefined {
  const kinds = [a.kind, b.kind]
  if (kinds.includes('float64')) return kinds.includes('int32') ? t.float64() : undefined
  if (!kinds.includes('decimal')) return t.int64()
  const [x, y] = [asDecimal(a), asDecimal(b)]
  const scale = Math.max(x.scale!, y.scale!)
  const whole = Math.max(x.precision! - x.scale!, y.precision! - y.scale!)
  return whole + scale > 38 ? undefined : t.decimal(whole + scale, scale)
}

/** The common type of all, or TYPE_MISMATCH. */
export function commonOrMismatch(what: string, types: readonly ColumnType[]): ColumnType {
  atLeast(what, types, 1)
  let common = types[0]!
  for (const type of types.slice(1)) {
    const next = commonType(common, type)
    if (next === undefined)
      throw mismatch(what, [common, type], 'Cast one of them, so that no digit can be lost unseen.')
    common = next
  }
  return withNull(common, anyNullable(types))
}
