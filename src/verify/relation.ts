/** Weighted rows of cells: the form in which inputs are generated and results are compared. */
import { type Batch, cellsAt } from '../schema/batch.ts'
import { type Cell, cellKey, compareCells } from '../schema/cell.ts'
import type { Schema } from '../schema/type.ts'

/** A row in schema order, and how many times it was added (or, below zero, taken away). */
export interface WeightedRow {
  readonly cells: readonly Cell[]
  readonly weight: number
}

/** A row as one engine wrote it, with the step in which it did. */
export interface Change extends WeightedRow {
  readonly step: number
}

/** Equal rows have equal keys. */
export function rowKey(cells: readonly Cell[]): string {
  return cells.map(cellKey).join('|')
}

/** The whole-row order: column by column, nulls last. */
export function compareRows(a: readonly Cell[], b: readonly Cell[]): number {
  for (let i = 0; i < a.length; i++) {
    const order = compareCells(a[i]!, b[i]!)
    if (order !== 0) return order
  }
  return 0
}

/** The rows with their weights summed, without those that sum to zero: what the changes amount to. */
export function fold<R extends WeightedRow>(rows: Iterable<R>): WeightedRow[] {
  const totals = new Map<string, { cells: readonly Cell[]; weight: number }>()
  for (const { cells, weight } of rows) {
    const key = rowKey(cells)
    const total = totals.get(key)
    if (total === undefined) totals.set(key, { cells, weight })
    else total.weight += weight
  }
  return [...totals.values()].filter(row => row.weight !== 0)
}

/** The rows of a batch. */
export function rowsOf(batch: Batch): WeightedRow[] {
  return Array.from({ length: batch.length }, (_, row) => ({
    cells: cellsAt(batch, row),
    weight: batch.weights?.[row] ?? 1,
  }))
}

/** The cells of some columns. */
export function pick(schema: Schema, columns: readonly string[], cells: readonly Cell[]): Cell[] {
  const names = Object.keys(schema)
  return columns.map(column => cells[names.indexOf(column)]!)
}
