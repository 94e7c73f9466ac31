/** Runs a golden flow on an engine, in every mode and with every size of step that it takes. */
import type { Engine, Rejection, StepPolicy } from '../../src/engine/engine.ts'
import { HeadraceError } from '../../src/errors.ts'
import { difference } from '../../src/verify/compare.ts'
import { indiscipline } from '../../src/verify/discipline.ts'
import { type Recording, record } from '../../src/verify/recording.ts'
import { feedOf } from '../../src/verify/feed.ts'
import { Random } from '../../src/verify/generate/random.ts'
import { sourcesOf } from '../../src/plan/rewrite.ts'
import { fold, type WeightedRow } from '../../src/verify/relation.ts'
import { rowsText } from '../../src/verify/text.ts'
import { isDeepStrictEqual } from 'node:util'
import { nodesOf } from '../../src/plan/node.ts'
import type { Schema } from '../../src/schema/type.ts'
import { cellOf } from '../../src/schema/value.ts'
import type { GoldenFlow } from './flow.ts'

const POLICIES: readonly StepPolicy[] = [
  'once',
  { maxRows: 1 },
  { maxRows: 2 },
  { maxRows: 7 },
  { maxRows: 2048 },
]

/** The policies in which an engine runs a flow. In one step the incremental engine still has a watermark on the way. */
export function policiesOf(flow: GoldenFlow, engine: Engine): StepPolicy[] {
  const nodes = [...flow.outputs.values()]
  return POLICIES.filter(
    steps => !(steps === 'once' && engine.name === 'incremental') && !engine.refuses(nodes, steps),
  )
}

/** What the engine does otherwise than the flow says; undefined if nothing. */
export async function flowFault(flow: GoldenFlow, engine: Engine): Promise<string | undefined> {
  for (const steps of policiesOf(flow, engine)) {
    for (const readRows of flow.readRows) {
      const wrong = await runFault(flow, engine, steps, readRows)
      if (wrong !== undefined)
        return `${engine.name}, ${JSON.stringify(steps)}, reads of ${readRows} rows: ${wrong}`
    }
  }
  return undefined
}

async function runFault(
  flow: GoldenFlow,
  engine: Engine,
  steps: StepPolicy,
  readRows: number,
): Promise<string | undefined> {
  const nodes = [...flow.outputs.values()]
  const random = new Random(readRows)
  for (const source of sourcesOf(nodes))
    feedOf(source).serve({ arrival: 'in order', readRows, partitions: 1 }, random)
  let recording: Recording
  try {
    recording = await record(engine, nodes, steps)
  } catch (error) {
    if (!(error instanceof HeadraceError)) throw error
    return error.code === flow.fails ? undefined : `it failed with ${error.code}: ${error.message}`
  }
  if (flow.fails !== undefined) return `it did not fail with ${flow.fails}`
  return answerFault(flow, recording, steps) ?? rejectionFault(flow, recording)
}

function answerFault(flow: GoldenFlow, { outputs }: Recording, steps: StepPolicy): string | undefined {
  for (const [name, node] of flow.outputs) {
    const got = outputs.get(node)!
    const want = flow.expected(name, steps === 'once' ? 'once' : 'steps')
    const wrong = indiscipline(node, got)
    if (wrong !== undefined) return `output ${name}: ${wrong}`
    if (difference(node.schema, want, got) === undefined) continue
    return `output ${name}\nexpected:\n${rowsText(node.schema, want)}\ngot:\n${rowsText(node.schema, got)}`
  }
  return undefined
}

/** Every bad record is rejected once, and of the rows those that the flow says. */
function rejectionFault(flow: GoldenFlow, { rejections }: Recording): string | undefined {
  const nodes = nodesOf([...flow.outputs.values()])
  const all = rejections.map(({ rejection }) => rejection)
  const got = all.flatMap(each => ('record' in each ? [keyOf(each.record)] : [])).sort()
  const want = sourcesOf(nodes)
    .flatMap(source => feedOf(source).rejected.map(keyOf))
    .sort()
  if (!isDeepStrictEqual(got, want)) return `it rejected the records ${got} in place of ${want}`
  for (const node of nodes) {
    if (node.kind !== 'map') continue
    const { schema } = node.input
    const rows = fold(all.flatMap(each => ('row' in each && each.node === node ? [rowOf(schema, each)] : [])))
    const due = flow.rejected(node)
    if (difference(schema, due, rows) === undefined) continue
    return `rows that ${node.function} rejects\nexpected:\n${rowsText(schema, due)}\ngot:\n${rowsText(schema, rows)}`
  }
  return undefined
}

const keyOf = ({ place, position }: { readonly place: string; readonly position: number }): string =>
  `${place}:${position}`

function rowOf(schema: Schema, { row, weight }: Extract<Rejection, { row: unknown }>): WeightedRow {
  return { cells: Object.entries(schema).map(([name, type]) => cellOf(type, row[name])), weight }
}
