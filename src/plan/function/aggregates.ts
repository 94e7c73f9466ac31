/** Every aggregate of the language. All skip null inputs; a group without any other input gives null (counts give 0). */
import { isComparable } from '../../schema/cell.ts'
import { type ColumnType, t, withNull } from '../../schema/type.ts'
import { expectKinds, mismatch } from './signature.ts'

export interface AggregateSpec {
  readonly doc: string
  /**
   * The result type for argument types. `grouped`: every group has at least one row, so an aggregate of a column without
   * nulls has none either.
   */
  resolve(types: readonly ColumnType[], grouped: boolean): ColumnType
  /** Partial results can be joined. */
  readonly mergeable: boolean
  /** Rows can be taken away again. */
  readonly retracts: boolean
  /** False: an approximation, marked in `explain`. */
  readonly exact: boolean
  /** Its value depends on an order: (event time, then whole row). */
  readonly ordered: boolean
}

const NUMBERS = ['int32', 'int64', 'float64', 'decimal'] as const

const nullUnless = (type: ColumnType, types: readonly ColumnType[], grouped: boolean): ColumnType =>
  withNull(type, !grouped || types.some(arg => arg.nullable))

const total: AggregateSpec['resolve'] = (types, grouped) => {
  expectKinds('sum', types, NUMBERS)
  const [type] = types as [ColumnType]
  if (type.kind === 'float64') return withNull(t.float64(), true)
  return nullUnless(type.kind === 'decimal' ? t.decimal(38, type.scale!) : t.int64(), types, grouped)
}

/** A mean of float64 can leave the finite range on the way. */
const mean: AggregateSpec['resolve'] = (types, grouped) => {
  expectKinds('avg', types, NUMBERS)
  return nullUnless(t.float64(), types, grouped && types[0]!.kind !== 'float64')
}

const extreme =
  (what: string): AggregateSpec['resolve'] =>
  (types, grouped) => {
    if (!types.every(isComparable)) throw mismatch(what, types, 'json and list have no order.')
    return nullUnless(types[0]!, types, grouped)
  }

/** Of (value, by): `by` needs an order, the value may be of any type. Null if `by` is null in every row. */
const extremeBy =
  (what: string): AggregateSpec['resolve'] =>
  (types, grouped) => {
    if (!isComparable(types[1]!)) throw mismatch(what, types, 'json and list have no order.')
    return nullUnless(types[0]!, types, grouped)
  }

const counted = (what: string): AggregateSpec['resolve'] => {
  return types => {
    if (!types.every(isComparable)) throw mismatch(what, types, 'json and list have no equality.')
    return t.int64({ as: 'number' })
  }
}

const ofBools =
  (what: string): AggregateSpec['resolve'] =>
  (types, grouped) => {
    expectKinds(what, types, ['bool'])
    return nullUnless(t.bool(), types, grouped)
  }

const algebraic = { mergeable: true, retracts: true, exact: true, ordered: false } as const
const ordered = { ...algebraic, ordered: true } as const

export const aggregates = {
  count: {
    doc: 'Rows, or with a column its values that are not null.',
    resolve: () => t.int64({ as: 'number' }),
    ...algebraic,
  },
  sum: {
    doc: 'The sum: int64 of integers, decimal(38, s) of decimals, both exact and failing with OVERFLOW; float64 of float64, null beyond the finite range.',
    resolve: total,
    ...algebraic,
  },
  avg: {
    doc: 'The mean as float64: the exact sum of integers and decimals as a double, divided by the count; for float64 null where the sum is not finite.',
    resolve: mean,
    ...algebraic,
  },
  min: { doc: 'The least value.', resolve: extreme('min'), ...algebraic },
  max: { doc: 'The greatest value.', resolve: extreme('max'), ...algebraic },
  first: {
    doc: 'The value that is not null of the earliest row by (event time, whole row).',
    resolve: (types, grouped) => nullUnless(types[0]!, types, grouped),
    ...ordered,
  },
  last: {
    doc: 'The value that is not null of the latest row by (event time, whole row).',
    resolve: (types, grouped) => nullUnless(types[0]!, types, grouped),
    ...ordered,
  },
  argMin: {
    doc: 'The value where `by` is least, among rows in which neither is null; ties by the earliest (event time, whole row).',
    resolve: extremeBy('argMin'),
    ...ordered,
  },
  argMax: {
    doc: 'The value where `by` is greatest, among rows in which neither is null; ties by the earliest (event time, whole row).',
    resolve: extremeBy('argMax'),
    ...ordered,
  },
  countDistinct: { doc: 'Different values, exactly.', resolve: counted('countDistinct'), ...algebraic },
  approxCountDistinct: {
    doc: 'Different values, estimated by HyperLogLog with 2^14 registers (standard error 0.8 %).',
    resolve: counted('approxCountDistinct'),
    mergeable: true,
    retracts: false,
    exact: false,
    ordered: false,
  },
  quantile: {
    doc: 'The q-quantile as float64, estimated by DDSketch with relative accuracy 1 %.',
    resolve: (types, grouped) => {
      expectKinds('quantile', types, NUMBERS)
      return nullUnless(t.float64(), types, grouped)
    },
    mergeable: true,
    retracts: true,
    exact: false,
    ordered: false,
  },
  stddev: {
    doc: 'The sample standard deviation as float64; null for fewer than two values, and where it is not finite.',
    resolve: types => {
      expectKinds('stddev', types, NUMBERS)
      return withNull(t.float64(), true)
    },
    ...algebraic,
  },
  boolAnd: { doc: 'Whether all are true.', resolve: ofBools('boolAnd'), ...algebraic },
  boolOr: { doc: 'Whether one is true.', resolve: ofBools('boolOr'), ...algebraic },
  custom: {
    doc: 'A fold written by the user; its result type is declared.',
    resolve: () => t.json(),
    mergeable: false,
    retracts: false,
    exact: true,
    ordered: false,
  },
} as const satisfies Record<string, AggregateSpec>

export type AggregateName = keyof typeof aggregates
