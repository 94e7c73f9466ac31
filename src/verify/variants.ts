/** The ways in which a plan is run: engine × mode × step size × arrival × size of reads × partitions. */
import type { Engine } from '../engine/engine.ts'
import type { ArrivalOrder } from './arrival.ts'
import type { Variant } from './case.ts'
import { Random } from './generate/random.ts'

const ARRIVALS: readonly ArrivalOrder[] = ['in order', 'shuffled', 'late']

/** Sizes of steps with sizes of reads: one row at a time, odd sizes that cut each other, and all at once. */
const STEPS: readonly (readonly [maxRows: number, readRows: number])[] = [
  [1, 1],
  [7, 7],
  [7, 50],
  [100, 10],
  [100, 100],
  [2048, 64],
  [131_072, 1024],
]

/** A few ways for each engine, drawn from a seed. */
export function someVariants(engines: readonly Engine[], seed: number, count: number): Variant[] {
  const random = new Random(seed ^ 0xa11)
  return engines.flatMap(engine => {
    if (engine.name !== 'incremental') {
      const readRows = random.pick([3, 64, 1024])
      return [{ engine, steps: 'once' as const, arrival: random.pick(ARRIVALS), readRows, partitions: 1 }]
    }
    const first = random.int(0, ARRIVALS.length - 1)
    return Array.from({ length: count }, (_, i): Variant => {
      const [maxRows, readRows] = random.pick(STEPS)
      const arrival = ARRIVALS[(first + i) % ARRIVALS.length]!
      return { engine, steps: { maxRows }, arrival, readRows, partitions: random.pick([1, 1, 2]) }
    })
  })
}
