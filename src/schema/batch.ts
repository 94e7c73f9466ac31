/** Batches: columnar blocks of rows, the only form in which rows travel. */
import { type Cell, cellAt } from './cell.ts'
import { type Column, formOf, writeInt128 } from './column.ts'
import type { ColumnType, Schema } from './type.ts'

/**
 * A columnar block of rows. `columns[i]` belongs to the i-th property of `schema`; each has `length` rows.
 * `weights[row]` is +1 for a row added and −1 for a row taken away (or any non-zero multiple); absent = all +1.
 * Batches are never changed once made; columns may be shared between batches.
 */
export interface Batch {
  readonly schema: Schema
  readonly length: number
  readonly columns: readonly Column[]
  readonly weights?: Int32Array
}

/** The column of a name. The plan has checked names, so an unknown one is a programmer's mistake. */
export function columnOf(batch: Batch, name: string): Column {
  const index = Object.keys(batch.schema).indexOf(name)
  if (index < 0) throw new Error(`No column '${name}' among ${Object.keys(batch.schema).join(', ')}`)
  return batch.columns[index]!
}

/** One row as cells, in the schema's order. */
export function cellsAt(batch: Batch, row: number): Cell[] {
  return batch.columns.map(column => cellAt(column, row))
}

/** A batch from rows of cells. For tests, literals and small inputs; decoders write columns. */
export function batchOfCells(
  schema: Schema,
  rows: readonly (readonly Cell[])[],
  weights?: readonly number[],
): Batch {
  const columns = Object.values(schema).map((type, c) =>
    columnOfCells(
      type,
      rows.map(row => row[c]!),
    ),
  )
  const batch = { schema, length: rows.length, columns }
  return weights === undefined ? batch : { ...batch, weights: Int32Array.from(weights) }
}

/** A column from cells. */
export function columnOfCells(type: ColumnType, cells: readonly Cell[]): Column {
  const nulls = cells.some(cell => cell === null)
  const valid = nulls ? Uint8Array.from(cells, cell => (cell === null ? 0 : 1)) : undefined
  const column = valuesOfCells(type, cells)
  return valid === undefined ? column : { ...column, valid }
}

function valuesOfCells(type: ColumnType, cells: readonly Cell[]): Column {
  const form = formOf(type)
  switch (form) {
    case 'bits':
      return { form, values: Uint8Array.from(cells, cell => (cell === true ? 1 : 0)) }
    case 'int32':
      return { form, values: Int32Array.from(cells, cell => (cell ?? 0) as number) }
    case 'float':
      return { form, values: Float64Array.from(cells, cell => (cell ?? 0) as number) }
    case 'int64':
      return { form, values: BigInt64Array.from(cells, cell => (cell ?? 0n) as bigint) }
    case 'int128': {
      const values = new BigInt64Array(cells.length * 2)
      for (let row = 0; row < cells.length; row++) writeInt128(values, row, (cells[row] ?? 0n) as bigint)
      return { form, values }
    }
    case 'text':
      return { form, ...coded(cells as readonly (string | null)[], text => text) }
    case 'binary':
      return {
        form,
        ...coded(cells as readonly (Uint8Array | null)[], bytes => Buffer.from(bytes).toString('hex')),
      }
    case 'list': {
      const lists = cells as readonly (readonly Cell[] | null)[]
      const values = new Int32Array(cells.length + 1)
      lists.forEach((list, row) => {
        values[row + 1] = values[row]! + (list?.length ?? 0)
      })
      return {
        form,
        values,
        child: columnOfCells(
          type.element!,
          lists.flatMap(list => list ?? []),
        ),
      }
    }
  }
}

function coded<T>(
  cells: readonly (T | null)[],
  keyOf: (value: T) => string,
): { values: Int32Array; dictionary: T[] } {
  const dictionary: T[] = []
  const codes = new Map<string, number>()
  const values = Int32Array.from(cells, cell => {
    if (cell === null) return -1
    const key = keyOf(cell)
    let code = codes.get(key)
    if (code === undefined) {
      code = dictionary.push(cell) - 1
      codes.set(key, code)
    }
    return code
  })
  return { values, dictionary }
}
