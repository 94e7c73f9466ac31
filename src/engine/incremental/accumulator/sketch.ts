/** The approximate aggregates: quantile by DDSketch, approxCountDistinct by HyperLogLog. */
import type { Column } from '../../../schema/column.ts'
import type { ColumnType } from '../../../schema/type.ts'
import { DDSketch } from '../../sketch/ddsketch.ts'
import { type Hash, type HashedCell, hashInt64 } from '../../sketch/hash.ts'
import { HyperLogLog } from '../../sketch/hyperloglog.ts'
import type { Frame } from '../kernel/frame.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { finiteVector } from '../kernel/loop.ts'
import { cellOf, columnOfVector, HIGH, halvesOf, LOW, pack64, type Vector } from '../kernel/vector.ts'
import { doubleOf } from '../scalar/exact.ts'
import type { Accumulator } from './accumulator.ts'

export class Quantile implements Accumulator {
  readonly #argument: Kernel
  readonly #type: ColumnType
  readonly #q: number
  readonly #sketches: DDSketch[] = []

  constructor(argument: Kernel, type: ColumnType, q: number) {
    this.#argument = argument
    this.#type = type
    this.#q = q
  }

  grow(): void {}

  reset(slot: number): void {
    this.#sketches[slot] = new DDSketch()
  }

  add(frame: Frame, slots: Int32Array): void {
    const { type } = this.#argument
    const vector = this.#argument.run(frame)
    for (let i = 0; i < slots.length; i++) {
      const cell = cellOf(vector, type, i)
      if (cell !== null) this.#sketches[slots[i]!]!.change(doubleOf(cell, type), frame.weights?.[i] ?? 1)
    }
  }

  merge(into: number, from: number): void {
    this.#sketches[into]!.merge(this.#sketches[from]!)
  }

  result(slots: Int32Array): Column {
    const values = Float64Array.from(slots, slot => this.#sketches[slot]!.quantile(this.#q) ?? Number.NaN)
    return columnOfVector(finiteVector(values, undefined, slots.length), this.#type, slots.length)
  }
}

const scratch: Hash = { high: 0, low: 0 }

export class ApproximateDistinct implements Accumulator {
  readonly #argument: Kernel
  readonly #sketches: HyperLogLog[] = []

  constructor(argument: Kernel) {
    this.#argument = argument
  }

  grow(): void {}

  reset(slot: number): void {
    this.#sketches[slot] = new HyperLogLog()
  }

  add(frame: Frame, slots: Int32Array): void {
    const vector = this.#argument.run(frame)
    if (vector.form === 'int64') {
      this.#addInt64(vector, slots)
      return
    }
    for (let i = 0; i < slots.length; i++) {
      const cell = cellOf(vector, this.#argument.type, i)
      if (cell !== null) this.#sketches[slots[i]!]!.add(cell as HashedCell)
    }
  }

  /** Without a bigint a row. */
  #addInt64({ values, valid }: Vector & { form: 'int64' }, slots: Int32Array): void {
    const halves = halvesOf(values)
    for (let i = 0; i < slots.length; i++) {
      if (valid !== undefined && valid[i] === 0) continue
      hashInt64(halves[2 * i + LOW]!, halves[2 * i + HIGH]!, scratch)
      this.#sketches[slots[i]!]!.addHash(scratch)
    }
  }

  merge(into: number, from: number): void {
    this.#sketches[into]!.merge(this.#sketches[from]!)
  }

  result(slots: Int32Array): Column {
    const estimates = Float64Array.from(slots, slot => this.#sketches[slot]!.estimate())
    return { form: 'int64', values: pack64(estimates, slots.length) }
  }
}
