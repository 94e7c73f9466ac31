/** The groups of an aggregate: slots, the keys they belong to, and the accumulators over them. */
import type { AggregateNode } from '../../../plan/node.ts'
import type { Column } from '../../../schema/column.ts'
import { KeyTable } from '../../../state/key-table.ts'
import { type Accumulator, grownDoubles } from '../accumulator/accumulator.ts'
import { countInto } from '../accumulator/count.ts'
import { accumulatorsOf } from '../accumulator/make.ts'
import type { Frame } from '../kernel/frame.ts'

const FIRST_SLOTS = 64

/** Hands out slots, and takes them back for the next group. A slot holds one use of its key. */
export class Groups {
  readonly #keys: KeyTable
  readonly #keyIndices: readonly number[]
  readonly #accumulators: readonly Accumulator[]
  /** Rows in each slot by weight, where that matters: a group without rows is no group. */
  #rows: Float64Array | undefined
  #keyOf = new Int32Array(0)
  #next = 0
  readonly #free: number[] = []

  /** `counted`: it matters which groups have rows, also where rows are only added. */
  constructor(node: AggregateNode, counted: boolean) {
    const { schema, mode } = node.input
    const names = Object.keys(schema)
    const retracts = mode !== 'append'
    this.#keys = new KeyTable(node.keys.map(name => schema[name]!))
    this.#keyIndices = node.keys.map(name => names.indexOf(name))
    this.#accumulators = accumulatorsOf(node, retracts)
    this.#rows = counted || retracts ? new Float64Array(0) : undefined
    this.#grow(FIRST_SLOTS)
  }

  /** Every aggregate can be put together from parts. */
  get mergeable(): boolean {
    return this.#accumulators.every(accumulator => accumulator.merge !== undefined)
  }

  /** Above every slot in use. */
  get limit(): number {
    return this.#next
  }

  /** Above every key number in use. */
  get keyLimit(): number {
    return this.#keys.limit
  }

  /** The key number of each row. */
  keyNumbers(frame: Frame): Int32Array {
    return this.#keys.numbers(
      this.#keyIndices.map(index => frame.column(index)),
      frame.length,
    )
  }

  keyOf(slot: number): number {
    return this.#keyOf[slot]!
  }

  open(key: number): number {
    const slot = this.#free.pop() ?? this.#next++
    if (slot >= this.#keyOf.length) this.#grow(2 * this.#keyOf.length)
    this.#keyOf[slot] = key
    this.#keys.retain(key)
    for (const accumulator of this.#accumulators) accumulator.reset(slot)
    if (this.#rows !== undefined) this.#rows[slot] = 0
    return slot
  }

  close(slot: number): void {
    this.#keys.release(this.#keyOf[slot]!)
    for (const accumulator of this.#accumulators) accumulator.reset(slot)
    this.#free.push(slot)
  }

  /** Frees what closed groups held. */
  collect(): void {
    this.#keys.collect()
  }

  add(frame: Frame, slots: Int32Array): void {
    for (const accumulator of this.#accumulators) accumulator.add(frame, slots)
    if (this.#rows !== undefined) countInto(this.#rows, slots, undefined, frame.weights)
  }

  merge(into: number, from: number): void {
    for (const accumulator of this.#accumulators) accumulator.merge!(into, from)
    if (this.#rows !== undefined) this.#rows[into]! += this.#rows[from]!
  }

  /** Whether a group has rows. */
  alive(slot: number): boolean {
    return this.#rows === undefined || this.#rows[slot]! > 0
  }

  /** Whether as many rows were taken away as came. Where taking away comes first, a group is neither alive nor this. */
  balanced(slot: number): boolean {
    return this.#rows !== undefined && this.#rows[slot] === 0
  }

  keyColumns(slots: Int32Array): Column[] {
    return this.#keys.columnsOf(slots.map(slot => this.#keyOf[slot]!))
  }

  resultColumns(slots: Int32Array): Column[] {
    return this.#accumulators.map(accumulator => accumulator.result(slots))
  }

  #grow(capacity: number): void {
    const keyOf = new Int32Array(capacity)
    keyOf.set(this.#keyOf)
    this.#keyOf = keyOf
    for (const accumulator of this.#accumulators) accumulator.grow(capacity)
    if (this.#rows !== undefined) this.#rows = grownDoubles(this.#rows, capacity)
  }
}
