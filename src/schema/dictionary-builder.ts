/** Dictionaries of texts, found by their UTF-8 bytes: what makes a string column cheap to read. */

const FIRST_SLOTS = 64
const ASCII_ONLY = 0x80

/** A slot is four words, so that a look-up touches one place here and one in the arena. */
const SLOT = 4
/** In a slot: the code plus one (0: the slot is free), the hash, and where the bytes begin and end in the arena. */
const CODE = 0
const HASH = 1
const START = 2
const END = 3

/**
 * The strings of a text column with their codes. Strings are found by bytes, so a repeated value is never decoded
 * twice. Open addressing with linear probing; at most half of the slots are taken.
 */
export class DictionaryBuilder {
  readonly strings: string[] = []
  #slots = new Int32Array(FIRST_SLOTS * SLOT)
  #arena = Buffer.allocUnsafeSlow(FIRST_SLOTS * 16)
  #used = 0

  /** Bytes of all strings. */
  get size(): number {
    return this.#used
  }

  /** The code of the text in `bytes[start, end)`, or −1. */
  find(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const slots = this.#slots
    const mask = slots.length - 1
    for (let slot = (hash << 2) & mask; ; slot = (slot + SLOT) & mask) {
      const code = slots[slot + CODE]!
      if (code === 0) return -1
      if (slots[slot + HASH] === hash && slots[slot + END]! - slots[slot + START]! === end - start) {
        if (this.#equals(slots[slot + START]!, bytes, start, end)) return code - 1
      }
    }
  }

  #equals(at: number, bytes: Uint8Array, start: number, end: number): boolean {
    const arena = this.#arena
    for (let i = start; i < end; i++) if (arena[at++] !== bytes[i]) return false
    return true
  }

  /** Adds the text in `bytes[start, end)`, which is valid UTF-8 and not there yet; gives its code. */
  add(bytes: Buffer, start: number, end: number, hash: number): number {
    if (this.strings.length * 2 * SLOT >= this.#slots.length) this.#growSlots()
    if (this.#used + end - start > this.#arena.length) this.#growArena(end - start)
    const at = this.#used
    this.#arena.set(bytes.subarray(start, end), at)
    this.#used += end - start
    const code = this.strings.push(textAt(bytes, start, end))
    place(this.#slots, code, hash, at, this.#used)
    return code - 1
  }

  #growSlots(): void {
    const old = this.#slots
    const slots = new Int32Array(old.length * 2)
    for (let i = 0; i < old.length; i += SLOT) {
      if (old[i] !== 0) place(slots, old[i + CODE]!, old[i + HASH]!, old[i + START]!, old[i + END]!)
    }
    this.#slots = slots
  }

  #growArena(needed: number): void {
    const arena = Buffer.allocUnsafeSlow(Math.max(this.#arena.length * 2, this.#used + needed))
    arena.set(this.#arena.subarray(0, this.#used))
    this.#arena = arena
  }
}

function place(slots: Int32Array, code: number, hash: number, start: number, end: number): void {
  const mask = slots.length - 1
  let slot = (hash << 2) & mask
  while (slots[slot] !== 0) slot = (slot + SLOT) & mask
  slots[slot + CODE] = code
  slots[slot + HASH] = hash
  slots[slot + START] = start
  slots[slot + END] = end
}

/**
 * The hash of `find` and `add`. Four bytes a step, because each step waits for the multiplication of the one before;
 * folded after each, because a product's low bits, from which slots are taken, know nothing of its factor's high ones.
 */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start
  let at = start
  for (; at + 4 <= end; at += 4) {
    hash ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    hash = Math.imul(hash, MULTIPLIER)
    hash ^= hash >>> 15
  }
  for (; at < end; at++) {
    hash = Math.imul(hash ^ bytes[at]!, MULTIPLIER)
    hash ^= hash >>> 15
  }
  return hash
}

/** 2^32 divided by the golden ratio, odd (Knuth, "The Art of Computer Programming", 6.4). */
const MULTIPLIER = 0x9e3779b1

/** The text of valid UTF-8. Short ASCII, the usual case, is much cheaper to make as Latin-1. */
export function textAt(bytes: Buffer, start: number, end: number): string {
  let any = 0
  for (let i = start; i < end; i++) any |= bytes[i]!
  return any < ASCII_ONLY ? bytes.toString('latin1', start, end) : bytes.toString('utf8', start, end)
}
