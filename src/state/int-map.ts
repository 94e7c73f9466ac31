/** A hash map from small integers to small integers, for the groups of one window: made, filled, and dropped whole. */

const NONE = -1
const FIRST_ENTRIES = 16

/** Open addressing with linear probing, at most half full. Keys and values are at least 0. */
export class IntMap {
  /** Key and value side by side, so that a hit touches one cache line. */
  #entries = new Int32Array(4 * FIRST_ENTRIES).fill(NONE)
  #size = 0

  /** The value of a key, or −1. */
  get(key: number): number {
    const entries = this.#entries
    const mask = entries.length - 1
    // Keys are numbers that count up from 0: the keys themselves spread best.
    for (let at = (2 * key) & mask; ; at = (at + 2) & mask) {
      const found = entries[at]!
      if (found === key) return entries[at + 1]!
      if (found === NONE) return NONE
    }
  }

  /** The values of keys[from, to) into `values`; says whether all were found. */
  getAll(keys: Int32Array, from: number, to: number, values: Int32Array): boolean {
    const entries = this.#entries
    const mask = entries.length - 1
    let all = true
    for (let i = from; i < to; i++) {
      const key = keys[i]!
      let at = (2 * key) & mask
      let found = entries[at]!
      while (found !== key && found !== NONE) {
        at = (at + 2) & mask
        found = entries[at]!
      }
      // A free entry holds −1 twice.
      values[i] = entries[at + 1]!
      all &&= found === key
    }
    return all
  }

  /** Adds a key that is not there. */
  set(key: number, value: number): void {
    if (this.#size * 4 >= this.#entries.length) this.#grow()
    this.#place(key, value)
    this.#size++
  }

  #place(key: number, value: number): void {
    const mask = this.#entries.length - 1
    let at = (2 * key) & mask
    while (this.#entries[at] !== NONE) at = (at + 2) & mask
    this.#entries[at] = key
    this.#entries[at + 1] = value
  }

  #grow(): void {
    const old = this.#entries
    this.#entries = new Int32Array(old.length * 2).fill(NONE)
    for (let at = 0; at < old.length; at += 2) if (old[at] !== NONE) this.#place(old[at]!, old[at + 1]!)
  }
}
