/** Every vector of every aggregate on every engine: by key, without a key, and with rows added and taken away again. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { column } from '../../src/plan/expression.ts'
import { type AggregateName, type AggregateSpec, aggregates } from '../../src/plan/function/aggregates.ts'
import type { AggregateNode, Aggregation, SourceNode } from '../../src/plan/node.ts'
import type { Cell } from '../../src/schema/cell.ts'
import { type ColumnType, t, typeText, withNull } from '../../src/schema/type.ts'
import { aggregateVectors } from './aggregates.ts'
import { engines, given, resultsOf, resultsOfGroups } from './engines.ts'
import { differs } from './same.ts'
import { type AggregateVectors, cellOf, type Group, isFailure, type Value } from './table.ts'

const names = Object.keys(aggregateVectors) as AggregateName[]
const specs: Readonly<Record<AggregateName, AggregateSpec>> = aggregates

const show = (value: unknown): string =>
  JSON.stringify(value, (_key, v: unknown) => (typeof v === 'bigint' ? `${v}n` : v)) ?? String(value)

const describe = (fn: AggregateName, of: readonly ColumnType[], [rows]: Group): string =>
  `${fn}(${of.map(typeText)}) of ${rows.length > 10 ? `${rows.length} rows` : show(rows)}`

/** The rows of groups: group, place within it as the event time, arguments. */
function cellsOf(of: readonly ColumnType[], groups: readonly Group[]): Cell[][] {
  return groups.flatMap(([rows], g) =>
    rows.map((row, place) => [g, BigInt(place), ...of.map((type, i) => cellOf(type, row[i]!))]),
  )
}

function sourceOf(
  { of }: AggregateVectors,
  groups: readonly Group[],
  extra: readonly Group[] = [],
): SourceNode {
  const all = [...groups, ...extra]
  const types = of.map((type, i) =>
    withNull(
      type,
      all.some(([rows]) => rows.some(row => row[i] === null)),
    ),
  )
  const args = Object.fromEntries(types.map((type, i) => [`a${i}`, type]))
  const schema = { g: t.int32(), at: t.timestamp(), ...args }
  const rows = cellsOf(of, groups)
  const passing = cellsOf(of, extra)
  if (extra.length === 0) return given(schema, rows, { eventTime: 'at' })
  const weights = [...passing.map(() => 1), ...rows.map(() => 1), ...passing.map(() => -1)]
  return given(schema, [...passing, ...rows, ...passing], { eventTime: 'at', weights })
}

function aggregateOf(
  fn: AggregateName,
  vectors: AggregateVectors,
  input: SourceNode,
  keys: readonly string[],
): AggregateNode {
  const args = vectors.of.map((_, i) => column(input.schema, `a${i}`))
  const types = args.map(arg => arg.type)
  const { custom, quantile } = vectors
  const type =
    custom === undefined
      ? specs[fn].resolve(types, keys.length > 0)
      : withNull(custom.gives, keys.length === 0 || types.some(({ nullable }) => nullable))
  const aggregation: Aggregation = {
    name: 'result',
    fn,
    args,
    type,
    ...(quantile === undefined ? {} : { quantile }),
    ...(custom === undefined ? {} : { custom: { name: 'own', aggregate: custom.fold } }),
  }
  const schema = { ...Object.fromEntries(keys.map(key => [key, input.schema[key]!])), result: type }
  return { kind: 'aggregate', schema, mode: 'upsert', key: keys, input, keys, aggregates: [aggregation] }
}

test('every aggregate has vectors, null and nothing among their input', () => {
  for (const fn of names) {
    const groups = aggregateVectors[fn].flatMap(vectors => vectors.groups)
    assert.ok(
      groups.some(([rows]) => rows.length === 0),
      `${fn} has no vector without rows`,
    )
    assert.ok(
      groups.some(([rows]) => rows.some(row => row.includes(null))),
      `${fn} has no vector with a null`,
    )
  }
})

