/** One of each row. */

import type { DistinctNode } from '../../../plan/node.ts'
import { KeyTable } from '../../../state/key-table.ts'
import type { Frame } from '../kernel/frame.ts'
import { Operator } from './operator.ts'

const keysOf = (node: DistinctNode): KeyTable => new KeyTable(Object.values(node.schema))

const numbersOf = (keys: KeyTable, frame: Frame, width: number): Int32Array => {
  const columns = Array.from({ length: width }, (_, i) => frame.column(i))
  return keys.numbers(columns, frame.length)
}

/** Over rows that are only added: a row passes when it comes for the first time. */
export class AppendDistinct extends Operator {
  readonly #keys: KeyTable
  readonly #width: number

  constructor(node: DistinctNode) {
    super()
    this.#keys = keysOf(node)
    this.#width = Object.keys(node.schema).length
  }

  protected process(frame: Frame): Promise<void> {
    // Numbers count up and none is ever given back, so a new row has a number not seen before.
    let next = this.#keys.limit
    const numbers = numbersOf(this.#keys, frame, this.#width)
    const fresh = new Int32Array(frame.length)
    let n = 0
    for (let i = 0; i < frame.length; i++) {
      if (numbers[i] !== next) continue
      next++
      fresh[n++] = i
    }
    return this.emit(frame.select(fresh.subarray(0, n)))
  }
}

/** Over rows that are also taken away: a row is there while its weights sum to more than 0. */
export class WeightedDistinct extends Operator {
  readonly #keys: KeyTable
  readonly #width: number
  #counts = new Float64Array(0)

  constructor(node: DistinctNode) {
    super()
    this.#keys = keysOf(node)
    this.#width = Object.keys(node.schema).length
  }

  protected process(frame: Frame): Promise<void> {
    const numbers = numbersOf(this.#keys, frame, this.#width)
    this.#grow()
    const rows: number[] = []
    const weights: number[] = []
    const gone: number[] = []
    for (let i = 0; i < frame.length; i++) {
      const number = numbers[i]!
      const before = this.#counts[number]!
      const after = before + (frame.weights?.[i] ?? 1)
      this.#counts[number] = after
      if (before === 0) this.#keys.retain(number)
      if (after === 0) gone.push(number)
      if (before > 0 === after > 0) continue
      rows.push(i)
      weights.push(after > 0 ? 1 : -1)
    }
    const changes = frame.select(Int32Array.from(rows)).withWeights(Int32Array.from(weights))
    // Only now: a row that is gone may come again in the same batch, under the same number.
    for (const number of gone) this.#keys.release(number)
    this.#keys.collect()
    return this.emit(changes)
  }

  #grow(): void {
    if (this.#counts.length >= this.#keys.limit) return
    const counts = new Float64Array(2 * this.#keys.limit)
    counts.set(this.#counts)
    this.#counts = counts
  }
}
