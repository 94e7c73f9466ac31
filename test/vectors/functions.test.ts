/** Every vector of every function on every engine: arguments from columns, and as literals. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Call, call, column, type Expression, literal } from '../../src/plan/expression.ts'
import { type FunctionName, functions } from '../../src/plan/function/catalogue.ts'
import type { Node, ProjectNode } from '../../src/plan/node.ts'
import type { Cell } from '../../src/schema/cell.ts'
import { type ColumnType, type Schema, t, typeText, withNull } from '../../src/schema/type.ts'
import { functionVectors } from './all.ts'
import { engines, given, resultsOf, resultsOfGroups } from './engines.ts'
import { differs } from './same.ts'
import { CONSTANTS, cellOf, type Failure, isFailure, type Value, type Vector, type Vectors } from './table.ts'

const names = Object.keys(functions) as FunctionName[]

const argumentsOf = (row: Vector): Value[] => row.slice(0, -1) as Value[]
const resultOf = (row: Vector): Value | Failure => row.at(-1)!

const describe = (fn: FunctionName, of: readonly ColumnType[], row: Vector): string =>
  `${fn}(${argumentsOf(row).map((value, i) => `${typeText(of[i]!)} ${show(value)}`)})`

const show = (value: unknown): string =>
  JSON.stringify(value, (_key, v: unknown) => (typeof v === 'bigint' ? `${v}n` : v)) ?? String(value)

function project(input: Node, columns: readonly Expression[]): ProjectNode {
  const named = columns.map((expression, i) => ({ name: `c${i}`, expression }))
  const schema = Object.fromEntries(named.map(({ name, expression }) => [name, expression.type]))
  return { kind: 'project', schema, mode: 'append', input, columns: named }
}

/** The types of the arguments, each nullable where it has a null in one of the rows. */
const typesOf = ({ of }: Vectors, rows: readonly Vector[]): ColumnType[] =>
  of.map((type, i) =>
    withNull(
      type,
      rows.some(row => row[i] === null),
    ),
  )

/** One row a vector; one result column for each different set of constants, which counts only in the rows that have it. */
function columnPlan(fn: FunctionName, vectors: Vectors, rows: readonly Vector[]): Plan {
  const types = typesOf(vectors, rows)
  const constants = CONSTANTS[fn] ?? []
  const schema: Schema = { id: t.int32(), ...Object.fromEntries(types.map((type, i) => [`a${i}`, type])) }
  const calls: Call[] = []
  const placeOf = new Map<string, number>()
  const places = rows.map(row => {
    const key = show(constants.map(i => row[i]))
    if (!placeOf.has(key)) {
      const args = types.map((type, i) =>
        constants.includes(i) ? literal(type, cellOf(type, row[i] as Value)) : column(schema, `a${i}`),
      )
      placeOf.set(key, calls.push(call(fn, args, vectors.options)))
    }
    return placeOf.get(key)!
  })
  const cells = rows.map((row, id) => [id, ...types.map((type, i) => cellOf(type, row[i] as Value))])
  const node = project(given(schema, cells), [column(schema, 'id'), ...calls])
  const resultOfRow = (results: readonly (readonly Cell[])[], i: number): Cell | undefined =>
    results.find(([id]) => id === i)?.[places[i]!]
  return { node, type: calls[0]!.type, resultOfRow }
}

/** One result column a vector, of a source with a single row. */
function literalPlan(fn: FunctionName, vectors: Vectors, rows: readonly Vector[]): Plan {
  const calls = rows.map(row => {
    const args = vectors.of.map((type, i) => literal(type, cellOf(type, row[i] as Value)))
    return call(fn, args, vectors.options)
  })
  const node = project(given({ one: t.int32() }, [[1]]), calls)
  return { node, type: calls[0]!.type, resultOfRow: (results, i) => results[0]?.[i] }
}

interface Plan {
  readonly node: ProjectNode
  readonly type: ColumnType
  /** The result of the i-th vector among the rows of the node. */
  resultOfRow(results: readonly (readonly Cell[])[], i: number): Cell | undefined
}

const forms = { columns: columnPlan, literals: literalPlan }

/** The plans of the vectors of a function that have a result. */
function succeeding(fn: FunctionName, planOf: typeof columnPlan) {
  return functionVectors[fn].map(vectors => {
    const rows = vectors.rows.filter(row => !isFailure(resultOf(row)))
    return { vectors, rows, plan: planOf(fn, vectors, rows) }
  })
}

