/** Aggregates without a window: each step emits what it changed. */
import type { AggregateNode } from '../../../plan/node.ts'
import { Frame } from '../kernel/frame.ts'
import { Changes, sameRows } from './changes.ts'
import { Groups } from './groups.ts'
import { Operator } from './operator.ts'

const NONE = -1

export class KeyedAggregate extends Operator {
  readonly #groups: Groups
  readonly #changes: Changes
  /** Slots by key number. */
  #slots = new Int32Array(0)

  constructor(node: AggregateNode) {
    super()
    this.#groups = new Groups(node, true)
    this.#changes = new Changes(this.#groups, slots => this.#groups.keyColumns(slots))
  }

  protected async process(frame: Frame): Promise<void> {
    const slots = this.#slotsOf(this.#groups.keyNumbers(frame))
    this.#changes.touch(slots)
    this.#groups.add(frame, slots)
  }

  #slotsOf(keys: Int32Array): Int32Array {
    this.#reserve()
    const slots = new Int32Array(keys.length)
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!
      if (this.#slots[key] === NONE) this.#slots[key] = this.#groups.open(key)
      slots[i] = this.#slots[key]!
    }
    return slots
  }

  #reserve(): void {
    const { keyLimit } = this.#groups
    if (keyLimit <= this.#slots.length) return
    const slots = new Int32Array(2 * keyLimit).fill(NONE)
    slots.set(this.#slots)
    this.#slots = slots
  }

  override async stepEnd(): Promise<void> {
    if (!this.#changes.any) return
    const { frames, dead } = this.#changes.take()
    for (const slot of dead) {
      this.#slots[this.#groups.keyOf(slot)] = NONE
      this.#groups.close(slot)
    }
    this.#groups.collect()
    for (const frame of frames) await this.emit(frame)
  }
}

/** An aggregate without keys: one row at all times, from the first step on, also for no input. */
export class WholeAggregate extends Operator {
  readonly #groups: Groups
  readonly #slot: number
  /** The row as it was last emitted. */
  #emitted: Frame | undefined

  constructor(node: AggregateNode) {
    super()
    this.#groups = new Groups(node, false)
    this.#slot = this.#groups.open(0)
  }

  protected async process(frame: Frame): Promise<void> {
    this.#groups.add(frame, new Int32Array(frame.length).fill(this.#slot))
  }

  override async stepEnd(): Promise<void> {
    const columns = this.#groups.resultColumns(Int32Array.of(this.#slot))
    const before = this.#emitted
    if (
      before !== undefined &&
      sameRows(
        columns.map((_, i) => before.column(i)),
        columns,
        1,
      )[0] === 1
    )
      return
    this.#emitted = new Frame(1, columns, Int32Array.of(1))
    if (before !== undefined) await this.emit(before.withWeights(Int32Array.of(-1)))
    await this.emit(this.#emitted)
  }
}
