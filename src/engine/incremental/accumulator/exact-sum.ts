/** Exact sums of integers and decimals: doubles while they are safe integers, bigints for what goes beyond. */
import { HIGH, halvesOf, LOW, SAFE, SAFE_HIGH, TWO_32 } from '../kernel/vector.ts'
import { grownDoubles } from './accumulator.ts'

export class ExactTotals {
  /** The part of each total that is within ±2^53. */
  #near = new Float64Array(0)
  /** The rest of the few totals that went beyond. */
  readonly #far = new Map<number, bigint>()

  grow(capacity: number): void {
    this.#near = grownDoubles(this.#near, capacity)
  }

  reset(slot: number): void {
    this.#near[slot] = 0
    if (this.#far.size > 0) this.#far.delete(slot)
  }

  /** Adds lanes to the slots of their rows. */
  addLanes(slots: Int32Array, lanes: Float64Array): void {
    const near = this.#near
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i]!
      const total = near[slot]! + lanes[i]!
      // A rounded sum of two safe integers that still lies within the bound was not rounded.
      if (total <= SAFE && total >= -SAFE) near[slot] = total
      else this.add(slot, BigInt(lanes[i]!))
    }
  }

  /** Adds 64-bit integers, given as halves, to the slots of their rows. */
  addInt64(slots: Int32Array, values: BigInt64Array): void {
    const near = this.#near
    const halves = halvesOf(values)
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i]!
      const high = halves[2 * i + HIGH]!
      const total = near[slot]! + (high * TWO_32 + (halves[2 * i + LOW]! >>> 0))
      const safe = high < SAFE_HIGH && high >= -SAFE_HIGH && total <= SAFE && total >= -SAFE
      if (safe) near[slot] = total
      else this.add(slot, values[i]!)
    }
  }

  /** The same with nulls and weights. */
  addSome(
    slots: Int32Array,
    lanes: Float64Array,
    valid: Uint8Array | undefined,
    weights: Int32Array | undefined,
  ): void {
    const near = this.#near
    for (let i = 0; i < slots.length; i++) {
      if (valid !== undefined && valid[i] === 0) continue
      const slot = slots[i]!
      const weight = weights === undefined ? 1 : weights[i]!
      const value = lanes[i]! * weight
      const total = near[slot]! + value
      const safe = total <= SAFE && total >= -SAFE && value <= SAFE && value >= -SAFE
      if (safe) near[slot] = total
      else this.add(slot, BigInt(lanes[i]!) * BigInt(weight))
    }
  }

  add(slot: number, value: bigint): void {
    this.#far.set(slot, (this.#far.get(slot) ?? 0n) + BigInt(this.#near[slot]!) + value)
    this.#near[slot] = 0
  }

  merge(into: number, from: number): void {
    this.add(into, this.total(from))
    this.#settle(into)
  }

  /** Brings a total that is small again back to a double. */
  #settle(slot: number): void {
    const total = this.total(slot)
    if (total > SAFE || total < -SAFE) return
    this.#far.delete(slot)
    this.#near[slot] = Number(total)
  }

  /** The total as a double if it is a safe integer. */
  near(slot: number): number | undefined {
    return this.#far.size > 0 && this.#far.has(slot) ? undefined : this.#near[slot]!
  }

  total(slot: number): bigint {
    return (this.#far.get(slot) ?? 0n) + BigInt(this.#near[slot]!)
  }
}
