/** Choices made from one seed. */
import { seeded } from '../../runtime/random.ts'

export class Random {
  readonly seed: number
  /** The next number in [0, 1). */
  readonly next: () => number

  constructor(seed: number) {
    this.seed = seed
    this.next = seeded(seed)
  }

  /** A whole number from `least` to `most`, both included. */
  int(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1))
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.next() * items.length)]!
  }

  shuffled<T>(items: readonly T[]): T[] {
    const out = [...items]
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.int(0, i)
      const item = out[i]!
      out[i] = out[j]!
      out[j] = item
    }
    return out
  }

  /** Some of the items, at least `least`, in their own order. */
  some<T>(items: readonly T[], least = 0): T[] {
    const count = this.int(Math.min(least, items.length), items.length)
    const chosen = new Set(this.shuffled(items.map((_, i) => i)).slice(0, count))
    return items.filter((_, i) => chosen.has(i))
  }

  /** A generator of its own, so that more draws here do not change what is drawn there. */
  fork(): Random {
    return new Random(Math.floor(this.next() * 4_294_967_296))
  }
}

/** How often something was generated; what came up least is chosen more often. */
export class Histogram {
  readonly counts = new Map<string, number>()

  add(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
  }

  of(name: string): number {
    return this.counts.get(name) ?? 0
  }
}
