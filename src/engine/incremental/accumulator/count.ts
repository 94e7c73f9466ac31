/** Counting rows, or the values of a column that are not null. */
import type { Column } from '../../../schema/column.ts'
import type { Frame } from '../kernel/frame.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { pack64 } from '../kernel/vector.ts'
import { type Accumulator, grownDoubles } from './accumulator.ts'

/** Adds to each row's slot its weight, if it is present. */
export function countInto(
  counts: Float64Array,
  slots: Int32Array,
  valid: Uint8Array | undefined,
  weights: Int32Array | undefined,
): void {
  const n = slots.length
  if (valid === undefined && weights === undefined) {
    for (let i = 0; i < n; i++) counts[slots[i]!]!++
    return
  }
  for (let i = 0; i < n; i++) {
    if (valid === undefined || valid[i] === 1) counts[slots[i]!]! += weights === undefined ? 1 : weights[i]!
  }
}

/** Counts as lanes: exact up to 2^53 rows a group. */
export class Count implements Accumulator {
  readonly #argument: Kernel | undefined
  #counts = new Float64Array(0)

  constructor(argument: Kernel | undefined) {
    this.#argument = argument
  }

  grow(capacity: number): void {
    this.#counts = grownDoubles(this.#counts, capacity)
  }

  reset(slot: number): void {
    this.#counts[slot] = 0
  }

  add(frame: Frame, slots: Int32Array): void {
    countInto(this.#counts, slots, this.#argument?.run(frame).valid, frame.weights)
  }

  merge(into: number, from: number): void {
    this.#counts[into]! += this.#counts[from]!
  }

  result(slots: Int32Array): Column {
    const lanes = new Float64Array(slots.length)
    for (let i = 0; i < slots.length; i++) lanes[i] = this.#counts[slots[i]!]!
    return { form: 'int64', values: pack64(lanes, slots.length) }
  }
}
