import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Engine, StepPolicy } from '../../src/engine/engine.ts'
import { engines } from '../../src/verify/engines.ts'
import { difference } from '../../src/verify/compare.ts'
import { indiscipline } from '../../src/verify/discipline.ts'
import { execute } from '../../src/verify/execute.ts'
import { feedOf } from '../../src/verify/feed.ts'
import { Random } from '../../src/verify/generate/random.ts'
import { sourcesOf } from '../../src/verify/plan.ts'
import { rowsText } from '../../src/verify/text.ts'
import { flowNames, type GoldenFlow, loadFlow } from './flow.ts'

const POLICIES: readonly StepPolicy[] = ['once', { maxRows: 1 }, { maxRows: 2 }, { maxRows: 7 }, { maxRows: 2048 }]

for (const name of flowNames()) {
  const flow = await loadFlow(name)
  test(`${name}: ${flow.about}`, async () => {
    let ran = 0
    for (const engine of engines) for (const steps of POLICIES) ran += await holds(flow, engine, steps)
    assert.ok(ran >= 2, 'at least two engines run it')
  })
}

/** How often the engine ran the flow with this policy: not at all if it refuses to. */
async function holds(flow: GoldenFlow, engine: Engine, steps: StepPolicy): Promise<number> {
  const nodes = [...flow.outputs.values()]
  if (steps === 'once' && engine.name === 'incremental') return 0
  if (engine.refuses(nodes, steps) !== undefined) return 0
  for (const readRows of flow.readRows) {
    const random = new Random(readRows)
    for (const source of sourcesOf(nodes))
      feedOf(source).serve({ arrival: 'in order', readRows, partitions: 1 }, random)
    const { outputs } = await execute(engine, nodes, steps)
    for (const [output, node] of flow.outputs) {
      const got = outputs.get(node)!
      const want = flow.expected(output, steps === 'once' ? 'once' : 'steps')
      const where = `${engine.name}, ${JSON.stringify(steps)}, reads of ${readRows} rows, output ${output}`
      assert.equal(indiscipline(node, got), undefined, where)
      const found = difference(node.schema, want, got)
      assert.ok(
        found === undefined,
        `${where}\nexpected:\n${rowsText(node.schema, want)}\ngot:\n${rowsText(node.schema, got)}`,
      )
    }
  }
  return flow.readRows.length
}
