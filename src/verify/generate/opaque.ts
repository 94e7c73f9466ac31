/** The user functions of random plans, found by name so that a saved plan can be read back. All are deterministic. */
import type { MapNode } from '../../plan/node.ts'
import type { Batch } from '../../schema/batch.ts'
import { type Schema, t } from '../../schema/type.ts'
import type { Aggregate } from '../../seam/aggregate.ts'
import type { KnownColumn } from './expressions.ts'
import type { Random } from './random.ts'

type Row = Readonly<Record<string, unknown>>

/** A text of a value, the same in every engine. */
function textOf(value: unknown): string {
  return value === null ? '' : String(value)
}

/** `each` and function by name. `keep` are the columns that the output takes over as they are. */
export const mapFunctions: Readonly<
  Record<string, (keep: readonly string[]) => Pick<MapNode, 'each' | 'apply'>>
> = {
  measured: keep => ({
    each: 'map',
    apply: (row: Row) => ({ ...taken(row, keep), size: textOf(row[keep[0]!]).length }),
  }),
  repeated: keep => ({
    each: 'flatMap',
    apply: (row: Row) =>
      Array.from({ length: textOf(row[keep[0]!]).length % 3 }, (_, i) => ({ ...taken(row, keep), size: i })),
  }),
  // Some rows these do not take: they throw, give what they did not declare, or throw when they have given some.
  picky: keep => ({
    each: 'map',
    apply: (row: Row) => {
      const size = textOf(row[keep[0]!]).length
      if (size % 3 === 1) throw new Error(`size ${size}`)
      return { ...taken(row, keep), size: size % 4 === 2 ? 'two' : size }
    },
  }),
  halting: keep => ({
    each: 'flatMap',
    *apply(row: Row) {
      const size = textOf(row[keep[0]!]).length
      for (let i = 0; i < size % 3; i++) yield { ...taken(row, keep), size: i }
      if (size % 4 === 1) throw new Error(`size ${size}`)
      if (size % 4 === 2) yield { ...taken(row, keep), size: 'two' }
    },
  }),
  narrowed: keep => ({ each: 'mapBatch', apply: (batch: Batch) => narrowed(batch, keep) }),
}

function taken(row: Row, keep: readonly string[]): Row {
  return Object.fromEntries(keep.map(column => [column, row[column]]))
}

/** The kept columns, and a size of zero for each row. */
function narrowed(batch: Batch, keep: readonly string[]): Batch {
  const names = Object.keys(batch.schema)
  return {
    schema: mappedSchema(batch.schema, keep),
    length: batch.length,
    columns: [
      ...keep.map(column => batch.columns[names.indexOf(column)]!),
      { form: 'int32', values: new Int32Array(batch.length) },
    ],
  }
}

export function mappedSchema(schema: Schema, keep: readonly string[]): Schema {
  return { ...Object.fromEntries(keep.map(column => [column, schema[column]!])), size: t.int32() }
}

/**
 * Columns whose values come back unchanged from a row: json is printed anew, and extreme times have no `Instant`. What a
 * function does with the text of a loose float would differ with its last digit.
 */
function keepable(columns: readonly KnownColumn[]): string[] {
  return columns
    .filter(
      ({ type, wild, name, grade }) => type.kind !== 'json' && !wild && grade !== 'loose' && name !== 'size',
    )
    .map(column => column.name)
}

export function randomMap(columns: readonly KnownColumn[], random: Random): { name: string; keep: string[] } {
  return {
    name: random.pick(Object.keys(mapFunctions)),
    keep: random.some(keepable(columns), 1),
  }
}

/** Custom aggregates over int32, giving int64. One can take rows away, one cannot. */
export const customAggregates: Readonly<Record<string, Aggregate<unknown, unknown, unknown>>> = {
  squares: aggregate<number, bigint, bigint>({
    zero: () => 0n,
    add: (total, n) => total + BigInt(n) ** 2n,
    retract: (total, n) => total - BigInt(n) ** 2n,
    merge: (a, b) => a + b,
    result: total => total % 1_000_003n,
  }),
  seen: aggregate<number, Set<number>, bigint>({
    zero: () => new Set(),
    add: (total, n) => total.add(n),
    merge: (a, b) => a.union(b),
    result: total => BigInt(total.size),
  }),
}

function aggregate<In, Total, Out>(fold: Aggregate<In, Total, Out>): Aggregate<unknown, unknown, unknown> {
  return fold as Aggregate<unknown, unknown, unknown>
}
