/** The reference page of functions: what the catalogue says, with vectors of the tests as examples. */
import { type AggregateName, aggregates } from '../src/plan/function/aggregates.ts'
import { casts } from '../src/plan/function/casts.ts'
import { type FunctionName, functions } from '../src/plan/function/catalogue.ts'
import type { FunctionOptions } from '../src/plan/function/function.ts'
import { logic } from '../src/plan/function/logic.ts'
import { numbers } from '../src/plan/function/numbers.ts'
import { texts } from '../src/plan/function/texts.ts'
import { times } from '../src/plan/function/times.ts'
import { type ColumnType, typeText } from '../src/schema/type.ts'
import { aggregateVectors } from '../test/vectors/aggregates.ts'
import { functionVectors } from '../test/vectors/all.ts'
import {
  type AggregateVectors,
  type Failure,
  isFailure,
  type Value,
  type Vectors,
} from '../test/vectors/table.ts'

const FAMILIES = { Numbers: numbers, Logic: logic, Texts: texts, Times: times, Casts: casts }
const EXAMPLES = 4

/** The text of docs/reference/functions.md. */
export function functionsPage(): string {
  const families = Object.entries(FAMILIES).map(
    ([title, family]) =>
      `## ${title}\n\n${(Object.keys(family) as FunctionName[]).map(functionText).join('\n')}`,
  )
  const names = Object.keys(aggregateVectors) as AggregateName[]
  return `# Functions

Generated from \`src/plan/function/\` and \`test/vectors/\` by \`npm run docs\`. Every example is a test that runs on every engine.

In the language the first argument is what a method is called on: \`c.price.add(1)\`; \`case\` is written
\`when(…).else(…)\` and \`dateAdd\` is \`add\`. Decimals, dates, timestamps and uuids are shown as text, bytes as hex. \`!CODE\` stands for a run that fails with that error.

${families.join('\n')}
## Aggregates

All skip null inputs. A group without any other input gives null; counts give 0.

${names.map(aggregateText).join('\n')}
`
}

function functionText(name: FunctionName): string {
  const sets = functionVectors[name]
  const examples = sets.flatMap(vectors =>
    (sets.length < EXAMPLES ? vectors.rows : typed(vectors)).map(row => example(name, vectors, row)),
  )
  return `### ${name}\n\n${functions[name].doc}\n\n${list(spread(examples, 2 * EXAMPLES))}`
}

/** One vector of each kind of result: a value, null, a failure. */
function typed({ rows }: Vectors): Vectors['rows'] {
  const kinds = new Map(
    rows.map(row => [kindOf(row.at(-1)!), row]).reverse() as [string, Vectors['rows'][number]][],
  )
  return [...kinds.values()].reverse()
}

const kindOf = (result: Value | Failure): string =>
  result === null ? 'null' : isFailure(result) ? 'failure' : 'value'

function example(name: string, { of, options }: Vectors, row: Vectors['rows'][number]): string {
  const args = row.slice(0, -1).map((value, i) => written(value as Value, of[i]!))
  return `\`${name}(${[...args, ...optionTexts(options)].join(', ')})\` → \`${result(row.at(-1)!)}\``
}

function aggregateText(name: AggregateName): string {
  const examples = aggregateVectors[name].flatMap(vectors => groupExamples(name, vectors))
  // What a custom aggregate gives is its user's matter.
  const shown = name === 'custom' ? '' : `\n${list(spread(examples, EXAMPLES))}`
  return `### ${name}\n\n${aggregates[name].doc}\n${shown}`
}

function groupExamples(name: string, { of, groups, quantile }: AggregateVectors): string[] {
  const q = quantile === undefined ? [] : [`q: ${quantile}`]
  return groups
    .filter(([rows]) => rows.length <= 5)
    .map(([rows, found]) => {
      const values = rows.map(row => row.map((value, i) => written(value, of[i]!)).join(', '))
      const texts = of.length === 1 ? values : values.map(text => `(${text})`)
      return `\`${name}(${[`[${texts.join(', ')}]`, ...q].join(', ')})\` → \`${result(found)}\``
    })
}

const list = (lines: readonly string[]): string => `${lines.map(line => `- ${line}\n`).join('')}`

/** At most so many, evenly over all. */
function spread<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items]
  return Array.from({ length: most }, (_, i) => items[Math.floor((i * items.length) / most)]!)
}

const result = (value: Value | Failure): string => (isFailure(value) ? `!${value.fails}` : shown(value))

/** A value with the type that its text does not tell. */
function written(value: Value, type: ColumnType): string {
  const told = ['bool', 'int32', 'string', 'float64'].includes(type.kind)
  return told ? shown(value) : `${typeText({ ...type, nullable: false })} ${shown(value)}`
}

function shown(value: Value): string {
  if (typeof value === 'string') return `'${value.replace(/[^ -~\p{L}\p{Emoji_Presentation}]/gu, escaped)}'`
  if (typeof value === 'object' && value !== null) return `[${value.map(shown).join(', ')}]`
  return Object.is(value, -0) ? '-0' : String(value)
}

const escaped = (c: string): string => `\\u{${c.codePointAt(0)!.toString(16)}}`

function optionTexts(options: FunctionOptions): string[] {
  return Object.entries(options).map(([name, value]) => {
    const text = name === 'to' ? typeText(value as ColumnType) : JSON.stringify(value)
    return `${name}: ${text}`
  })
}
