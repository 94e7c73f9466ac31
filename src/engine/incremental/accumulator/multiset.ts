/** Multisets: what an aggregate must remember of a group from which rows can be taken away. */

interface Entry<T> {
  readonly item: T
  count: number
}

/** Items by key with how often each is there, and the leading one under an order. */
export class Multiset<T> {
  readonly #entries = new Map<string, Entry<T>>()
  readonly #before: (a: T, b: T) => boolean
  /** The leading entry while it is known; looked for again only after it has been taken away. */
  #leader: Entry<T> | undefined

  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before
  }

  /** Different items. */
  get size(): number {
    return this.#entries.size
  }

  change(key: string, item: T, by: number): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) {
      const added = { item, count: by }
      this.#entries.set(key, added)
      if (this.#leader !== undefined && this.#before(item, this.#leader.item)) this.#leader = added
      return
    }
    entry.count += by
    if (entry.count !== 0) return
    this.#entries.delete(key)
    if (this.#leader === entry) this.#leader = undefined
  }

  /** The item before all others. */
  leader(): T | undefined {
    if (this.#leader === undefined) {
      for (const entry of this.#entries.values()) {
        if (this.#leader === undefined || this.#before(entry.item, this.#leader.item)) this.#leader = entry
      }
    }
    return this.#leader?.item
  }

  addAll(other: Multiset<T>): void {
    for (const [key, { item, count }] of other.#entries) this.change(key, item, count)
  }
}
