/** What aggregates keep: typed columns indexed by slot, one slot a group. */
import type { Column } from '../../../schema/column.ts'
import type { Frame } from '../kernel/frame.ts'

/** One aggregate over all groups. Slots are small integers that the operator hands out and takes back. */
export interface Accumulator {
  /** Makes room for slots below `capacity`. */
  grow(capacity: number): void
  /** Makes a slot like new; frees what it held. */
  reset(slot: number): void
  /** Takes in the rows of a frame, each into the slot of its group, as often as its weight says. */
  add(frame: Frame, slots: Int32Array): void
  /** Takes one slot's input into another; absent where that cannot be done safely. */
  merge?(into: number, from: number): void
  /** The values of some slots. */
  result(slots: Int32Array): Column
}

/** A column of doubles that grows. */
export function grownDoubles(values: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(capacity)
  grown.set(values)
  return grown
}

/** Marks the slots for which a predicate holds as present; leaves `valid` out where all are. */
export function presence(slots: Int32Array, present: (slot: number) => boolean): { valid?: Uint8Array } {
  let all = true
  const valid = new Uint8Array(slots.length)
  for (let i = 0; i < slots.length; i++) {
    if (present(slots[i]!)) valid[i] = 1
    else all = false
  }
  return all ? {} : { valid }
}
