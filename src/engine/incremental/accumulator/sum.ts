/** Sums and means. Exact types are summed exactly; float64 in the order of arrival. */
import { columnOfCells } from '../../../schema/batch.ts'
import type { Cell } from '../../../schema/cell.ts'
import type { Column } from '../../../schema/column.ts'
import type { ColumnType } from '../../../schema/type.ts'
import type { Frame } from '../kernel/frame.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { doublesOf, finiteVector } from '../kernel/loop.ts'
import { cellOf, columnOfVector, lanesOf, type Vector } from '../kernel/vector.ts'
import { digitsOf, doubleOf, exactCell } from '../scalar/exact.ts'
import { type Accumulator, grownDoubles, presence } from './accumulator.ts'
import { countInto } from './count.ts'
import { ExactTotals } from './exact-sum.ts'

/** `sum` or `avg`, by the type of the argument. */
export function sumAccumulator(fn: 'sum' | 'avg', argument: Kernel, type: ColumnType): Accumulator {
  return argument.type.kind === 'float64'
    ? new FloatSum(argument, type, fn === 'avg')
    : new ExactSum(argument, type, fn === 'avg')
}

class ExactSum implements Accumulator {
  readonly #argument: Kernel
  readonly #type: ColumnType
  readonly #mean: boolean
  readonly #totals = new ExactTotals()
  #counts = new Float64Array(0)

  constructor(argument: Kernel, type: ColumnType, mean: boolean) {
    this.#argument = argument
    this.#type = type
    this.#mean = mean
  }

  grow(capacity: number): void {
    this.#totals.grow(capacity)
    this.#counts = grownDoubles(this.#counts, capacity)
  }

  reset(slot: number): void {
    this.#totals.reset(slot)
    this.#counts[slot] = 0
  }

  add(frame: Frame, slots: Int32Array): void {
    const vector = this.#argument.run(frame)
    countInto(this.#counts, slots, vector.valid, frame.weights)
    if (vector.form === 'int64' && vector.valid === undefined && frame.weights === undefined) {
      this.#totals.addInt64(slots, vector.values)
      return
    }
    const lanes = lanesOf(vector, frame.length)
    if (lanes === undefined) this.#addWide(frame, vector, slots)
    else if (vector.valid === undefined && frame.weights === undefined) this.#totals.addLanes(slots, lanes)
    else this.#totals.addSome(slots, lanes, vector.valid, frame.weights)
  }

  #addWide({ weights }: Frame, vector: Vector, slots: Int32Array): void {
    for (let i = 0; i < slots.length; i++) {
      const cell = cellOf(vector, this.#argument.type, i)
      if (cell !== null) this.#totals.add(slots[i]!, digitsOf(cell) * BigInt(weights?.[i] ?? 1))
    }
  }

  merge(into: number, from: number): void {
    this.#totals.merge(into, from)
    this.#counts[into]! += this.#counts[from]!
  }

  result(slots: Int32Array): Column {
    if (this.#mean) return this.#means(slots)
    const lanes = new Float64Array(slots.length)
    for (let i = 0; i < slots.length; i++) {
      const near = this.#totals.near(slots[i]!)
      if (near === undefined)
        return columnOfCells(
          this.#type,
          Array.from(slots, slot => this.#cell(slot)),
        )
      lanes[i] = near
    }
    const nulls = presence(slots, slot => this.#counts[slot] !== 0)
    return columnOfVector({ form: 'lanes', values: lanes, ...nulls }, this.#type, slots.length)
  }

  #cell(slot: number): Cell {
    return this.#counts[slot] === 0 ? null : exactCell(this.#totals.total(slot), this.#type, 'sum')
  }

  #means(slots: Int32Array): Column {
    const values = new Float64Array(slots.length)
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i]!
      values[i] = doubleOf(this.#totals.total(slot), this.#argument.type) / this.#counts[slot]!
    }
    return { form: 'float', values, ...presence(slots, slot => this.#counts[slot] !== 0) }
  }
}

/** Values from here on are summed apart and scaled down, so that a total can pass the finite range and come back. */
const HUGE = 2 ** 900
const SCALE = 2 ** 200

class FloatSum implements Accumulator {
  readonly #argument: Kernel
  readonly #type: ColumnType
  readonly #mean: boolean
  #sums = new Float64Array(0)
  /** Sums of huge values ÷ SCALE, of the few slots that have any. */
  readonly #huge = new Map<number, number>()
  #counts = new Float64Array(0)

  constructor(argument: Kernel, type: ColumnType, mean: boolean) {
    this.#argument = argument
    this.#type = type
    this.#mean = mean
  }

  grow(capacity: number): void {
    this.#sums = grownDoubles(this.#sums, capacity)
    this.#counts = grownDoubles(this.#counts, capacity)
  }

  reset(slot: number): void {
    this.#sums[slot] = 0
    this.#huge.delete(slot)
    this.#counts[slot] = 0
  }

  add(frame: Frame, slots: Int32Array): void {
    const vector = this.#argument.run(frame)
    const { valid } = vector
    const { weights } = frame
    const values = doublesOf(vector, this.#argument.type, frame.length)!
    countInto(this.#counts, slots, valid, weights)
    for (let i = 0; i < slots.length; i++) {
      if (valid !== undefined && valid[i] === 0) continue
      this.#change(slots[i]!, values[i]!, weights === undefined ? 1 : weights[i]!)
    }
  }

  #change(slot: number, value: number, weight: number): void {
    if (value < HUGE && value > -HUGE) this.#sums[slot]! += value * weight
    else this.#huge.set(slot, (this.#huge.get(slot) ?? 0) + (value / SCALE) * weight)
  }

  merge(into: number, from: number): void {
    this.#sums[into]! += this.#sums[from]!
    const huge = this.#huge.get(from)
    if (huge !== undefined) this.#huge.set(into, (this.#huge.get(into) ?? 0) + huge)
    this.#counts[into]! += this.#counts[from]!
  }

  result(slots: Int32Array): Column {
    const values = new Float64Array(slots.length)
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i]!
      const sum = this.#sums[slot]! + (this.#huge.get(slot) ?? 0) * SCALE
      values[i] = this.#mean ? sum / this.#counts[slot]! : sum
    }
    const { valid } = presence(slots, slot => this.#counts[slot] !== 0)
    return columnOfVector(finiteVector(values, valid, slots.length), this.#type, slots.length)
  }
}
