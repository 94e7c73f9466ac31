/**
 * The differential oracle: random plans over random data, every engine against the reference. By default 2,100 cases
 * from seed 1 on; `HEADRACE_SEED=71 HEADRACE_CASES=1` runs one case again, `HEADRACE_CASES=50000` many,
 * and `HEADRACE_SAVE=name` keeps a shrunk failure as a golden flow.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aggregates } from '../../src/plan/function/aggregates.ts'
import { functions } from '../../src/plan/function/catalogue.ts'
import { engines } from '../../src/verify/engines.ts'
import { runSuite, type SuiteReport } from '../../src/verify/suite.ts'
import { save } from './save.ts'

const FIRST_SEED = Number(process.env.HEADRACE_SEED ?? 1)
const CASES = Number(process.env.HEADRACE_CASES ?? 2100)
const MOST_SKIPPED = 0.2

const NODES = ['source', 'filter', 'project', 'union', 'distinct', 'aggregate', 'windowed aggregate', 'late']
const ALL = [
  ...[...NODES, 'join', 'sort', 'map'].map(name => `node ${name}`),
  ...Object.keys(functions).map(name => `function ${name}`),
  ...Object.keys(aggregates).map(name => `aggregate ${name}`),
]

test(`random plans have one answer: seeds ${FIRST_SEED} to ${FIRST_SEED + CASES - 1}`, async () => {
  const report = await runSuite({ engines, firstSeed: FIRST_SEED, cases: CASES, failures: 3 })
  console.log(summary(report))
  const name = process.env.HEADRACE_SAVE
  if (name !== undefined && report.failures[0] !== undefined) await save(name, report.failures[0])
  assert.equal(report.failures.length, 0, report.failures.map(failure => failure.text).join('\n\n'))
  assert.equal(report.cases, CASES)
  if (CASES < 2000) return
  assert.ok(
    report.skipped / report.cases < MOST_SKIPPED,
    `${report.skipped} of ${report.cases} cases were skipped`,
  )
  const missing = ALL.filter(item => report.histogram.of(item) === 0)
  assert.deepEqual(missing, [], 'every operator, function and aggregate occurs')
})

function summary({ cases, runs, skipped, histogram }: SuiteReport): string {
  const share = ((100 * skipped) / Math.max(1, cases)).toFixed(1)
  const counts = ALL.map(item => `${item.replace(/^\w+ /, '')} ${histogram.of(item)}`).join(', ')
  return `${cases} cases from seed ${FIRST_SEED}, ${runs} runs compared, ${share} % skipped\noccurred: ${counts}`
}
