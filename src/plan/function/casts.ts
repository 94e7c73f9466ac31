/** Casts. What is not in the table is refused when built. */

import { HeadraceError } from '../../errors.ts'
import type { ColumnType } from '../../schema/type.ts'
import { type Kind, typeText, withNull } from '../../schema/type.ts'
import type { FunctionOptions, FunctionSpec } from './function.ts'

/**
 * From → the kinds it can be cast to. float64 → string is absent on purpose: engines print doubles differently.
 * - float64 → integer truncates; float64 → decimal rounds x × 10^scale (a double) half away from zero, precision ≤ 15.
 * - decimal → integer or a smaller scale rounds half away from zero.
 * - text → number reads an optional sign and digits (a decimal or float64 also a point; float64 also an exponent),
 *   no spaces; text → decimal rounds half away from zero; text → timestamp or date reads ISO 8601.
 * - timestamp → date is its UTC day; date → timestamp its midnight.
 * - timestamp → string is `2024-01-31T12:00:00Z`, with six digits of fraction where it is not zero.
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
  const to = options.to!
  if (!CASTS[from.kind].includes(to.kind)) {
    const to_ = CASTS[from.kind].join(', ')
    throw new HeadraceError(
      'TYPE_MISMATCH',
      `${what}: ${typeText(from)} cannot become ${typeText(to)}; it can become ${to_}.`,
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
    doc: 'The value in another type. Fails with BAD_VALUE or OUT_OF_RANGE where it has none.',
    resolve: (types, options) => withNull(target('cast', types, options), types[0]!.nullable),
  },
  tryCast: {
    doc: 'The value in another type, or null where it has none.',
    resolve: (types, options) => withNull(target('tryCast', types, options), true),
  },
} as const satisfies Record<string, FunctionSpec>
