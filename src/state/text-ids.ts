/** Ids for texts, found by dictionary code: the hot loop is an array look-up, no string is hashed per row. */
import type { BinaryColumn, TextColumn } from '../schema/column.ts'

export type Dictionary = readonly (string | Uint8Array)[]

/** The id that stands for null. */
export const NULL_ID = 0
/** Below this many texts nothing is worth collecting. */
const FEWEST_TO_COLLECT = 4096

/**
 * Gives each different text (or byte string) an id from 1, the same for all dictionaries, which fits a 32-bit word of a key.
 * Ids of texts that are no longer used come free by `collect`, which the owner calls when most of them are dead.
 */
export class TextIds {
  /** Bytes are kept under their Latin-1 text, which is one to one. */
  readonly #ids = new Map<string, number>()
  #entries: (string | Uint8Array | undefined)[] = [undefined]
  #free: number[] = []
  /** code → id, 0 = not met yet. Dictionaries only grow, so what was met stays true. */
  #byCode = new WeakMap<Dictionary, Int32Array>()

  /** Texts that have an id. */
  get size(): number {
    return this.#ids.size
  }

  /** Writes the ids of the first n rows to `words[offset + i * stride]`. */
  encode(
    column: TextColumn | BinaryColumn,
    n: number,
    words: Int32Array,
    offset: number,
    stride: number,
  ): void {
    const { values, valid, dictionary } = column
    const known = rememberedBy(this.#byCode, dictionary)
    for (let i = 0, at = offset; i < n; i++, at += stride) {
      if (valid !== undefined && valid[i] === 0) {
        words[at] = NULL_ID
        continue
      }
      const code = values[i]!
      let id = known[code]!
      if (id === 0) {
        id = this.idOf(dictionary[code]!)
        known[code] = id
      }
      words[at] = id
    }
  }

  /** The text or bytes of an id that is not null's. */
  entry(id: number): string | Uint8Array {
    return this.#entries[id]!
  }

  /** Whether so many texts are dead that collecting pays; `live` is how many are at most in use. */
  worthCollecting(live: number): boolean {
    return this.#ids.size > FEWEST_TO_COLLECT && this.#ids.size > 2 * live
  }

  /** Frees the ids of texts that are not in use. */
  collect(used: Iterable<number>): void {
    const live = new Set(used)
    for (let id = 1; id < this.#entries.length; id++) {
      const entry = this.#entries[id]
      if (entry === undefined || live.has(id)) continue
      this.#ids.delete(keyOf(entry))
      this.#entries[id] = undefined
      this.#free.push(id)
    }
    // What dictionaries remember may name freed ids.
    this.#byCode = new WeakMap()
  }

  /** The id of a text or of bytes, a new one where it has none. */
  idOf(entry: string | Uint8Array): number {
    const key = keyOf(entry)
    let id = this.#ids.get(key)
    if (id === undefined) {
      id = this.#free.pop() ?? this.#entries.length
      this.#entries[id] = entry
      this.#ids.set(key, id)
    }
    return id
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
