import type { AggregateName } from '../../src/plan/function/aggregates.ts'
import type { FunctionName } from '../../src/plan/function/catalogue.ts'
import { type Cell, compareCells } from '../../src/schema/cell.ts'

/** Not correctly rounded by every library of mathematics; all else is compared to the last bit. */
const ROUNDED: ReadonlySet<FunctionName | AggregateName> = new Set(['power', 'ln', 'avg', 'stddev', 'sum'])
const TOLERANCE = 1e-14

export function differs(expected: Cell, found: Cell | undefined, fn: FunctionName | AggregateName): boolean {
  if (found === undefined) return true
  if (typeof expected === 'number' && typeof found === 'number' && ROUNDED.has(fn)) {
    return Math.abs(expected - found) > TOLERANCE * Math.max(Math.abs(expected), Math.abs(found))
  }
  return typeof expected !== typeof found || compareCells(expected, found) !== 0
}
