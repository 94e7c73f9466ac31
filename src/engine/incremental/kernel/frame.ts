/** Frames: rows on their way through operators, whose columns are gathered only when somebody reads them. */
import type { Batch } from '../../../schema/batch.ts'
import type { Column } from '../../../schema/column.ts'
import { takeColumn } from '../../../schema/take.ts'
import type { Schema } from '../../../schema/type.ts'
import { lanesAt, type Vector } from './vector.ts'

/** A column of another frame: all of its rows, or those at `rows`. */
interface Elsewhere {
  readonly from: Frame
  readonly index: number
  readonly rows?: Int32Array
}

/** A column, or where it comes from on first use. */
export type LazyColumn = Column | Elsewhere

/**
 * Like a batch, but late-materialised: a filter hands on a choice of rows, and only the columns that a later operator
 * reads are ever copied. Never changed from outside once made.
 */
export class Frame {
  readonly length: number
  /** As in a batch; absent = all +1. */
  readonly weights: Int32Array | undefined
  readonly #columns: LazyColumn[]

  constructor(length: number, columns: LazyColumn[], weights?: Int32Array) {
    this.length = length
    this.weights = weights
    this.#columns = columns
  }

  static of(batch: Batch): Frame {
    return new Frame(batch.length, [...batch.columns], batch.weights)
  }

  column(index: number): Column {
    const column = this.#columns[index]!
    if (!('from' in column)) return column
    const source = column.from.column(column.index)
    const made = column.rows === undefined ? source : takeColumn(source, column.rows)
    this.#columns[index] = made
    return made
  }

  /** The column for a computation: one not gathered yet becomes lanes at once, if it can, and is not kept. */
  operand(index: number): Vector {
    const column = this.#columns[index]!
    if (!('from' in column)) return column
    if (column.rows === undefined) return column.from.operand(column.index)
    return lanesAt(column.from.column(column.index), column.rows) ?? this.column(index)
  }

  /** The chosen rows, in order. */
  select(rows: Int32Array): Frame {
    const columns = this.#columns.map((_, index) => ({ from: this, index, rows }))
    return new Frame(rows.length, columns, this.weights && takeWeights(this.weights, rows))
  }

  /** The same rows with other weights. */
  withWeights(weights: Int32Array | undefined): Frame {
    return new Frame(this.length, [...this.#columns], weights)
  }

  batch(schema: Schema): Batch {
    const columns = this.#columns.map((_, index) => this.column(index))
    const batch = { schema, length: this.length, columns }
    return this.weights === undefined ? batch : { ...batch, weights: this.weights }
  }
}

function takeWeights(weights: Int32Array, rows: Int32Array): Int32Array {
  const taken = new Int32Array(rows.length)
  for (let i = 0; i < rows.length; i++) taken[i] = weights[rows[i]!]!
  return taken
}
