/** Comparison and three-valued logic: null means unknown. */
import { isComparable } from '../../schema/cell.ts'
import { type ColumnType, t, withNull } from '../../schema/type.ts'
import type { FunctionSpec } from './function.ts'
import { anyNullable, atLeast, commonOrMismatch, expectKinds, mismatch } from './signature.ts'

const comparison =
  (what: string): FunctionSpec['resolve'] =>
  types => {
    if (!types.every(isComparable))
      throw mismatch(what, types, 'json and list have no order: compare a value taken out of them.')
    commonOrMismatch(what, types)
    return withNull(t.bool(), anyNullable(types))
  }

const connective =
  (what: string): FunctionSpec['resolve'] =>
  types => {
    expectKinds(what, types, ['bool'])
    return withNull(t.bool(), anyNullable(types))
  }

/** Arguments: condition, value, condition, value, …, else. */
const choice: FunctionSpec['resolve'] = types => {
  const values: ColumnType[] = []
  for (let i = 0; i + 1 < types.length; i += 2) {
    expectKinds('when', [types[i]!], ['bool'])
    values.push(types[i + 1]!)
  }
  values.push(types.at(-1)!)
  return commonOrMismatch('when', values)
}

const extreme =
  (what: string): FunctionSpec['resolve'] =>
  types => {
    if (!types.every(isComparable)) throw mismatch(what, types, 'json and list have no order.')
    return commonOrMismatch(what, types)
  }

export const logic = {
  eq: {
    doc: 'Equal; null if either is null. Text compares by code point, float64 −0 equals 0.',
    resolve: comparison('eq'),
  },
  ne: { doc: 'Not equal; null if either is null.', resolve: comparison('ne') },
  lt: { doc: 'Less; null if either is null.', resolve: comparison('lt') },
  le: { doc: 'Less or equal; null if either is null.', resolve: comparison('le') },
  gt: { doc: 'Greater; null if either is null.', resolve: comparison('gt') },
  ge: { doc: 'Greater or equal; null if either is null.', resolve: comparison('ge') },
  and: {
    doc: 'False if either is false, else null if either is null, else true.',
    resolve: connective('and'),
  },
  or: { doc: 'True if either is true, else null if either is null, else false.', resolve: connective('or') },
  not: { doc: 'The opposite; null for null.', resolve: connective('not') },
  isNull: { doc: 'True for null, else false; never null.', resolve: () => t.bool() },
  in: {
    doc: 'True if the first equals one of the others, else null if it or one of them is null, else false.',
    resolve: types => {
      atLeast('in', types, 2)
      return comparison('in')(types, {}, [])
    },
  },
  case: {
    doc: 'condition, value, condition, value, …, else: the value after the first true condition. Values not chosen are not computed.',
    resolve: choice,
  },
  coalesce: {
    doc: 'The first that is not null.',
    resolve: types =>
      withNull(
        commonOrMismatch('coalesce', types),
        types.every(type => type.nullable),
      ),
  },
  nullif: {
    doc: 'Null where both are equal, else the first.',
    resolve: types => {
      comparison('nullif')(types, {}, [])
      return withNull(types[0]!, true)
    },
  },
  least: { doc: 'The least; null if any is null.', resolve: extreme('least') },
  greatest: { doc: 'The greatest; null if any is null.', resolve: extreme('greatest') },
} as const satisfies Record<string, FunctionSpec>