function differences(
  fn: FunctionName,
  { of }: Vectors,
  rows: readonly Vector[],
  { type, resultOfRow }: Plan,
  results: readonly (readonly Cell[])[],
): string[] {
  return rows.flatMap((row, i) => {
    const found = resultOfRow(results, i)
    const expected = cellOf(type, resultOf(row) as Value)
    if (!differs(expected, found, fn)) return []
    return [`${describe(fn, of, row)} is ${show(found)}, not ${show(expected)}`]
  })
}

test('every function has vectors, null among their arguments', () => {
  for (const fn of names) {
    const rows = functionVectors[fn].flatMap(vectors => vectors.rows)
    assert.ok(rows.length >= 3, `${fn} has ${rows.length} vectors`)
    assert.ok(
      rows.some(row => argumentsOf(row).includes(null)),
      `${fn} has no vector with a null`,
    )
  }
})

test('a result is null only where the signature says so', () => {
  for (const fn of names) {
    for (const vectors of functionVectors[fn]) {
      for (const row of vectors.rows) {
        const plan = literalPlan(fn, vectors, [row])
        if (resultOf(row) === null) assert.ok(plan.type.nullable, describe(fn, vectors.of, row))
      }
    }
  }
})

for (const { engine, steps } of engines) {
  for (const [form, planOf] of Object.entries(forms)) {
    test(`${engine.name} gives the results of all vectors, arguments as ${form}`, async () => {
      const sets = names.map(fn => succeeding(fn, planOf))
      const groups = sets.map(plans => plans.map(({ plan }) => plan.node))
      const results = await resultsOfGroups(engine, steps, groups)
      const wrong = names.flatMap((fn, f) => {
        const found = results[f]!
        if (found instanceof Error) return [`${fn}: ${found.message}`]
        return sets[f]!.flatMap(({ plan, vectors, rows }, s) =>
          differences(fn, vectors, rows, plan, found[s]!),
        )
      })
      assert.ok(wrong.length === 0, `\n  ${wrong.join('\n  ')}`)
    })

    test(`${engine.name} fails where the vectors say so, arguments as ${form}`, async () => {
      const wrong: string[] = []
      for (const fn of names) {
        for (const vectors of functionVectors[fn]) {
          const failing = vectors.rows.filter(row => isFailure(resultOf(row)))
          // Each run takes an engine's start; as literals, one of a kind shows that folding constants fails alike.
          for (const row of form === 'literals' ? failing.slice(0, 1) : failing) {
            const { fails } = resultOf(row) as Failure
            const outcome = await resultsOf(engine, steps, [planOf(fn, vectors, [row]).node]).catch(
              (error: Error & { code?: string }) => error.code ?? error.message,
            )
            if (outcome !== fails)
              wrong.push(`${describe(fn, vectors.of, row)} gives ${show(outcome)}, not ${fails}`)
          }
        }
      }
      assert.ok(wrong.length === 0, `\n  ${wrong.join('\n  ')}`)
    })
  }

  test(`${engine.name} computes in case only what is chosen`, async () => {
    const schema = { id: t.int32(), text: t.nullable(t.string()) }
    const text = column(schema, 'text')
    const isNumber = call('regexpMatch', [text], { pattern: '^\\d+$' })
    const toNumber = call('cast', [text], { to: t.int32() })
    const none = literal(t.nullable(t.int32()), null)
    const doubled = call('add', [toNumber, toNumber])
    const chosen = call('case', [isNumber, doubled, call('isNull', [text]), none, literal(t.int32(), -1)])
    // The other way round: the failing value stands last.
    const last = call('case', [call('not', [isNumber]), none, doubled])
    const rows = ['12', 'x', null, '', '7', '7'].map((cell, id) => [id, cell])
    const node = project(given(schema, rows), [column(schema, 'id'), chosen, last])
    const [result] = await resultsOf(engine, steps, [node])
    assert.deepEqual(
      result!.toSorted((a, b) => Number(a[0]) - Number(b[0])),
      [
        [0, 24, 24],
        [1, -1, null],
        [2, null, null],
        [3, -1, null],
        [4, 14, 14],
        [5, 14, 14],
      ],
    )
  })
}
