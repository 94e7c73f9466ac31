/** Relations as plain lists of rows of cells: a row that occurs twice stands there twice. */
import { type Cell, cellKey, compareCells } from '../../schema/cell.ts'
import type { Schema } from '../../schema/type.ts'
import type { Lookup } from './evaluate.ts'

/** The cells of a row, in the order of its schema. */
export type Row = readonly Cell[]

/** Equal rows have equal keys. */
export const rowKey = (row: Row): string => row.map(cellKey).join('|')

/** By whole row, column after column in schema order. */
export function compareRows(a: Row, b: Row): number {
  for (let i = 0; i < a.length; i++) {
    const order = compareCells(a[i]!, b[i]!)
    if (order !== 0) return order
  }
  return 0
}

/** Finds the cells of a row by column name. */
export function lookupIn(schema: Schema, row: Row): Lookup {
  const names = Object.keys(schema)
  return column => row[names.indexOf(column)]!
}

/** The rows without `taken`: each of those takes one equal row away. It must be there. */
export function without(rows: readonly Row[], taken: readonly Row[]): Row[] {
  const open = new Map<string, number>()
  for (const row of taken) open.set(rowKey(row), (open.get(rowKey(row)) ?? 0) + 1)
  const rest = rows.filter(row => {
    const n = open.get(rowKey(row)) ?? 0
    open.set(rowKey(row), n - 1)
    return n <= 0
  })
  if (rest.length !== rows.length - taken.length) throw new Error('A row was taken away that is not there')
  return rest
}

/** Groups rows by the cells that `key` picks, in order of first appearance. */
export function groupBy<T>(items: readonly T[], key: (item: T) => Row): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const text = rowKey(key(item))
    const group = groups.get(text)
    if (group === undefined) groups.set(text, [item])
    else group.push(item)
  }
  return groups
}