test('a result is null only where the signature says so', () => {
  for (const fn of names) {
    for (const vectors of aggregateVectors[fn]) {
      for (const group of vectors.groups) {
        const keys = group[0].length === 0 ? [] : ['g']
        const { type } = aggregateOf(fn, vectors, sourceOf(vectors, [group]), keys).aggregates[0]!
        if (group[1] === null) assert.ok(type.nullable, describe(fn, vectors.of, group))
      }
    }
  }
})

const succeeding = ({ groups }: AggregateVectors, least: number): Group[] =>
  groups.filter(([rows, result]) => rows.length >= least && !isFailure(result))

/** How the groups of vectors become plans: one plan of many groups, or a plan each. */
const forms: Readonly<Record<string, (fn: AggregateName, vectors: AggregateVectors) => Planned[]>> = {
  'by key': (fn, vectors) => {
    const groups = succeeding(vectors, 1)
    return [{ groups, node: aggregateOf(fn, vectors, sourceOf(vectors, groups), ['g']) }]
  },
  'without a key': (fn, vectors) =>
    succeeding(vectors, 0).map(group => ({
      groups: [group],
      node: aggregateOf(fn, vectors, sourceOf(vectors, [group]), []),
    })),
  'with rows taken away': (fn, vectors) => {
    const { custom } = vectors
    if (custom === undefined ? !specs[fn].retracts : custom.fold.retract === undefined) return []
    const groups = succeeding(vectors, 1)
    // Each group passes through the rows of the next one, and one more group through rows that all go.
    const extra = [...groups.slice(1), ...groups.slice(0, 1), ...groups.slice(0, 1)]
    return [{ groups, node: aggregateOf(fn, vectors, sourceOf(vectors, groups, extra), ['g']) }]
  },
}

interface Planned {
  readonly groups: readonly Group[]
  readonly node: AggregateNode
}

function differences(
  fn: AggregateName,
  { of }: AggregateVectors,
  { groups, node }: Planned,
  rows: readonly (readonly Cell[])[],
): string[] {
  if (rows.length !== groups.length)
    return [`${fn}(${of.map(typeText)}): ${rows.length} rows, not ${groups.length}`]
  return groups.flatMap((group, g) => {
    const found = (node.keys.length === 0 ? rows[0] : rows.find(row => row[0] === g))?.at(-1)
    const expected = cellOf(node.aggregates[0]!.type, group[1] as Value)
    if (!differs(expected, found, fn)) return []
    return [`${describe(fn, of, group)} is ${show(found)}, not ${show(expected)}`]
  })
}

for (const { engine, steps } of engines) {
  for (const [form, plansOf] of Object.entries(forms)) {
    test(`${engine.name} gives the results of all vectors ${form}`, async () => {
      const sets = names.flatMap(fn =>
        aggregateVectors[fn].map(vectors => ({ fn, vectors, plans: plansOf(fn, vectors) })),
      )
      const nodes = sets.map(({ plans }) => plans.map(({ node }) => node))
      const results = await resultsOfGroups(engine, steps, nodes)
      const wrong = sets.flatMap(({ fn, vectors, plans }, s) => {
        const found = results[s]!
        if (found instanceof Error) return [`${fn}(${vectors.of.map(typeText)}): ${found.message}`]
        return plans.flatMap((planned, p) => differences(fn, vectors, planned, found[p]!))
      })
      assert.ok(wrong.length === 0, `\n  ${wrong.join('\n  ')}`)
    })
  }

  test(`${engine.name} fails where the vectors of aggregates say so`, async () => {
    for (const fn of names) {
      for (const vectors of aggregateVectors[fn]) {
        for (const group of vectors.groups.filter(([, result]) => isFailure(result))) {
          const node = aggregateOf(fn, vectors, sourceOf(vectors, [group]), ['g'])
          const { fails } = group[1] as { fails: string }
          await assert.rejects(
            resultsOf(engine, steps, [node]),
            { code: fails },
            describe(fn, vectors.of, group),
          )
        }
      }
    }
  })
}
