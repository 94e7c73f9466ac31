/** Dictionaries of texts, found by their UTF-8 bytes: what makes a string column cheap to read. */

const MIN_SLOTS = 64
const ASCII_ONLY = 0x80

/**
 * The strings of a text column with their codes. Strings are found by bytes, so a repeated value is never decoded
 * twice. Open addressing with linear probing; at most half of the slots are taken.
 */
export class Dictionary {
  readonly strings: string[] = []
  #slots = new Int32Array(MIN_SLOTS).fill(-1)
  #hashes = new Int32Array(MIN_SLOTS)
  /** Where the bytes of string i end in the arena; they begin where those of i − 1 end. */
  #ends = new Int32Array(MIN_SLOTS)
  #arena = Buffer.allocUnsafeSlow(MIN_SLOTS * 16)
  #used = 0

  /** Bytes of all strings. */
  get size(): number {
    return this.#used
  }

  /** The code of the text in `bytes[start, end)`, or −1. */
  find(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const slots = this.#slots
    const mask = slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const code = slots[slot]!
      if (code === -1) return -1
      if (this.#hashes[code] === hash && this.#equals(code, bytes, start, end)) return code
    }
  }

  #equals(code: number, bytes: Uint8Array, start: number, end: number): boolean {
    const ends = this.#ends
    const arena = this.#arena
    let at = code === 0 ? 0 : ends[code - 1]!
    if (ends[code]! - at !== end - start) return false
    for (let i = start; i < end; i++) if (arena[at++] !== bytes[i]) return false
    return true
  }

  /** Adds the text in `bytes[start, end)`, which is valid UTF-8 and not there yet; gives its code. */
  add(bytes: Buffer, start: number, end: number, hash: number): number {
    const code = this.strings.length
    if (code === this.#hashes.length) this.#growCodes()
    if (code * 2 >= this.#slots.length) this.#growSlots()
    if (this.#used + end - start > this.#arena.length) this.#growArena(end - start)
    this.#arena.set(bytes.subarray(start, end), this.#used)
    this.#used += end - start
    this.#ends[code] = this.#used
    this.#hashes[code] = hash
    this.#place(code, hash)
    this.strings.push(textAt(bytes, start, end))
    return code
  }

  #place(code: number, hash: number): void {
    const mask = this.#slots.length - 1
    let slot = hash & mask
    while (this.#slots[slot] !== -1) slot = (slot + 1) & mask
    this.#slots[slot] = code
  }

  #growCodes(): void {
    this.#hashes = grownInts(this.#hashes)
    this.#ends = grownInts(this.#ends)
  }

  #growSlots(): void {
    this.#slots = new Int32Array(this.#slots.length * 2).fill(-1)
    for (let code = 0; code < this.strings.length; code++) this.#place(code, this.#hashes[code]!)
  }

  #growArena(needed: number): void {
    const arena = Buffer.allocUnsafeSlow(Math.max(this.#arena.length * 2, this.#used + needed))
    arena.set(this.#arena.subarray(0, this.#used))
    this.#arena = arena
  }
}

function grownInts(old: Int32Array): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(old.length * 2)
  grown.set(old)
  return grown
}

/** The hash of `find` and `add`: FNV-1a, with its high bits folded down because slots are taken from the low ones. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = HASH_SEED
  for (let i = start; i < end; i++) hash = hashByte(hash, bytes[i]!)
  return hashEnd(hash)
}

export const HASH_SEED = -2_128_831_035
export function hashByte(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 16_777_619)
}
export function hashEnd(hash: number): number {
  return hash ^ (hash >>> 15)
}

/** The text of valid UTF-8. Short ASCII, the usual case, is much cheaper to make as Latin-1. */
export function textAt(bytes: Buffer, start: number, end: number): string {
  let any = 0
  for (let i = start; i < end; i++) any |= bytes[i]!
  return any < ASCII_ONLY ? bytes.toString('latin1', start, end) : bytes.toString('utf8', start, end)
}
