/** From changes to the relation that they add up to. */
import { type Batch, batchOfCells, cellsAt } from '../schema/batch.ts'
import { type Cell, cellKey, compareCells } from '../schema/cell.ts'
import { take } from '../schema/take.ts'
import type { Schema } from '../schema/type.ts'
import { BATCH_ROWS } from './ranges.ts'

/**
 * The rows of a relation, by the changes so far: weights add up, and rows whose weight is zero are gone. A relation with
 * one row a key stays one, since a changed row is taken away whole before or after its successor is added. Memory follows
 * the relation, not the changes.
 *
 * With `key`, rows are only added, and each takes the place of the one before it with the same key.
 */
export class Fold {
  readonly #schema: Schema
  readonly #key: readonly number[] | undefined
  readonly #rows = new Map<string, { readonly cells: Cell[]; weight: number }>()

  constructor(schema: Schema, key?: readonly string[]) {
    this.#schema = schema
    const names = Object.keys(schema)
    this.#key = key?.map(name => names.indexOf(name))
  }

  add(batch: Batch): void {
    for (let row = 0; row < batch.length; row++) {
      const weight = batch.weights?.[row] ?? 1
      const cells = cellsAt(batch, row)
      if (this.#key !== undefined) {
        this.#rows.set(this.#key.map(c => cellKey(cells[c]!)).join(), { cells, weight: 1 })
        continue
      }
      const key = cells.map(cellKey).join()
      const entry = this.#rows.get(key)
      if (entry === undefined) this.#rows.set(key, { cells, weight })
      else if (entry.weight + weight === 0) this.#rows.delete(key)
      else entry.weight += weight
    }
  }

  /**
   * The relation as batches without weights; a row of weight n stands n times. Rows are in their order as wholes, so that
   * the same relation gives the same batches, however its changes came.
   */
  *batches(): Generator<Batch> {
    let rows: Cell[][] = []
    const sorted = [...this.#rows.values()].sort((a, b) => compareRows(a.cells, b.cells))
    for (const { cells, weight } of sorted) {
      if (weight < 0) throw new Error(`The changes take away a row that is not there: ${cells.join(', ')}`)
      for (let i = 0; i < weight; i++) {
        if (rows.push(cells) < BATCH_ROWS) continue
        yield batchOfCells(this.#schema, rows)
        rows = []
      }
    }
    if (rows.length > 0) yield batchOfCells(this.#schema, rows)
  }
}

function compareRows(a: readonly Cell[], b: readonly Cell[]): number {
  for (let c = 0; c < a.length; c++) {
    const order = compareCells(a[c]!, b[c]!)
    if (order !== 0) return order
  }
  return 0
}

/** The rows of a batch that only adds, without weights: a row of weight n stands n times. */
export function addedRows(batch: Batch): Batch {
  const { schema, length, columns, weights } = batch
  if (weights === undefined) return batch
  if (weights.every(weight => weight === 1)) return { schema, length, columns }
  const rows: number[] = []
  weights.forEach((weight, row) => {
    if (weight < 0) throw new Error('A batch of a dataset that only adds rows takes one away')
    for (let i = 0; i < weight; i++) rows.push(row)
  })
  return take({ schema, length, columns }, Int32Array.from(rows))
}
