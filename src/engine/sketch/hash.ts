/**
 * The one 64-bit hash of cells that sketches use in every engine, as two 32-bit halves so that no row needs a bigint.
 *
 * A cell is hashed as 32-bit words: a number as the two words of its IEEE double, low first, −0 as 0; a bool as 0 or 1;
 * a bigint as the four words of its 128-bit two's complement, low first; text as its UTF-16 units, two a word, low first;
 * bytes four a word, low first. Words go through two lanes after MurmurHash3 (Austin Appleby, public domain), which are
 * mixed into each other at every word and at the end.
 */
import type { Cell } from '../../schema/cell.ts'

/** The halves of a hash, signed. Reused by its owner: read them before hashing again. */
export interface Hash {
  high: number
  low: number
}

const double = new Float64Array(1)
const doubleWords = new Uint32Array(double.buffer)
const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1
const LOW = littleEndian ? 0 : 1
const HIGH = 1 - LOW

/** A value that an aggregate can count: not null, which is skipped, and not a list, which has no equality. */
export type HashedCell = Exclude<Cell, null | readonly Cell[]>

export function hashCell(cell: HashedCell, into: Hash): void {
  if (typeof cell === 'string') hashText(cell, into)
  else if (typeof cell === 'bigint') hashBigint(cell, into)
  else if (cell instanceof Uint8Array) hashBytes(cell, into)
  else hashNumber(Number(cell), into)
}

/** bool, int32, date and float64 cells. */
function hashNumber(x: number, into: Hash): void {
  double[0] = x === 0 ? 0 : x
  begin(into)
  word(into, doubleWords[LOW]!)
  word(into, doubleWords[HIGH]!)
  end(into, 2)
}

/** int64, timestamp and decimal cells by their two lowest words: those beyond are the sign's. */
export function hashInt64(low: number, high: number, into: Hash): void {
  begin(into)
  word(into, low)
  word(into, high)
  word(into, high >> 31)
  word(into, high >> 31)
  end(into, 4)
}

function hashText(text: string, into: Hash): void {
  const n = text.length
  begin(into)
  for (let i = 0; i + 1 < n; i += 2) word(into, text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16))
  if (n % 2 === 1) word(into, text.charCodeAt(n - 1))
  end(into, n)
}

function hashBigint(value: bigint, into: Hash): void {
  begin(into)
  for (let shift = 0n; shift < 128n; shift += 32n) word(into, Number(BigInt.asIntN(32, value >> shift)))
  end(into, 4)
}

function hashBytes(bytes: Uint8Array, into: Hash): void {
  begin(into)
  for (let i = 0; i < bytes.length; i += 4) {
    word(
      into,
      bytes[i]! | ((bytes[i + 1] ?? 0) << 8) | ((bytes[i + 2] ?? 0) << 16) | ((bytes[i + 3] ?? 0) << 24),
    )
  }
  end(into, bytes.length)
}

function begin(hash: Hash): void {
  hash.low = 0x2f0b4a27
  hash.high = 0x6a09e667
}

function word(hash: Hash, w: number): void {
  let a = Math.imul(w, 0xcc9e2d51)
  a = Math.imul((a << 15) | (a >>> 17), 0x1b873593) ^ hash.low
  a = ((a << 13) | (a >>> 19)) + hash.high
  let b = Math.imul(w, 0xab0e9789)
  b = Math.imul((b << 16) | (b >>> 16), 0x38b34ae5) ^ hash.high
  b = ((b << 17) | (b >>> 15)) + a
  hash.low = (Math.imul(a, 5) + 0xe6546b64) | 0
  hash.high = (Math.imul(b, 5) + 0x561ccd1b) | 0
}

function end(hash: Hash, length: number): void {
  const a = hash.low ^ length
  const b = hash.high ^ length
  const low = avalanche((a + b) | 0)
  const high = avalanche((a + 2 * b) | 0)
  hash.low = (low + high) | 0
  hash.high = (low + 2 * high) | 0
}

/** MurmurHash3's finaliser: every bit of the input changes half of the bits of the output. */
function avalanche(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
