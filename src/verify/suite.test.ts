import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Engine, Output } from '../engine/engine.ts'
import { incrementalEngine } from '../engine/incremental/engine.ts'
import { sourcesOf } from '../plan/rewrite.ts'
import { slice } from '../schema/take.ts'
import { feedOf } from './feed.ts'
import { randomCase } from './generate/cases.ts'
import { runSuite } from './suite.ts'

/** Loses the first row of every write. */
const faulty: Engine = {
  ...incrementalEngine,
  run: (job, signal) => {
    const outputs = job.outputs.map(
      (output): Output => ({
        ...output,
        write: (step, batch) => output.write(step, slice(batch, 1, batch.length)),
      }),
    )
    return incrementalEngine.run({ ...job, outputs }, signal)
  },
}

test('a faulty engine is found out, and its failure made small and told with its history', async () => {
  const { failures } = await runSuite({ engines: [faulty], firstSeed: 1, cases: 50, shrinkMs: 3000 })
  const [failure] = failures
  assert.ok(failure)
  const rows = sourcesOf([failure.case.root]).reduce((n, source) => n + feedOf(source).input.rows.length, 0)
  assert.ok(rows <= 3, `${rows} rows are left`)
  assert.match(failure.text, new RegExp(`seed ${failure.seed}, incremental, steps of \\d+ rows`))
  assert.match(failure.text, /expected:\n/)
  assert.match(failure.text, /incremental says:/)
  assert.match(failure.text, /rows of input1 behind it/)
})

test('a seed always gives the same case', () => {
  const texts = [1, 2].map(() => {
    const { root } = randomCase(77)
    const inputs = sourcesOf([root]).map(source => feedOf(source).input.rows)
    return JSON.stringify([root, inputs], (_, value) => (typeof value === 'bigint' ? `${value}n` : value))
  })
  assert.equal(texts[0], texts[1])
})
