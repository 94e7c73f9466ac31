/** boolAnd and boolOr, from counts of the trues and the falses, so that rows can be taken away. */
import type { Column } from '../../../schema/column.ts'
import type { Frame } from '../kernel/frame.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { type Accumulator, grownDoubles, presence } from './accumulator.ts'

export class BoolFold implements Accumulator {
  readonly #argument: Kernel
  readonly #all: boolean
  #trues = new Float64Array(0)
  #falses = new Float64Array(0)

  constructor(argument: Kernel, fn: 'boolAnd' | 'boolOr') {
    this.#argument = argument
    this.#all = fn === 'boolAnd'
  }

  grow(capacity: number): void {
    this.#trues = grownDoubles(this.#trues, capacity)
    this.#falses = grownDoubles(this.#falses, capacity)
  }

  reset(slot: number): void {
    this.#trues[slot] = 0
    this.#falses[slot] = 0
  }

  add(frame: Frame, slots: Int32Array): void {
    const { values, valid } = this.#argument.run(frame)
    for (let i = 0; i < slots.length; i++) {
      if (valid !== undefined && valid[i] === 0) continue
      const counts = values[i] === 1 ? this.#trues : this.#falses
      counts[slots[i]!]! += frame.weights === undefined ? 1 : frame.weights[i]!
    }
  }

  merge(into: number, from: number): void {
    this.#trues[into]! += this.#trues[from]!
    this.#falses[into]! += this.#falses[from]!
  }

  result(slots: Int32Array): Column {
    const holds = (slot: number) => (this.#all ? this.#falses[slot] === 0 : this.#trues[slot]! > 0)
    const values = Uint8Array.from(slots, slot => (holds(slot) ? 1 : 0))
    return {
      form: 'bits',
      values,
      ...presence(slots, slot => this.#trues[slot] !== 0 || this.#falses[slot] !== 0),
    }
  }
}
