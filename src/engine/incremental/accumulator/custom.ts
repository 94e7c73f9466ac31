/** Folds written by users. */

import { userError } from '../../../plan/user-error.ts'
import { columnOfCells } from '../../../schema/batch.ts'
import type { Cell } from '../../../schema/cell.ts'
import type { Column } from '../../../schema/column.ts'
import type { ColumnType } from '../../../schema/type.ts'
import { cellOf as cellOfValue, valueOfCell } from '../../../schema/value.ts'
import type { Aggregate } from '../../../seam/aggregate.ts'
import type { Frame } from '../kernel/frame.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { cellOf } from '../kernel/vector.ts'
import type { Accumulator } from './accumulator.ts'

type Fold = Aggregate<unknown, unknown, unknown>

/**
 * One total a group. Windows that overlap each fold their own rows: a user's `merge` may keep its second argument, which a
 * pane shared by several windows could not survive.
 */
export class CustomFold implements Accumulator {
  readonly #argument: Kernel
  readonly #type: ColumnType
  readonly #name: string
  readonly #fold: Fold
  readonly #totals: unknown[] = []
  /** Values in each group: without any, the result is null. */
  readonly #counts: number[] = []

  constructor(argument: Kernel, type: ColumnType, name: string, fold: Fold) {
    this.#argument = argument
    this.#type = type
    this.#name = name
    this.#fold = fold
  }

  grow(): void {}

  reset(slot: number): void {
    this.#totals[slot] = this.#call(() => this.#fold.zero())
    this.#counts[slot] = 0
  }

  add(frame: Frame, slots: Int32Array): void {
    const { type } = this.#argument
    const vector = this.#argument.run(frame)
    for (let i = 0; i < slots.length; i++) {
      const cell = cellOf(vector, type, i)
      if (cell !== null) this.#change(slots[i]!, valueOfCell(type, cell), frame.weights?.[i] ?? 1)
    }
  }

  #change(slot: number, value: unknown, weight: number): void {
    const change = (total: unknown): unknown =>
      weight > 0 ? this.#fold.add(total, value) : this.#fold.retract!(total, value)
    this.#counts[slot]! += weight
    this.#call(() => {
      for (let times = Math.abs(weight); times > 0; times--) this.#totals[slot] = change(this.#totals[slot])
    })
  }

  result(slots: Int32Array): Column {
    return columnOfCells(
      this.#type,
      Array.from(slots, slot => this.#cell(slot)),
    )
  }

  #cell(slot: number): Cell {
    if (this.#counts[slot] === 0) return null
    const value = this.#call(() => this.#fold.result(this.#totals[slot]))
    return cellOfValue(this.#type, value, `The result of the aggregate '${this.#name}'`)
  }

  #call<T>(call: () => T): T {
    try {
      return call()
    } catch (cause) {
      throw userError(`The aggregate '${this.#name}'`, cause)
    }
  }
}
