/** A plan with its input, and one way of running it. */
import type { Engine, StepPolicy } from '../engine/engine.ts'
import type { Node } from '../plan/node.ts'
import { sourcesOf } from '../plan/rewrite.ts'
import { feedOf, type Serving } from './feed.ts'
import { Random } from './generate/random.ts'

/** A plan whose sources are feeds. The seed decides about arrival as well. */
export interface Case {
  readonly seed: number
  readonly root: Node
}

/** One way to run a plan: which engine, in which steps, over rows that come in which way. */
export interface Variant extends Serving {
  readonly engine: Engine
  readonly steps: StepPolicy
}

/** Feeds the sources of a plan. The same case and variant always give the same arrival. */
export function serve({ seed, root }: Case, variant: Serving): void {
  const random = new Random(seed ^ 0x5eed)
  for (const source of sourcesOf([root])) feedOf(source).serve(variant, random)
}

export function variantText({ engine, steps, arrival, readRows, partitions }: Variant): string {
  const stepping = steps === 'once' ? 'one step' : `steps of ${steps.maxRows} rows`
  const parts = partitions === 1 ? '' : `, ${partitions} partitions`
  return `${engine.name}, ${stepping}, arrival ${arrival}, reads of ${readRows} rows${parts}`
}
