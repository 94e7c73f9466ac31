/** The sample standard deviation, from sums of x and x² in double-double arithmetic. */
import type { Column } from '../../../schema/column.ts'
import type { ColumnType } from '../../../schema/type.ts'
import type { Frame } from '../kernel/frame.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { doublesOf, finiteVector } from '../kernel/loop.ts'
import { cellOf, columnOfVector, type Vector } from '../kernel/vector.ts'
import { doubleOf } from '../scalar/exact.ts'
import { type Accumulator, grownDoubles } from './accumulator.ts'

/** Splits a double into halves of 26 bits (T. J. Dekker, "A floating-point technique for extending precision", 1971). */
const SPLITTER = 2 ** 27 + 1

/**
 * Unevaluated sums high + low of two doubles, about 106 bits: enough to subtract n·mean² from Σx² without losing the
 * difference, and to take values away again. Sums after D. E. Knuth, The Art of Computer Programming 2, 4.2.2.
 */
class DoubleDoubles {
  high = new Float64Array(0)
  low = new Float64Array(0)

  grow(capacity: number): void {
    this.high = grownDoubles(this.high, capacity)
    this.low = grownDoubles(this.low, capacity)
  }

  set(slot: number, high: number, low: number): void {
    this.high[slot] = high
    this.low[slot] = low
  }

  add(slot: number, high: number, low: number): void {
    const a = this.high[slot]!
    const sum = a + high
    const part = sum - a
    const error = a - (sum - part) + (high - part) + this.low[slot]! + low
    this.set(slot, sum + error, error - (sum + error - sum))
  }
}

/** x · y and what rounding took from it. */
function product(x: number, y: number): readonly [high: number, low: number] {
  const xBig = SPLITTER * x
  const xHigh = xBig - (xBig - x)
  const yBig = SPLITTER * y
  const yHigh = yBig - (yBig - y)
  const high = x * y
  const [xLow, yLow] = [x - xHigh, y - yHigh]
  return [high, xLow * yLow - (high - xHigh * yHigh - xLow * yHigh - xHigh * yLow)]
}

/** The squares of values from here on leave the finite range; a group that holds one has no deviation. */
const HUGE = 2 ** 500

export class StandardDeviation implements Accumulator {
  readonly #argument: Kernel
  readonly #type: ColumnType
  readonly #sums = new DoubleDoubles()
  readonly #squares = new DoubleDoubles()
  #counts = new Float64Array(0)
  /** How many huge values there are, in the few slots that have any. */
  readonly #huge = new Map<number, number>()

  constructor(argument: Kernel, type: ColumnType) {
    this.#argument = argument
    this.#type = type
  }

  grow(capacity: number): void {
    this.#sums.grow(capacity)
    this.#squares.grow(capacity)
    this.#counts = grownDoubles(this.#counts, capacity)
  }

  reset(slot: number): void {
    this.#sums.set(slot, 0, 0)
    this.#squares.set(slot, 0, 0)
    this.#counts[slot] = 0
    this.#huge.delete(slot)
  }

  add(frame: Frame, slots: Int32Array): void {
    const vector = this.#argument.run(frame)
    const values = doublesOf(vector, this.#argument.type, frame.length) ?? this.#wide(vector, frame.length)
    for (let i = 0; i < slots.length; i++) {
      if (vector.valid !== undefined && vector.valid[i] === 0) continue
      this.#change(slots[i]!, values[i]!, frame.weights === undefined ? 1 : frame.weights[i]!)
    }
  }

  #wide(vector: Vector, n: number): Float64Array {
    const { type } = this.#argument
    return Float64Array.from({ length: n }, (_, i) => {
      const cell = cellOf(vector, type, i)
      return cell === null ? 0 : doubleOf(cell, type)
    })
  }

  #change(slot: number, value: number, weight: number): void {
    this.#counts[slot]! += weight
    if (Math.abs(value) >= HUGE) {
      this.#addHuge(slot, weight)
      return
    }
    const [high, low] = product(value, value)
    this.#sums.add(slot, ...product(value, weight))
    this.#squares.add(slot, high * weight, low * weight)
  }

  #addHuge(slot: number, by: number): void {
    this.#huge.set(slot, (this.#huge.get(slot) ?? 0) + by)
  }

  merge(into: number, from: number): void {
    this.#sums.add(into, this.#sums.high[from]!, this.#sums.low[from]!)
    this.#squares.add(into, this.#squares.high[from]!, this.#squares.low[from]!)
    this.#counts[into]! += this.#counts[from]!
    this.#addHuge(into, this.#huge.get(from) ?? 0)
  }

  result(slots: Int32Array): Column {
    const values = Float64Array.from(slots, slot => this.#deviation(slot))
    return columnOfVector(finiteVector(values, undefined, slots.length), this.#type, slots.length)
  }

  /** NaN where there is none. */
  #deviation(slot: number): number {
    const n = this.#counts[slot]!
    if (n < 2 || (this.#huge.get(slot) ?? 0) > 0) return Number.NaN
    const [high, low] = [this.#sums.high[slot]!, this.#sums.low[slot]!]
    const [square, squareLow] = product(high, high)
    // (Σx² − (Σx)²/n) / (n − 1), with n taken to the other side so that nothing is divided before the difference.
    const [scaled, scaledLow] = product(this.#squares.high[slot]!, n)
    const below = this.#squares.low[slot]! * n + scaledLow - squareLow - 2 * high * low
    return Math.sqrt(Math.max(0, scaled - square + below) / (n * (n - 1)))
  }
}
