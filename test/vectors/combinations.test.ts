/** Every function on random combinations of all the values that occur in vectors: each engine gives what the oracle gives. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { referenceEngine } from '../../src/engine/reference/engine.ts'
import { evaluate } from '../../src/engine/reference/evaluate.ts'
import { type Call, call, column, literal } from '../../src/plan/expression.ts'
import { type FunctionName, functions } from '../../src/plan/function/catalogue.ts'
import type { ProjectNode } from '../../src/plan/node.ts'
import { seeded } from '../../src/runtime/random.ts'
import { type Cell, cellKey } from '../../src/schema/cell.ts'
import { type ColumnType, type Schema, t, typeText, withNull } from '../../src/schema/type.ts'
import { functionVectors } from './all.ts'
import { engines, given, resultsOfGroups } from './engines.ts'
import { differs } from './same.ts'
import { CONSTANTS, cellOf, type Value, type Vectors } from './table.ts'

const ROWS = 60
const SEED = Number(process.env.SEED ?? 7)
const random = seeded(SEED)
const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!

const names = Object.keys(functions) as FunctionName[]

/** All cells of a type that some vector takes as an argument, and null. */
const pools = new Map<string, Map<string, Cell>>()
for (const vectors of names.flatMap(fn => functionVectors[fn])) {
  for (const [i, type] of vectors.of.entries()) {
    const pool = pools.get(typeText(type)) ?? new Map<string, Cell>([['~', null]])
    pools.set(typeText(type), pool)
    for (const row of vectors.rows) {
      const cell = cellOf(type, row[i] as Value)
      pool.set(Object.is(cell, -0) ? '-0' : cellKey(cell), cell)
    }
  }
}

const randomCell = (type: ColumnType): Cell => pick([...pools.get(typeText(type))!.values()])

interface Case {
  readonly fn: FunctionName
  readonly node: ProjectNode
  readonly call: Call
  readonly rows: readonly (readonly Cell[])[]
  readonly expected: readonly Cell[]
}

/** Random rows for the arguments of a function, without those for which it fails. */
function caseOf(fn: FunctionName, { of, options, rows: vectors }: Vectors): Case {
  const types = of.map(type => withNull(type, true))
  const schema: Schema = { id: t.int32(), ...Object.fromEntries(types.map((type, i) => [`a${i}`, type])) }
  const constants = pick(vectors)
  const args = of.map((type, i) =>
    CONSTANTS[fn]?.includes(i) ? literal(type, cellOf(type, constants[i] as Value)) : column(schema, `a${i}`),
  )
  const applied = call(fn, args, options)
  const rows: Cell[][] = []
  const expected: Cell[] = []
  for (let i = 0; i < ROWS; i++) {
    const row = types.map(type => randomCell(withNull(type, false)))
    try {
      expected.push(evaluate(applied, name => row[Number(name.slice(1))]!))
      rows.push([rows.length, ...row])
    } catch {}
  }
  const columns = [column(schema, 'id'), applied].map((expression, i) => ({ name: `c${i}`, expression }))
  const result = { c0: t.int32(), c1: applied.type }
  const node = {
    kind: 'project',
    schema: result,
    mode: 'append',
    input: given(schema, rows),
    columns,
  } as const
  return { fn, node, call: applied, rows, expected }
}

const cases = names.map(fn => functionVectors[fn].map(vectors => caseOf(fn, vectors)))

for (const { engine, steps } of engines.filter(({ engine }) => engine !== referenceEngine)) {
  test(`${engine.name} gives what the oracle gives for ${ROWS} rows a signature (SEED=${SEED})`, async () => {
    const results = await resultsOfGroups(
      engine,
      steps,
      cases.map(ofFunction => ofFunction.map(({ node }) => node)),
    )
    const wrong = cases.flatMap((ofFunction, f) => {
      const found = results[f]!
      if (found instanceof Error) return [`${ofFunction[0]!.fn}: ${found.message}`]
      return ofFunction.flatMap(({ fn, call: { args, options }, rows, expected }, c) => {
        const byId = new Map(found[c]!.map(([id, cell]) => [id, cell]))
        return rows.flatMap((row, i) => {
          if (!differs(expected[i]!, byId.get(i), fn)) return []
          const what = args.map((arg, a) => `${typeText(arg.type)} ${String(row[a + 1])}`).join(', ')
          return [
            `${fn}(${what}) ${Object.keys(options)} is ${String(byId.get(i))}, not ${String(expected[i])}`,
          ]
        })
      })
    })
    assert.ok(wrong.length === 0, `SEED=${SEED}:\n  ${wrong.slice(0, 40).join('\n  ')}`)
  })
}
