/** Small integers for texts, found by dictionary code: the hot loop is an array look-up, no string is hashed per row. */
import type { BinaryColumn, TextColumn } from '../schema/column.ts'

export type Dictionary = readonly (string | Uint8Array)[]

/** The word that stands for null. */
export const NULL_WORD = 0
/** Below this many texts nothing is worth collecting. */
const FEWEST_TO_COLLECT = 4096

/**
 * Gives each different text (or byte string) a number from 1, the same for all dictionaries. Numbers of texts that are no
 * longer used come free by `collect`, which the owner calls when most of them are dead.
 */
export class TextIds {
  /** Bytes are kept under their Latin-1 text, which is one to one. */
  readonly #ids = new Map<string, number>()
  #entries: (string | Uint8Array | undefined)[] = [undefined]
  #free: number[] = []
  /** code → word, 0 = not met yet. Dictionaries only grow, so what was met stays true. */
  #words = new WeakMap<Dictionary, Int32Array>()

  /** Texts that have a number. */
  get size(): number {
    return this.#ids.size
  }

  /** Writes the words of the first n rows to `words[offset + i * stride]`. */
  encode(
    column: TextColumn | BinaryColumn,
    n: number,
    words: Int32Array,
    offset: number,
    stride: number,
  ): void {
    const { values, valid, dictionary } = column
    const known = rememberedBy(this.#words, dictionary)
    for (let i = 0, at = offset; i < n; i++, at += stride) {
      if (valid !== undefined && valid[i] === 0) {
        words[at] = NULL_WORD
        continue
      }
      const code = values[i]!
      let word = known[code]!
      if (word === 0) {
        word = this.wordOf(dictionary[code]!)
        known[code] = word
      }
      words[at] = word
    }
  }

  /** The text or bytes of a word that is not null. */
  entry(word: number): string | Uint8Array {
    return this.#entries[word]!
  }

  /** Whether so many texts are dead that collecting pays; `live` is how many are at most in use. */
  worthCollecting(live: number): boolean {
    return this.#ids.size > FEWEST_TO_COLLECT && this.#ids.size > 2 * live
  }

  /** Frees the numbers of texts that are not among the words in use. */
  collect(used: Iterable<number>): void {
    const live = new Set(used)
    for (let word = 1; word < this.#entries.length; word++) {
      const entry = this.#entries[word]
      if (entry === undefined || live.has(word)) continue
      this.#ids.delete(keyOf(entry))
      this.#entries[word] = undefined
      this.#free.push(word)
    }
    // What dictionaries remember may name freed words.
    this.#words = new WeakMap()
  }

  /** The word of a text or of bytes. */
  wordOf(entry: string | Uint8Array): number {
    const key = keyOf(entry)
    let word = this.#ids.get(key)
    if (word === undefined) {
      word = this.#free.pop() ?? this.#entries.length
      this.#entries[word] = entry
      this.#ids.set(key, word)
    }
    return word
  }
}

const keyOf = (entry: string | Uint8Array): string =>
  typeof entry === 'string' ? entry : Buffer.from(entry).toString('latin1')

/** What is remembered by code of a dictionary, with room for all of its codes; 0 = nothing yet. */
export function rememberedBy(memory: WeakMap<Dictionary, Int32Array>, dictionary: Dictionary): Int32Array {
  const known = memory.get(dictionary)
  if (known !== undefined && known.length >= dictionary.length) return known
  const grown = new Int32Array(Math.max(dictionary.length, 2 * (known?.length ?? 0)))
  if (known !== undefined) grown.set(known)
  memory.set(dictionary, grown)
  return grown
}
