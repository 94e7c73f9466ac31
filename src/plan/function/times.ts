/** Dates and timestamps, proleptic Gregorian, UTC, years 0001 to 9999; results beyond fail with OVERFLOW. */
import { HeadraceError } from '../../errors.ts'
import { t, withNull } from '../../schema/type.ts'
import type { FunctionSpec, TimePart, TimeUnit } from './function.ts'
import { anyNullable, expectKinds, mismatch } from './signature.ts'

const TIMES = ['timestamp', 'date'] as const
const DAY_MICROS = 86_400_000_000

/** Microseconds of the units that always have the same length. */
export const FIXED_UNITS: Readonly<Partial<Record<TimeUnit, number>>> = {
  microsecond: 1,
  millisecond: 1_000,
  second: 1_000_000,
  minute: 60_000_000,
  hour: 3_600_000_000,
  day: DAY_MICROS,
  week: 7 * DAY_MICROS,
}
const UNITS: readonly TimeUnit[] = [...(Object.keys(FIXED_UNITS) as TimeUnit[]), 'month', 'quarter', 'year']
const DAY_UNITS: readonly TimeUnit[] = ['day', 'week', 'month', 'quarter', 'year']
const DAY_PARTS: readonly TimePart[] = ['year', 'quarter', 'month', 'week', 'day', 'dayOfWeek', 'dayOfYear']
const PARTS: readonly TimePart[] = [...DAY_PARTS, 'hour', 'minute', 'second', 'millisecond', 'microsecond']

function oneOf<T extends string>(
  what: string,
  name: string,
  value: T | undefined,
  allowed: readonly T[],
): void {
  if (value !== undefined && allowed.includes(value)) return
  throw new HeadraceError(
    'INVALID_ARGUMENT',
    `${what}: ${name} '${value}' is not one of ${allowed.join(', ')}.`,
  )
}

export const times = {
  truncate: {
    doc: 'The start of the unit that holds the instant or day. Weeks begin on Monday.',
    resolve: (types, options) => {
      expectKinds('truncate', types, TIMES)
      oneOf('truncate', 'unit', options.unit, types[0]!.kind === 'date' ? DAY_UNITS : UNITS)
      return types[0]!
    },
  },
  extract: {
    doc: 'A part as int32: dayOfWeek is Monday 1 to Sunday 7, week is ISO 8601, millisecond and microsecond are those within the second.',
    resolve: (types, options) => {
      expectKinds('extract', types, TIMES)
      oneOf('extract', 'part', options.part, types[0]!.kind === 'date' ? DAY_PARTS : PARTS)
      return withNull(t.int32(), anyNullable(types))
    },
  },
  dateAdd: {
    doc: 'Moved by a fixed duration; a date by whole days.',
    resolve: (types, options) => {
      expectKinds('add', types, TIMES)
      const micros = options.micros
      if (micros === undefined || !Number.isSafeInteger(micros)) {
        throw new HeadraceError('INVALID_ARGUMENT', `add: ${micros} is not a whole number of microseconds.`)
      }
      if (types[0]!.kind === 'date' && micros % DAY_MICROS !== 0) {
        throw new HeadraceError(
          'INVALID_ARGUMENT',
          'add: a date moves by whole days. Cast it to a timestamp to move it by less.',
        )
      }
      return types[0]!
    },
  },
  diff: {
    doc: 'Whole units from the second to the first, truncated toward zero, as int64.',
    resolve: (types, options) => {
      expectKinds('diff', types, TIMES)
      if (types[0]!.kind !== types[1]!.kind) throw mismatch('diff', types, 'Cast one of them.')
      const fixed = Object.keys(FIXED_UNITS) as TimeUnit[]
      oneOf('diff', 'unit', options.unit, types[0]!.kind === 'date' ? ['day', 'week'] : fixed)
      return withNull(t.int64(), anyNullable(types))
    },
  },
} as const satisfies Record<string, FunctionSpec>
