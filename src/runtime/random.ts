/** Randomness: seeded, so that one seed is one sequence on every machine, except for names that must not meet. */
import { randomUUID } from 'node:crypto'

/** A name that no other process, run or machine has: for files that answers do not depend on. */
export function unusedName(): string {
  return randomUUID()
}

/** Gives numbers in [0, 1). Mulberry32, a public-domain 32-bit generator by Tommy Ettinger. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let x = Math.imul(state ^ (state >>> 15), state | 1)
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61)
    return ((x ^ (x >>> 14)) >>> 0) / 4_294_967_296
  }
}

/**
 * A 32-bit number that depends only on its key and a row, so that any part of a generated column can be made again.
 * The finaliser of MurmurHash3 (Austin Appleby, public domain) over the row mixed with the key.
 */
export function hashAt(key: number, row: number): number {
  let x = (Math.imul(row, 0x9e3779b1) ^ key ^ Math.floor(row / 4_294_967_296)) | 0
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}
