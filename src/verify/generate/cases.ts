/** Random cases: plan, input and the ways to run them, all from one seed. */
import type { UpdateMode } from '../../seam/sink.ts'
import type { Case } from '../case.ts'
import { feeding } from '../feed.ts'
import { named } from '../plan.ts'
import { randomInput } from './data.ts'
import { PlanMaker, sourceOf } from './plans.ts'
import { Random } from './random.ts'

export interface RandomCase extends Case {
  /** With joins or sorts, which need all input first: runs in one step only. */
  readonly bounded: boolean
}

const ROWS = [0, 1, 4, 12, 40, 40, 120, 250]
/** More than one step of most sizes, and enough for tables to grow. Not with joins, which would multiply them. */
const MANY_ROWS = 3000
const MODES: readonly UpdateMode[] = ['append', 'append', 'append', 'changelog', 'upsert']

/** The case of a seed. Consecutive seeds go round all functions and aggregates. */
export function randomCase(seed: number): RandomCase {
  const random = new Random(seed * 2_654_435_761)
  const bounded = random.chance(0.25)
  const sources = Array.from({ length: random.pick([1, 1, 1, 2]) }, (_, i) => {
    const options = {
      rows: !bounded && random.chance(0.02) ? MANY_ROWS : random.pick(ROWS),
      mode: random.pick(MODES),
    }
    const input = randomInput(`input${i + 1}`, random.fork(), options)
    return sourceOf(input, feeding(input))
  })
  const root = named(new PlanMaker(random, seed).plan(sources, bounded))
  return { seed, root, bounded }
}
