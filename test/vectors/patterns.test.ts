/** Random patterns of the portable subset: every engine finds the same match, and the same groups, in random texts. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { call, column, type Expression } from '../../src/plan/expression.ts'
import { checkPattern } from '../../src/plan/function/pattern.ts'
import type { ProjectNode } from '../../src/plan/node.ts'
import { seeded } from '../../src/runtime/random.ts'
import { t } from '../../src/schema/type.ts'
import { engines, given, resultsOf } from './engines.ts'

const PATTERNS = 300
const TEXTS = 60
const SEED = Number(process.env.SEED ?? 2024)

const random = seeded(SEED)
const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!

const ATOMS = [
  'a',
  'b',
  'é',
  '😀',
  '.',
  '\\w',
  '\\d',
  '\\s',
  '\\S',
  '[ab]',
  '[^a]',
  '[a-c\\s]',
  '\\.',
  '-',
  ' ',
]
const QUANTIFIERS = ['', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{0,2}?']
const ASSERTIONS = ['^', '$', '\\b']

function item(depth: number): string {
  const kind = random()
  if (kind < 0.1) return pick(ASSERTIONS)
  if (depth === 0 || kind < 0.7) return pick(ATOMS) + pick(QUANTIFIERS)
  return `${pick(['(', '(?:'])}${alternatives(depth - 1)})${pick(QUANTIFIERS)}`
}

const sequence = (depth: number): string =>
  Array.from({ length: 1 + Math.floor(random() * 3) }, () => item(depth)).join('')

const alternatives = (depth: number): string =>
  random() < 0.3 ? `${sequence(depth)}|${sequence(depth)}` : sequence(depth)

/** Most random patterns repeat something empty; those are refused, and others are tried. */
function portablePattern(): string {
  for (;;) {
    const pattern = alternatives(2)
    try {
      checkPattern(pattern)
      return pattern
    } catch {}
  }
}

const text = (): string =>
  Array.from({ length: Math.floor(random() * 8) }, () =>
    pick(['a', 'b', 'c', 'é', '😀', '1', ' ', '\n', '\v', '.', '-', '\u00a0']),
  ).join('')

test(`engines agree on ${PATTERNS} random patterns over ${TEXTS} texts (SEED=${SEED})`, async () => {
  const schema = { text: t.string() }
  const of = [column(schema, 'text')]
  const calls: Expression[] = []
  for (let i = 0; i < PATTERNS; i++) {
    const pattern = portablePattern()
    calls.push(call('regexpMatch', of, { pattern }))
    checkPattern(pattern).forEach(({ repeated }, g) => {
      if (!repeated) calls.push(call('regexpExtract', of, { pattern, group: g + 1 }))
    })
    calls.push(call('regexpExtract', of, { pattern, group: 0 }))
  }
  const texts = [...new Set(Array.from({ length: TEXTS }, text))]
  const input = given(
    schema,
    texts.map(cell => [cell]),
  )
  const columns = [of[0]!, ...calls].map((expression, i) => ({ name: `c${i}`, expression }))
  const types = Object.fromEntries(columns.map(({ name, expression }) => [name, expression.type]))
  const node: ProjectNode = { kind: 'project', schema: types, mode: 'append', input, columns }
  const [oracle, ...others] = engines
  const byText = (rows: readonly (readonly unknown[])[]) => new Map(rows.map(row => [row[0], row]))
  const expected = byText((await resultsOf(oracle!.engine, oracle!.steps, [node]))[0]!)
  for (const { engine, steps } of others) {
    const found = byText((await resultsOf(engine, steps, [node]))[0]!)
    const wrong = texts.flatMap(cell =>
      columns.flatMap(({ expression }, i) => {
        const [a, b] = [expected.get(cell)![i], found.get(cell)?.[i]]
        if (a === b || expression.kind !== 'call') return []
        const { pattern, group } = expression.options
        return [`/${pattern}/ group ${group} in ${JSON.stringify(cell)}: ${b}, not ${a}`]
      }),
    )
    assert.ok(wrong.length === 0, `${engine.name}, SEED=${SEED}:\n  ${wrong.slice(0, 20).join('\n  ')}`)
  }
})
