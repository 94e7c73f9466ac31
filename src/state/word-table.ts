/** A hash table from keys of a fixed number of 32-bit words to small integers. */

const FIRST_KEYS = 16
const NONE = -1
/** 2^32 / golden ratio: multiplicative hashing (Knuth, The Art of Computer Programming 3, 6.4). */
const GOLDEN = 0x9e3779b1 | 0

/**
 * Open addressing with linear probing, at most half full. Numbers count up from 0; those of removed keys are used again,
 * last freed first. Width 0 is allowed: then there is one key.
 */
export class WordTable {
  readonly width: number
  /** Key words by number. */
  #words: Int32Array
  /** Numbers by hash slot. */
  #slots = new Int32Array(2 * FIRST_KEYS).fill(NONE)
  #next = 0
  readonly #free: number[] = []

  constructor(width: number) {
    this.width = width
    this.#words = new Int32Array(width * FIRST_KEYS)
  }

  /** Keys held. */
  get size(): number {
    return this.#next - this.#free.length
  }

  /** Above every number in use. */
  get limit(): number {
    return this.#next
  }

  /** Word `at` of the key of a number. */
  word(number: number, at: number): number {
    return this.#words[number * this.width + at]!
  }

  /** Finds or adds the first n keys that lie one after the other in `words`; their numbers go to `out`. */
  add(words: Int32Array, n: number, out: Int32Array): void {
    if (this.width === 1) for (let i = 0; i < n; i++) out[i] = this.addWord(words[i]!)
    else for (let i = 0; i < n; i++) out[i] = this.#addKey(words, i * this.width)
  }

  /** Finds or adds a key of one word. */
  addWord(word: number): number {
    const slots = this.#slots
    const words = this.#words
    const mask = slots.length - 1
    const hash = hashWord(word)
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const number = slots[slot]!
      if (number === NONE) break
      if (words[number] === word) return number
    }
    const number = this.#insert(hash)
    this.#words[number] = word
    return number
  }

  #addKey(words: Int32Array, at: number): number {
    const slots = this.#slots
    const mask = slots.length - 1
    const hash = this.#hash(words, at)
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const number = slots[slot]!
      if (number === NONE) break
      if (this.#equals(number, words, at)) return number
    }
    const number = this.#insert(hash)
    for (let w = 0; w < this.width; w++) this.#words[number * this.width + w] = words[at + w]!
    return number
  }

  /** Forgets the key of a number. Moves later keys of the run back, so that no mark of deletion is needed. */
  remove(number: number): void {
    const slots = this.#slots
    const mask = slots.length - 1
    let hole = this.#home(number) & mask
    while (slots[hole] !== number) hole = (hole + 1) & mask
    for (let slot = (hole + 1) & mask; slots[slot] !== NONE; slot = (slot + 1) & mask) {
      const home = this.#home(slots[slot]!) & mask
      // The key may move into the hole unless its home lies cyclically after it.
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue
      slots[hole] = slots[slot]!
      hole = slot
    }
    slots[hole] = NONE
    this.#free.push(number)
  }

  /** A number for a new key, placed by its hash; the caller stores the words. */
  #insert(hash: number): number {
    if (this.size * 2 >= this.#slots.length) this.#growSlots()
    const number = this.#free.pop() ?? this.#next++
    if (this.#next * this.width > this.#words.length) this.#growWords()
    this.#place(number, hash)
    return number
  }

  #place(number: number, hash: number): void {
    const mask = this.#slots.length - 1
    let slot = hash & mask
    while (this.#slots[slot] !== NONE) slot = (slot + 1) & mask
    this.#slots[slot] = number
  }

  #growSlots(): void {
    const old = this.#slots
    this.#slots = new Int32Array(old.length * 2).fill(NONE)
    for (const number of old) if (number !== NONE) this.#place(number, this.#home(number))
  }

  #growWords(): void {
    const words = new Int32Array(Math.max(this.#words.length * 2, this.width))
    words.set(this.#words)
    this.#words = words
  }

  #hash(words: Int32Array, at: number): number {
    let hash = 0
    for (let w = 0; w < this.width; w++) hash = Math.imul(hash ^ words[at + w]!, GOLDEN) ^ (hash >>> 15)
    return spread(hash)
  }

  #home(number: number): number {
    if (this.width === 1) return hashWord(this.#words[number]!)
    return this.#hash(this.#words, number * this.width)
  }

  #equals(number: number, words: Int32Array, at: number): boolean {
    const from = number * this.width
    for (let w = 0; w < this.width; w++) if (this.#words[from + w] !== words[at + w]) return false
    return true
  }
}

const hashWord = (word: number): number => spread(Math.imul(word, GOLDEN))

/** Brings the high bits, which multiplication mixes best, down to where slots are taken from. */
const spread = (hash: number): number => hash ^ (hash >>> 16)
