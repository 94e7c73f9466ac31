/**
 * Law 2: when two results are equal. Both are folded (for append results that is the multiset of rows); then every cell
 * must be exactly equal, but a float64 may differ by what its tolerance allows.
 */
import type { Cell } from '../schema/cell.ts'
import type { Schema } from '../schema/type.ts'
import { compareRows, fold, pick, rowKey, type WeightedRow } from './relation.ts'

/** The rows of one key (or one row, where there is no key) on which two results disagree. */
export interface Difference {
  /** The columns by which the rows below were found to belong together, and their values. */
  readonly key: readonly string[]
  readonly at: readonly Cell[]
  readonly expected: readonly WeightedRow[]
  readonly got: readonly WeightedRow[]
  /** How many rows differ in all. */
  readonly count: number
}

export interface Equality {
  /** The columns that identify a row, if any do: the difference shows the rows of one key side by side. */
  readonly key?: readonly string[]
  /**
   * By how much a float64 column may differ: 1e-9 × this, where this is Σ|x| over the values that were summed into it.
   * Absent: relative to the greater of the two values (one rounding more or less on the way).
   */
  scale?(column: string): number
}

const RELATIVE = 1e-9

/** The first difference by key, or undefined where the results are equal. */
export function difference(
  schema: Schema,
  expected: readonly WeightedRow[],
  got: readonly WeightedRow[],
  equality: Equality = {},
): Difference | undefined {
  let remains = fold([...got, ...expected.map(row => ({ cells: row.cells, weight: -row.weight }))])
  if (remains.length > 0) remains = unmatched(schema, remains, equality)
  if (remains.length === 0) return undefined
  const names = Object.keys(schema)
  const key = equality.key?.length ? equality.key : names
  const sorted = remains.toSorted(
    (a, b) =>
      compareRows(pick(schema, key, a.cells), pick(schema, key, b.cells)) || compareRows(a.cells, b.cells),
  )
  const at = pick(schema, key, sorted[0]!.cells)
  const same = (row: WeightedRow) => rowKey(pick(schema, key, row.cells)) === rowKey(at)
  return {
    key,
    at,
    expected: fold(expected).filter(same),
    got: fold(got).filter(same),
    count: remains.length,
  }
}

/** What is left of `got − expected` when rows that differ only within the floats' tolerance cancel each other. */
function unmatched(schema: Schema, rows: readonly WeightedRow[], equality: Equality): WeightedRow[] {
  const types = Object.entries(schema)
  const floats = types.flatMap(([name, type], i) => (type.kind === 'float64' ? [{ i, name }] : []))
  if (floats.length === 0) return [...rows]
  const allowed = floats.map(({ i, name }) => ({ i, scale: equality.scale?.(name) ?? 0 }))
  const near = (a: readonly Cell[], b: readonly Cell[]) =>
    allowed.every(({ i, scale }) => close(a[i]!, b[i]!, scale))

  const groups = Map.groupBy(rows, ({ cells }) =>
    rowKey(cells.filter((_, i) => types[i]![1].kind !== 'float64')),
  )
  return [...groups.values()].flatMap(group => cancel(group, near))
}

type Remaining = { cells: readonly Cell[]; weight: number }

function cancel(
  group: readonly WeightedRow[],
  near: (a: readonly Cell[], b: readonly Cell[]) => boolean,
): WeightedRow[] {
  const added: Remaining[] = group.filter(row => row.weight > 0).map(row => ({ ...row }))
  const taken: Remaining[] = group.filter(row => row.weight < 0).map(row => ({ ...row }))
  for (const a of added) {
    for (const b of taken) {
      const both = Math.min(a.weight, -b.weight)
      if (both <= 0 || !near(a.cells, b.cells)) continue
      a.weight -= both
      b.weight += both
    }
  }
  return [...added, ...taken].filter(row => row.weight !== 0)
}

function close(a: Cell, b: Cell, scale: number): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b
  return Math.abs(a - b) <= RELATIVE * Math.max(Math.abs(a), Math.abs(b), scale)
}
