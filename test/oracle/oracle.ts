/**
 * The differential oracle: random plans over random data, every engine against the reference. By default 2,100 cases from
 * seed 1 on, in two halves that run side by side. `HEADRACE_SEED=71 HEADRACE_CASES=1` runs one case again,
 * `HEADRACE_CASES=50000` many, and `HEADRACE_SAVE=name` keeps a shrunk failure as a golden flow.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aggregates } from '../../src/plan/function/aggregates.ts'
import { functions } from '../../src/plan/function/catalogue.ts'
import { compared } from '../../src/verify/engines.ts'
import { mapFunctions } from '../../src/verify/generate/opaque.ts'
import { runSuite, type SuiteReport } from '../../src/verify/suite.ts'
import { save } from './save.ts'

const SEED = Number(process.env.HEADRACE_SEED ?? 1)
const CASES = Number(process.env.HEADRACE_CASES ?? 2100)
const MOST_SKIPPED = 0.2
/** From so many cases on everything must have occurred. */
const ENOUGH = 1000

const NODES = ['source', 'filter', 'project', 'union', 'distinct', 'aggregate', 'windowed aggregate', 'late']
const ALL = [
  ...[...NODES, 'join', 'sort', 'map'].map(name => `node ${name}`),
  ...Object.keys(mapFunctions).map(name => `map ${name}`),
  'bad records',
  ...Object.keys(functions).map(name => `function ${name}`),
  ...Object.keys(aggregates).map(name => `aggregate ${name}`),
]

/** Registers the test of one half of the cases. */
export function oracle(half: 0 | 1): void {
  const middle = SEED + Math.ceil(CASES / 2)
  const firstSeed = half === 0 ? SEED : middle
  const cases = half === 0 ? middle - SEED : SEED + CASES - middle
  const name = `random plans have one answer: ${cases} cases from seed ${firstSeed}`
  test(name, { skip: cases === 0 }, async () => {
    const report = await runSuite({ engines: compared, firstSeed, cases, failures: 3 })
    console.log(summary(firstSeed, report))
    const golden = process.env.HEADRACE_SAVE
    if (golden !== undefined && report.failures[0] !== undefined) await save(golden, report.failures[0])
    assert.equal(report.failures.length, 0, report.failures.map(failure => failure.text).join('\n\n'))
    assert.equal(report.cases, cases)
    if (cases >= ENOUGH) complete(report)
  })
}

function complete({ cases, skipped, histogram }: SuiteReport): void {
  assert.ok(skipped / cases < MOST_SKIPPED, `${skipped} of ${cases} cases were skipped`)
  const missing = ALL.filter(item => histogram.of(item) === 0)
  assert.deepEqual(missing, [], 'every operator, function and aggregate occurs')
}

function summary(firstSeed: number, { cases, runs, skipped, histogram }: SuiteReport): string {
  const share = ((100 * skipped) / Math.max(1, cases)).toFixed(1)
  const counts = ALL.map(item => `${item.replace(/^\w+ /, '')} ${histogram.of(item)}`).join(', ')
  return `${cases} cases from seed ${firstSeed}, ${runs} runs compared, ${share} % skipped\noccurred: ${counts}`
}
