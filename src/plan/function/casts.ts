/** Casts. What is not in the table is refused when built. */

import { HeadraceError } from '../../errors.ts'
import { type ColumnType, type Kind, sameType, typeText, withNull } from '../../schema/type.ts'
import type { FunctionOptions, FunctionSpec } from './function.ts'

/**
 * From → the kinds it can be cast to. float64 → string is absent on purpose: engines print doubles differently.
 * - float64 → integer truncates; float64 → decimal rounds x × 10^scale (a double) half away from zero, precision ≤ 15.
 * - decimal → integer or a smaller scale rounds half away from zero.
 * - Text is read to the letter, without spaces around it: `true` or `false`; an integer `[+-]digits`; a decimal
 *   `[+-]digits[.digits]`, rounded half away from zero; a float64 the same with an optional exponent `e[+-]digits`;
 *   a date `YYYY-MM-DD`; a timestamp `YYYY-MM-DD`, then `T` or a space, `HH:MM:SS`, `.` and 1 to 6 digits at will, and `Z`,
 *   `±HH:MM` or nothing for UTC; a uuid in groups of 8-4-4-4-12 hex digits of either case.
 * - timestamp → date is its UTC day; date → timestamp its midnight.
 * - timestamp → string is `2024-01-31T12:00:00Z`, with six digits of fraction where it is not zero.
 * - A list becomes only a list of the same elements.
 */
const CASTS: Readonly<Record<Kind, readonly Kind[]>> = {
  bool: ['bool', 'int32', 'string'],
  int32: ['int32', 'int64', 'float64', 'decimal', 'string'],
  int64: ['int32', 'int64', 'float64', 'decimal', 'string'],
  float64: ['int32', 'int64', 'float64', 'decimal'],
  decimal: ['int32', 'int64', 'float64', 'decimal', 'string'],
  string: ['bool', 'int32', 'int64', 'float64', 'decimal', 'string', 'date', 'timestamp', 'uuid', 'enum'],
  bytes: ['bytes'],
  date: ['date', 'timestamp', 'string'],
  timestamp: ['timestamp', 'date', 'string'],
  uuid: ['uuid', 'string'],
  enum: ['enum', 'string'],
  json: ['json', 'string'],
  list: ['list'],
}

function target(what: string, types: readonly ColumnType[], options: FunctionOptions): ColumnType {
  const from = types[0]!
  const to = options.to
  if (to === undefined) throw new HeadraceError('INVALID_ARGUMENT', `${what}: name the type to cast to.`)
  if (!CASTS[from.kind].includes(to.kind) || (to.kind === 'list' && !sameType(from, to))) {
    throw new HeadraceError(
      'TYPE_MISMATCH',
      `${what}: ${typeText(from)} cannot become ${typeText(to)}; it can become ${CASTS[from.kind].join(', ')}.`,
    )
  }
  if (from.kind === 'float64' && to.kind === 'decimal' && to.precision! > 15) {
    throw new HeadraceError(
      'TYPE_MISMATCH',
      `${what}: a float64 has 15 exact digits; ${typeText(to)} would invent more. Use decimal(15, s).`,
    )
  }
  return to
}

export const casts = {
  cast: {
    doc: 'The value in another type. Fails with BAD_VALUE where the text is not one of the type, OUT_OF_RANGE where the value is beyond it.',
    resolve: (types, options) => withNull(target('cast', types, options), types[0]!.nullable),
  },
  tryCast: {
    doc: 'The value in another type, or null where it has none.',
    resolve: (types, options) => withNull(target('tryCast', types, options), true),
  },
} as const satisfies Record<string, FunctionSpec>
