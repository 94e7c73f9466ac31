/** min and max. */
import { columnOfCells } from '../../../schema/batch.ts'
import { type Cell, cellKey, compareCells } from '../../../schema/cell.ts'
import { type Column, formOf } from '../../../schema/column.ts'
import type { ColumnType } from '../../../schema/type.ts'
import type { Frame } from '../kernel/frame.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { cellOf, columnOfVector, lanesOf, type Vector } from '../kernel/vector.ts'
import { type Accumulator, grownDoubles, presence } from './accumulator.ts'
import { Multiset } from './multiset.ts'

/** The accumulator of `min` or `max`. On input that takes rows away it keeps all values of a group. */
export function extremeAccumulator(fn: 'min' | 'max', argument: Kernel, retracts: boolean): Accumulator {
  return retracts ? new RetractingExtreme(fn, argument) : new Extreme(fn, argument)
}

const before = (fn: 'min' | 'max') =>
  fn === 'min' ? (a: Cell, b: Cell) => compareCells(a, b) < 0 : (a: Cell, b: Cell) => compareCells(a, b) > 0

/** Values without doubles that order as they do. */
function isTextual(type: ColumnType): boolean {
  const form = formOf(type)
  return form === 'text' || form === 'binary'
}

/** The values of a vector as doubles that order as they do, where the type has such. */
function ordinals(vector: Vector, n: number): Float64Array | undefined {
  if (vector.form === 'float') return vector.values
  return vector.form === 'text' || vector.form === 'binary' ? undefined : lanesOf(vector, n)
}

/** Doubles while all values are safe in them, cells from the first value on that is not. */
class Extreme implements Accumulator {
  readonly #argument: Kernel
  readonly #sign: 1 | -1
  readonly #before: (a: Cell, b: Cell) => boolean
  #best = new Float64Array(0)
  #cells: Cell[] | undefined

  constructor(fn: 'min' | 'max', argument: Kernel) {
    this.#argument = argument
    this.#sign = fn === 'min' ? 1 : -1
    this.#before = before(fn)
    if (isTextual(argument.type)) this.#cells = []
  }

  grow(capacity: number): void {
    this.#best = grownDoubles(this.#best, capacity)
  }

  reset(slot: number): void {
    this.#best[slot] = Number.POSITIVE_INFINITY
    if (this.#cells !== undefined) this.#cells[slot] = null
  }

  add(frame: Frame, slots: Int32Array): void {
    const vector = this.#argument.run(frame)
    const values = this.#cells === undefined ? ordinals(vector, frame.length) : undefined
    if (values === undefined) {
      this.#addCells(vector, slots)
      return
    }
    // Kept with the sign turned for max, so that there is one loop.
    const best = this.#best
    const sign = this.#sign
    const { valid } = vector
    for (let i = 0; i < slots.length; i++) {
      const value = values[i]! * sign
      const slot = slots[i]!
      if (value < best[slot]! && (valid === undefined || valid[i] === 1)) best[slot] = value
    }
  }

  #addCells(vector: Vector, slots: Int32Array): void {
    const cells = this.#inCells()
    const { type } = this.#argument
    for (let i = 0; i < slots.length; i++) {
      const cell = cellOf(vector, type, i)
      const best = cells[slots[i]!] ?? null
      if (cell !== null && (best === null || this.#before(cell, best))) cells[slots[i]!] = cell
    }
  }

  #inCells(): Cell[] {
    this.#cells ??= Array.from(this.#best, best => this.#cellOf(best))
    return this.#cells
  }

  #cellOf(best: number): Cell {
    if (best === Number.POSITIVE_INFINITY) return null
    return cellOf(this.#vectorOf(Float64Array.of(best * this.#sign)), this.#argument.type, 0)
  }

  #vectorOf(values: Float64Array): Vector {
    const form = formOf(this.#argument.type)
    if (form === 'float') return { form, values }
    return form === 'bits' ? { form, values: Uint8Array.from(values) } : { form: 'lanes', values }
  }

  merge(into: number, from: number): void {
    const cells = this.#cells
    if (cells === undefined) {
      this.#best[into] = Math.min(this.#best[into]!, this.#best[from]!)
      return
    }
    const [a, b] = [cells[into] ?? null, cells[from] ?? null]
    if (b !== null && (a === null || this.#before(b, a))) cells[into] = b
  }

  result(slots: Int32Array): Column {
    const { type } = this.#argument
    const cells = this.#cells
    if (cells !== undefined)
      return columnOfCells(
        type,
        Array.from(slots, slot => cells[slot] ?? null),
      )
    const best = this.#best
    const nulls = presence(slots, slot => best[slot] !== Number.POSITIVE_INFINITY)
    const values = new Float64Array(slots.length)
    for (let i = 0; i < slots.length; i++) {
      const value = best[slots[i]!]!
      values[i] = value === Number.POSITIVE_INFINITY ? 0 : value * this.#sign
    }
    return columnOfVector({ ...this.#vectorOf(values), ...nulls }, type, slots.length)
  }
}

class RetractingExtreme implements Accumulator {
  readonly #argument: Kernel
  readonly #before: (a: Cell, b: Cell) => boolean
  readonly #values: Multiset<Cell>[] = []

  constructor(fn: 'min' | 'max', argument: Kernel) {
    this.#argument = argument
    this.#before = before(fn)
  }

  grow(): void {}

  reset(slot: number): void {
    this.#values[slot] = new Multiset(this.#before)
  }

  add(frame: Frame, slots: Int32Array): void {
    const vector = this.#argument.run(frame)
    for (let i = 0; i < slots.length; i++) {
      const cell = cellOf(vector, this.#argument.type, i)
      if (cell !== null) this.#values[slots[i]!]!.change(cellKey(cell), cell, frame.weights?.[i] ?? 1)
    }
  }

  merge(into: number, from: number): void {
    this.#values[into]!.addAll(this.#values[from]!)
  }

  result(slots: Int32Array): Column {
    return columnOfCells(
      this.#argument.type,
      Array.from(slots, slot => this.#values[slot]!.leader() ?? null),
    )
  }
}
