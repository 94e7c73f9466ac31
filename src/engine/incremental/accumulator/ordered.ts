/** first, last, argMin and argMax: the value of the row that leads a total order. */
import { columnOfCells } from '../../../schema/batch.ts'
import { type Cell, cellKey, compareCells } from '../../../schema/cell.ts'
import type { Column } from '../../../schema/column.ts'
import type { Frame } from '../kernel/frame.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { cellOf, lanesOf, type Vector } from '../kernel/vector.ts'
import type { Accumulator } from './accumulator.ts'
import { Multiset } from './multiset.ts'

export type OrderedName = 'first' | 'last' | 'argMin' | 'argMax'

/** What an ordered aggregate looks at. */
export interface OrderedInput {
  readonly value: Kernel
  /** argMin and argMax: rows where it is null are left out. */
  readonly by?: Kernel
  /** The event time, where the input has one. */
  readonly time?: Kernel
  /** All columns of the input, in order: the last tie-break. */
  readonly row: readonly Kernel[]
}

/** A row as it is kept: its value, and the cells it is ordered by. */
interface Candidate {
  readonly value: Cell
  readonly order: readonly Cell[]
}

/** Whether a comes before b: by the first cell forward or backward, and by the rest. */
function precedes(fn: OrderedName) {
  const [first, rest] = { first: [1, 1], last: [-1, -1], argMin: [1, 1], argMax: [-1, 1] }[fn] as [
    number,
    number,
  ]
  return (a: Candidate, b: Candidate): boolean => {
    for (let i = 0; i < a.order.length; i++) {
      const order = compareCells(a.order[i]!, b.order[i]!)
      if (order !== 0) return order * (i === 0 ? first : rest) < 0
    }
    return false
  }
}

/** The columns of one batch, and how to see a row of it. */
class OrderedRows {
  readonly #value: Vector
  readonly #order: readonly Vector[]
  readonly #kernels: readonly Kernel[]
  readonly #input: OrderedInput
  /** The first order column as doubles, where it has no null and fits. */
  readonly leading: Float64Array | undefined

  constructor(input: OrderedInput, frame: Frame) {
    this.#input = input
    this.#kernels = [...(input.by ? [input.by] : []), ...(input.time ? [input.time] : []), ...input.row]
    this.#value = input.value.run(frame)
    this.#order = this.#kernels.map(kernel => kernel.run(frame))
    this.leading = leadingDoubles(this.#order[0]!, frame.length)
  }

  /** Whether a row takes part. */
  present(row: number): boolean {
    if (this.#value.valid?.[row] === 0) return false
    return this.#input.by === undefined || this.#order[0]!.valid?.[row] !== 0
  }

  at(row: number): Candidate {
    return {
      value: cellOf(this.#value, this.#input.value.type, row),
      order: this.#order.map((vector, i) => cellOf(vector, this.#kernels[i]!.type, row)),
    }
  }
}

function leadingDoubles(vector: Vector, n: number): Float64Array | undefined {
  if (vector.valid !== undefined || vector.form === 'text' || vector.form === 'binary') return undefined
  if (vector.form === 'list') return undefined
  return vector.form === 'float' ? vector.values : lanesOf(vector, n)
}

export function orderedAccumulator(fn: OrderedName, input: OrderedInput, retracts: boolean): Accumulator {
  return retracts ? new RetractingOrdered(fn, input) : new Ordered(fn, input)
}

class Ordered implements Accumulator {
  readonly #input: OrderedInput
  readonly #forward: boolean
  readonly #precedes: (a: Candidate, b: Candidate) => boolean
  #best: (Candidate | undefined)[] = []
  /** Within a batch: the leading row of each slot so far, or −1. */
  #rows = new Int32Array(0)

  constructor(fn: OrderedName, input: OrderedInput) {
    this.#input = input
    this.#forward = fn === 'first' || fn === 'argMin'
    this.#precedes = precedes(fn)
  }

  grow(capacity: number): void {
    this.#rows = new Int32Array(capacity).fill(-1)
  }

  reset(slot: number): void {
    this.#best[slot] = undefined
  }

  /** Rows are compared in their columns; cells are made only for the leading row of each group. */
  add(frame: Frame, slots: Int32Array): void {
    const batch = new OrderedRows(this.#input, frame)
    const rows = this.#rows
    const touched: number[] = []
    for (let i = 0; i < slots.length; i++) {
      if (!batch.present(i)) continue
      const slot = slots[i]!
      const leader = rows[slot]!
      if (leader < 0) touched.push(slot)
      if (leader < 0 || this.#leads(batch, i, leader)) rows[slot] = i
    }
    for (const slot of touched) {
      this.#offer(slot, batch.at(rows[slot]!))
      rows[slot] = -1
    }
  }

  #leads(batch: OrderedRows, row: number, leader: number): boolean {
    const { leading } = batch
    if (leading !== undefined && leading[row] !== leading[leader]) {
      return leading[row]! < leading[leader]! === this.#forward
    }
    return this.#precedes(batch.at(row), batch.at(leader))
  }

  #offer(slot: number, candidate: Candidate): void {
    const best = this.#best[slot]
    if (best === undefined || this.#precedes(candidate, best)) this.#best[slot] = candidate
  }

  merge(into: number, from: number): void {
    const candidate = this.#best[from]
    if (candidate !== undefined) this.#offer(into, candidate)
  }

  result(slots: Int32Array): Column {
    return columnOfCells(
      this.#input.value.type,
      Array.from(slots, slot => this.#best[slot]?.value ?? null),
    )
  }
}

class RetractingOrdered implements Accumulator {
  readonly #input: OrderedInput
  readonly #precedes: (a: Candidate, b: Candidate) => boolean
  readonly #rows: Multiset<Candidate>[] = []

  constructor(fn: OrderedName, input: OrderedInput) {
    this.#input = input
    this.#precedes = precedes(fn)
  }

  grow(): void {}

  reset(slot: number): void {
    this.#rows[slot] = new Multiset(this.#precedes)
  }

  add(frame: Frame, slots: Int32Array): void {
    const batch = new OrderedRows(this.#input, frame)
    for (let i = 0; i < slots.length; i++) {
      if (!batch.present(i)) continue
      const candidate = batch.at(i)
      this.#rows[slots[i]!]!.change(cellKey(candidate.order), candidate, frame.weights?.[i] ?? 1)
    }
  }

  merge(into: number, from: number): void {
    this.#rows[into]!.addAll(this.#rows[from]!)
  }

  result(slots: Int32Array): Column {
    return columnOfCells(
      this.#input.value.type,
      Array.from(slots, slot => this.#rows[slot]!.leader()?.value ?? null),
    )
  }
}
