/**
 * DuckDB's strings as columns of codes. A string in a vector is 16 bytes: its length, then up to 12 bytes of the string
 * itself padded with zeros, or 4 bytes of it and a pointer to the whole. Equal short strings are therefore equal 16 bytes,
 * which is what the tables here look up, without ever making a string for a value that was seen before.
 */
import '../binding.ts'
import duckdb from '@duckdb/node-bindings'
import type { ColumnType } from '../../schema/type.ts'

/** The longest string that a vector holds in place. */
export const INLINE_BYTES = 12

/** A dictionary above this many entries is left to its readers, and a new one begun with the next batch. */
const DICTIONARY_ENTRIES = 65_536

/**
 * Strings no further apart than this are fetched as one run. The bytes between them lie on the pages of the one or the other,
 * as no page is smaller, so that they can be read.
 */
const SAME_PAGES = 4095
/** The longest run, so that a fetch stays small. */
const RUN_BYTES = 1 << 20

/** Numbers 16-byte values 0, 1, 2… in the order they first come: open addressing, linear probing, at most half full. */
class WordTable {
  #slots = new Int32Array(1024)
  #words = new Int32Array(4 * 512)
  size = 0

  clear(): void {
    this.#slots.fill(0)
    this.size = 0
  }

  /** The number of the value at `words[at .. at + 3]`; equal to the former `size` where it is new. */
  number(words: Int32Array, at: number): number {
    const a = words[at]!
    const b = words[at + 1]!
    const c = words[at + 2]!
    const d = words[at + 3]!
    const mask = this.#slots.length - 1
    let slot = mix(a, b, c, d) & mask
    for (;;) {
      const number = this.#slots[slot]! - 1
      if (number < 0) break
      const w = number * 4
      const mine = this.#words
      if (mine[w] === a && mine[w + 1] === b && mine[w + 2] === c && mine[w + 3] === d) return number
      slot = (slot + 1) & mask
    }
    this.#slots[slot] = this.size + 1
    const number = this.size++
    const w = number * 4
    this.#words[w] = a
    this.#words[w + 1] = b
    this.#words[w + 2] = c
    this.#words[w + 3] = d
    if (this.size * 4 === this.#words.length) this.#grow()
    return number
  }

  #grow(): void {
    const words = new Int32Array(this.#words.length * 2)
    words.set(this.#words)
    const slots = new Int32Array(this.#slots.length * 2)
    const mask = slots.length - 1
    for (let number = 0; number < this.size; number++) {
      const w = number * 4
      let slot = mix(words[w]!, words[w + 1]!, words[w + 2]!, words[w + 3]!) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = number + 1
    }
    this.#words = words
    this.#slots = slots
  }
}

/** The finaliser of MurmurHash3 (Austin Appleby, public domain) over a product sum of the words. */
function mix(a: number, b: number, c: number, d: number): number {
  let h =
    Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35) ^ Math.imul(d, 0x27d4eb2f)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** The address in a string's last 8 bytes. Addresses have 48 bits, so that a double holds them. */
function pointerAt(words: Int32Array, row: number): number {
  return (words[row * 4 + 3]! >>> 0) * 2 ** 32 + (words[row * 4 + 2]! >>> 0)
}

/** Reads the strings or blobs of one column of a result into codes of a dictionary that grows from chunk to chunk. */
export class TextReader {
  readonly #binary: boolean
  #dictionary: (string | Uint8Array)[] = []
  readonly #short = new WordTable()
  #shortCodes: number[] = []
  // A pointer means something only while its chunk lives.
  readonly #long = new WordTable()

  constructor(type: ColumnType) {
    this.#binary = type.kind === 'bytes'
  }

  get dictionary(): readonly (string | Uint8Array)[] {
    return this.#dictionary
  }

  /** Called between batches: begins a new dictionary where the old one has become large. */
  renew(): void {
    if (this.#dictionary.length < DICTIONARY_ENTRIES) return
    this.#dictionary = []
    this.#short.clear()
    this.#shortCodes = []
  }

  /** `data` holds 16 bytes a row; `valid` one byte a row, absent = all present. */
  read(data: Uint8Array, rows: number, valid: Uint8Array | undefined): Int32Array {
    const words = new Int32Array(data.buffer, data.byteOffset, rows * 4)
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    const codes = new Int32Array(rows)
    const long: number[] = []
    for (let row = 0; row < rows; row++) {
      if (valid !== undefined && valid[row] === 0) {
        codes[row] = -1
        continue
      }
      const length = words[row * 4]!
      if (length > INLINE_BYTES) {
        long.push(row)
        continue
      }
      const number = this.#short.number(words, row * 4)
      if (number === this.#shortCodes.length) this.#shortCodes.push(this.#add(bytes, row * 16 + 4, length))
      codes[row] = this.#shortCodes[number]!
    }
    if (long.length > 0) this.#readLong(data, words, long, codes)
    return codes
  }

  /** Fetches each pointer once, and neighbours in memory at once. */
  #readLong(data: Uint8Array, words: Int32Array, rows: readonly number[], codes: Int32Array): void {
    this.#long.clear()
    const first: number[] = []
    for (const row of rows) {
      const number = this.#long.number(words, row * 4)
      if (number === first.length) first.push(row)
      codes[row] = number
    }
    const added = this.#fetch(data, words, first)
    for (const row of rows) codes[row] = added[codes[row]!]!
  }

  /** Appends the strings at the rows' pointers; gives their codes. */
  #fetch(data: Uint8Array, words: Int32Array, rows: readonly number[]): number[] {
    const added: number[] = []
    for (let i = 0; i < rows.length; ) {
      // Strings follow each other upwards in a heap, downwards in the blocks of a table.
      let first = rows[i]!
      let start = pointerAt(words, first)
      let end = start + words[first * 4]!
      let next = i + 1
      for (; next < rows.length; next++) {
        const row = rows[next]!
        const from = pointerAt(words, row)
        const to = from + words[row * 4]!
        if (from > end + SAME_PAGES || to < start - SAME_PAGES) break
        if (Math.max(end, to) - Math.min(start, from) > RUN_BYTES) break
        if (from < start) {
          start = from
          first = row
        }
        end = Math.max(end, to)
      }
      const at = data.byteOffset + first * 16 + 8
      const run = duckdb.get_data_from_pointer(data.buffer as ArrayBuffer, at, end - start)
      const bytes = Buffer.from(run.buffer, run.byteOffset, run.byteLength)
      for (; i < next; i++) {
        const row = rows[i]!
        added.push(this.#add(bytes, pointerAt(words, row) - start, words[row * 4]!))
      }
    }
    return added
  }

  #add(bytes: Buffer, at: number, length: number): number {
    const value = this.#binary
      ? Uint8Array.from(bytes.subarray(at, at + length))
      : bytes.toString('utf8', at, at + length)
    return this.#dictionary.push(value) - 1
  }
}
