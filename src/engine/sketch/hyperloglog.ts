/**
 * HyperLogLog: counts different values in at most 16 KB with a standard error of 1.04 / √2^14 = 0.8 %.
 *
 * P. Flajolet, É. Fusy, O. Gandouet, F. Meunier, "HyperLogLog: the analysis of a near-optimal cardinality estimation
 * algorithm", 2007; estimated after O. Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", 2017, which
 * needs no correction tables at either end. The estimate depends only on the set of values, never on their order, on how
 * often each came, or on how partial sketches were merged.
 */
import { type Hash, type HashedCell, hashCell } from './hash.ts'

const INDEX_BITS = 14
const REGISTERS = 1 << INDEX_BITS
/** Bits of the hash beyond the index; a register holds 0 (never hit) to this plus one. */
const RANK_BITS = 64 - INDEX_BITS
/** Slots of the sparse form at which the dense form is as small. */
const MOST_SLOTS = REGISTERS / 4

const scratch: Hash = { high: 0, low: 0 }

export class HyperLogLog {
  /** Open addressing over `index << 6 | rank`, 0 = free: a group with few values takes few bytes. */
  private sparse: Int32Array | undefined = new Int32Array(16)
  private used = 0
  private dense: Uint8Array | undefined

  add(cell: HashedCell): void {
    hashCell(cell, scratch)
    this.addHash(scratch)
  }

  /** Adds a value by its hash, for engines that hash columns or keep the hashes of a dictionary. */
  addHash(hash: Hash): void {
    const index = hash.low & (REGISTERS - 1)
    const rest = hash.low >>> INDEX_BITS
    const zeros = hash.high !== 0 ? Math.clz32(hash.high) : 32 + Math.clz32(rest) - INDEX_BITS
    this.raise(index, zeros + 1)
  }

  /** Takes in the values of another sketch, which stays as it is. */
  merge(other: HyperLogLog): void {
    other.eachRegister((index, rank) => this.raise(index, rank))
  }

  /** The estimated number of different values, rounded. */
  estimate(): number {
    const counts = new Float64Array(RANK_BITS + 2)
    counts[0] = REGISTERS
    this.eachRegister((_index, rank) => {
      counts[rank]!++
      counts[0]!--
    })
    let z = REGISTERS * tau(1 - counts[RANK_BITS + 1]! / REGISTERS)
    for (let k = RANK_BITS; k >= 1; k--) z = 0.5 * (z + counts[k]!)
    z += REGISTERS * sigma(counts[0]! / REGISTERS)
    return Math.round((REGISTERS * REGISTERS) / (2 * Math.LN2 * z))
  }

  private raise(index: number, rank: number): void {
    if (this.dense !== undefined) {
      if (this.dense[index]! < rank) this.dense[index] = rank
    } else this.raiseSparse(this.sparse!, index, rank)
  }

  private raiseSparse(slots: Int32Array, index: number, rank: number): void {
    const mask = slots.length - 1
    // The index is hash bits already: its low bits spread well.
    let at = index & mask
    while (slots[at] !== 0 && slots[at]! >> 6 !== index) at = (at + 1) & mask
    if (slots[at] === 0) this.used++
    if ((slots[at]! & 63) < rank) slots[at] = (index << 6) | rank
    if (this.used > slots.length / 2) this.grow(slots)
  }

  private grow(slots: Int32Array): void {
    if (slots.length < MOST_SLOTS) {
      this.sparse = new Int32Array(slots.length * 2)
      this.used = 0
    } else {
      this.sparse = undefined
      this.dense = new Uint8Array(REGISTERS)
    }
    for (const slot of slots) if (slot !== 0) this.raise(slot >> 6, slot & 63)
  }

  private eachRegister(visit: (index: number, rank: number) => void): void {
    if (this.dense !== undefined) {
      for (let i = 0; i < REGISTERS; i++) if (this.dense[i] !== 0) visit(i, this.dense[i]!)
    } else for (const slot of this.sparse!) if (slot !== 0) visit(slot >> 6, slot & 63)
  }
}

/** Ertl's σ(x) = x + Σ 2^(k−1) x^(2^k): what registers never hit tell. σ(1) = ∞: an empty sketch counts 0. */
function sigma(x: number): number {
  if (x === 1) return Number.POSITIVE_INFINITY
  let sum = x
  for (let weight = 1; ; weight *= 2) {
    x *= x
    const next = sum + x * weight
    if (next === sum) return sum
    sum = next
  }
}

/** Ertl's τ(x) = (1 − x − Σ (1 − x^(2^−k))² 2^−k) / 3: what saturated registers tell. */
function tau(x: number): number {
  if (x === 0 || x === 1) return 0
  let sum = 1 - x
  for (let weight = 0.5; ; weight /= 2) {
    x = Math.sqrt(x)
    const next = sum - (1 - x) ** 2 * weight
    if (next === sum) return sum / 3
    sum = next
  }
}
