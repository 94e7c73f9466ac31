/** `verify`: holds every engine and mode against the reference, on a plan of the user's own. */
import type { Engine } from '../engine/engine.ts'
import { HeadraceError } from '../errors.ts'
import type { Node, SourceNode } from '../plan/node.ts'
import { checkOptions } from '../plan/options.ts'
import { rewrite, sourcesOf } from '../plan/rewrite.ts'
import type { Case } from './case.ts'
import { Checker } from './check.ts'
import { compared } from './engines.ts'
import { feeding } from './feed.ts'
import { type Input, randomRows } from './generate/data.ts'
import { Random } from './generate/random.ts'
import { shrunkRows } from './generate/shrink.ts'
import { rowsOf, type WeightedRow } from './relation.ts'
import { failureText } from './story.ts'
import { someVariants } from './variants.ts'

/** Which inputs `verify` tries. */
export interface VerifyOptions {
  /** How many random inputs to try (default 20), each in several modes, step sizes and orders of arrival. */
  readonly seeds?: number
  /** The first seed (default 1); the same seeds give the same inputs. */
  readonly firstSeed?: number
  /** Rows of each source (default 200). */
  readonly rows?: number
  /** `generated` (default): random rows of the sources' schemas. `sampled`: the first rows of the sources themselves. */
  readonly input?: 'generated' | 'sampled'
}

/** What `verify` compared, when all answers were equal. */
export interface VerifyReport {
  /** Runs whose answer was compared, and was equal. */
  readonly runs: number
  /** Inputs on which the computation itself fails, such as by overflow: nothing to compare. */
  readonly skipped: number
}

const OPTIONS = ['seeds', 'firstSeed', 'rows', 'input'] as const

/**
 * Runs the plan of a dataset or pipeline over random (or sampled) input, in batch, micro-batch and stream, in steps of
 * several sizes, with rows in order, shuffled, and late, on every engine that takes it, and compares each answer with the
 * reference engine's. Nothing is written to the pipeline's targets.
 *
 * Rejects with NOT_EQUAL on the first difference; the message shows the smallest input found, the differing row, what
 * each engine says and how the row came about. Rejects with INVALID_ARGUMENT where no run could be compared.
 */
export async function verify(
  what: { readonly node: Node },
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  checkOptions('verify', options, OPTIONS)
  const { seeds = 20, firstSeed = 1, rows = 200, input = 'generated' } = options
  let [runs, skipped] = [0, 0]
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    const found = await verifySeed(await caseOf(what.node, seed, rows, input), compared)
    runs += found
    if (found === 0) skipped++
  }
  if (runs > 0) return { runs, skipped }
  throw new HeadraceError(
    'INVALID_ARGUMENT',
    'verify: no run could be compared: the computation fails on every input that was tried. Sample your own input with ' +
      "input: 'sampled', or try fewer rows.",
  )
}

async function verifySeed(of: Case, able: readonly Engine[]): Promise<number> {
  const checker = new Checker(of)
  let runs = 0
  for (const variant of someVariants(able, of.seed, 3)) {
    const verdict = await checker.check(variant)
    if (verdict === 'skipped') continue
    if (verdict === 'equal') {
      runs++
      continue
    }
    const small = await shrunkRows(
      of,
      async smaller => typeof (await new Checker(smaller).check(variant)) === 'object',
      10_000,
    )
    const last = await new Checker(small).check(variant)
    const text =
      typeof last === 'object' ? failureText(small, variant, last) : failureText(of, variant, verdict)
    throw new HeadraceError('NOT_EQUAL', `verify: ${text}`)
  }
  return runs
}

async function caseOf(node: Node, seed: number, rows: number, how: 'generated' | 'sampled'): Promise<Case> {
  const random = new Random(seed)
  const inputs = new Map<SourceNode, Input>()
  for (const source of sourcesOf([node])) {
    const given = how === 'sampled' ? await sampled(source, rows) : generated(source, rows, random.fork())
    inputs.set(source, inputOf(source, given))
  }
  const [root] = rewrite([node], (copy, original) =>
    original.kind === 'source' ? feeding(inputs.get(original)!) : copy,
  )
  return { seed, root: root! }
}

function inputOf(source: SourceNode, rows: readonly WeightedRow[]): Input {
  const { schema, mode, key, eventTime, outOfOrderness } = source
  return {
    name: source.source.name,
    schema,
    mode,
    ...(key === undefined ? {} : { key }),
    ...(eventTime === undefined ? {} : { eventTime }),
    outOfOrderness,
    rows,
    bad: [],
    wild: new Set(),
  }
}

function generated(source: SourceNode, rows: number, random: Random): WeightedRow[] {
  const { schema, mode, key, eventTime } = source
  const shape = { schema, mode, rows, wild: new Set<string>() }
  return randomRows(
    { ...shape, ...(key === undefined ? {} : { key }), ...(eventTime === undefined ? {} : { eventTime }) },
    random,
  )
}

/** The first rows of each partition, in event-time order where there is one. */
async function sampled(source: SourceNode, rows: number): Promise<WeightedRow[]> {
  const found: WeightedRow[] = []
  const stop = new AbortController()
  for (const partition of await source.source.partitions()) {
    for await (const { batch } of source.source.read(partition, { from: 0 }, stop.signal)) {
      for (const row of rowsOf(batch)) found.push(row)
      if (found.length >= rows) break
    }
    if (found.length >= rows) break
  }
  return found.slice(0, rows)
}
