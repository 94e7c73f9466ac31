/** countDistinct: the different values of a group, exactly. */
import type { Cell } from '../../../schema/cell.ts'
import type { Column } from '../../../schema/column.ts'
import type { Frame } from '../kernel/frame.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { cellOf, pack64 } from '../kernel/vector.ts'
import type { Accumulator } from './accumulator.ts'

/** Equal values of one type are the same key of a Map, which takes −0 for 0. */
type ValueKey = string | number | bigint | boolean

const keyOf = (cell: Cell): ValueKey =>
  cell instanceof Uint8Array ? Buffer.from(cell).toString('latin1') : (cell as ValueKey)

/** How often each value is there; those that came to nothing are forgotten. */
export class CountDistinct implements Accumulator {
  readonly #argument: Kernel
  readonly #values: Map<ValueKey, number>[] = []

  constructor(argument: Kernel) {
    this.#argument = argument
  }

  grow(): void {}

  reset(slot: number): void {
    this.#values[slot] = new Map()
  }

  add(frame: Frame, slots: Int32Array): void {
    const vector = this.#argument.run(frame)
    for (let i = 0; i < slots.length; i++) {
      const cell = cellOf(vector, this.#argument.type, i)
      if (cell !== null) change(this.#values[slots[i]!]!, keyOf(cell), frame.weights?.[i] ?? 1)
    }
  }

  merge(into: number, from: number): void {
    for (const [key, count] of this.#values[from]!) change(this.#values[into]!, key, count)
  }

  result(slots: Int32Array): Column {
    const sizes = Float64Array.from(slots, slot => this.#values[slot]!.size)
    return { form: 'int64', values: pack64(sizes, slots.length) }
  }
}

function change(values: Map<ValueKey, number>, key: ValueKey, by: number): void {
  const count = (values.get(key) ?? 0) + by
  if (count === 0) values.delete(key)
  else values.set(key, count)
}
