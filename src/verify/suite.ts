/** Many random cases, one after the other; the first failures are made small and told. */
import type { Engine } from '../engine/engine.ts'
import { nodesOf } from '../plan/node.ts'
import { sourcesOf } from '../plan/rewrite.ts'
import { systemRuntime } from '../runtime/runtime.ts'
import { type Case, type Variant, variantText } from './case.ts'
import { Checker, type Failure } from './check.ts'
import { feedOf } from './feed.ts'
import { type RandomCase, randomCase } from './generate/cases.ts'
import { functionsIn } from './generate/expressions.ts'
import { Histogram } from './generate/random.ts'
import { shrunk } from './generate/shrink.ts'
import { expressionsOf } from './plan.ts'
import { failureText } from './story.ts'
import { someVariants } from './variants.ts'

export interface SuiteOptions {
  readonly engines: readonly Engine[]
  readonly firstSeed: number
  readonly cases: number
  /** Runs of the incremental engine a case. */
  readonly variants?: number
  /** Stop after so many failures. */
  readonly failures?: number
  /** Time to make each failure smaller, in ms. */
  readonly shrinkMs?: number
  /** Stop after this time, in ms, whatever is left. */
  readonly budgetMs?: number
}

export interface SuiteFailure {
  readonly seed: number
  readonly case: Case
  readonly variant: Variant
  readonly failure: Failure
  /** The shrunk case with its differing rows, ready to print. */
  readonly text: string
}

export interface SuiteReport {
  readonly cases: number
  /** Runs that were compared. */
  readonly runs: number
  /** Cases that no run could be compared on, because the computation itself fails on their input. */
  readonly skipped: number
  readonly failures: readonly SuiteFailure[]
  /** How often each node kind, function and aggregate was generated. */
  readonly histogram: Histogram
}

export async function runSuite(options: SuiteOptions): Promise<SuiteReport> {
  const histogram = new Histogram()
  const failures: SuiteFailure[] = []
  const deadline = systemRuntime.now() + (options.budgetMs ?? Number.POSITIVE_INFINITY)
  let [cases, runs, skipped] = [0, 0, 0]
  for (let seed = options.firstSeed; seed < options.firstSeed + options.cases; seed++) {
    if (systemRuntime.now() > deadline || failures.length >= (options.failures ?? 1)) break
    const made = randomCase(seed)
    tally(made, histogram)
    const outcome = await runCase(made, options)
    cases++
    runs += outcome.runs
    if (outcome.runs === 0) skipped++
    if (outcome.failed !== undefined) failures.push(await told(made, outcome.failed, options))
  }
  return { cases, runs, skipped, failures, histogram }
}

async function runCase(
  made: RandomCase,
  options: SuiteOptions,
): Promise<{ runs: number; failed?: { variant: Variant; failure: Failure } }> {
  const checker = new Checker(made)
  let runs = 0
  for (const variant of someVariants(options.engines, made.seed, options.variants ?? 2)) {
    const verdict = await checker.check(variant)
    if (verdict === 'skipped') continue
    runs++
    if (verdict !== 'equal') return { runs, failed: { variant, failure: verdict } }
  }
  return { runs }
}

async function told(
  made: Case,
  { variant, failure }: { variant: Variant; failure: Failure },
  options: SuiteOptions,
): Promise<SuiteFailure> {
  const again = async (smaller: Case): Promise<Failure | undefined> => {
    const verdict = await new Checker(smaller).check(variant)
    return typeof verdict === 'object' && verdict.law === failure.law ? verdict : undefined
  }
  const small = await shrunk(
    made,
    async smaller => (await again(smaller)) !== undefined,
    options.shrinkMs ?? 5000,
  )
  const last = await again(small)
  const text =
    last === undefined
      ? `${failure.law}: seed ${made.seed} failed once and not again (${variantText(variant)}): ${failure.message}`
      : failureText(small, variant, last)
  return { seed: made.seed, case: small, variant, failure: last ?? failure, text }
}

function tally({ root }: Case, histogram: Histogram): void {
  if (sourcesOf([root]).some(source => feedOf(source).input.bad.length > 0)) histogram.add('bad records')
  for (const node of nodesOf([root])) {
    const windowed = node.kind === 'aggregate' && node.window !== undefined
    histogram.add(`node ${windowed ? 'windowed aggregate' : node.kind}`)
    if (node.kind === 'map') histogram.add(`map ${node.function.split(' ')[0]}`)
    if (node.kind === 'aggregate') for (const { fn } of node.aggregates) histogram.add(`aggregate ${fn}`)
    for (const expression of expressionsOf(node))
      for (const fn of functionsIn(expression)) histogram.add(`function ${fn}`)
  }
}
