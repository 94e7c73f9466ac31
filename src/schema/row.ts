/** Row views: how users see and write the rows of batches. Engines and codecs stay with columns. */

import { HeadraceError } from '../errors.ts'
import type { Batch } from './batch.ts'
import { cellAt } from './cell.ts'
import type { Column } from './column.ts'
import { Rows } from './decoder.ts'
import { Refusal, refuse } from './refusal.ts'
import type { ColumnType, RowOf, Schema } from './type.ts'
import { cellOfValue, valueOfCell } from './value.ts'

/** A row as an object; see `RowOf` for its type. */
export type Row = Readonly<Record<string, unknown>>

/** One row of a batch. For many rows take `rowsOf`, which prepares the columns once. */
export function rowAt(batch: Batch, row: number): Row {
  return readerOf(batch)(row)
}

/**
 * All rows of a batch, in order, without their weights. Rows are plain to look at, spread and compare; only `toJSON`
 * comes from their prototype, and gives bigints, Decimals and bytes as text.
 */
export function rowsOf(batch: Batch): Row[] {
  const read = readerOf(batch)
  const rows: Row[] = []
  for (let row = 0; row < batch.length; row++) rows.push(read(row))
  return rows
}

/** A batch of rows. Properties that are no columns are left out. Throws the codes of `cellOfValue`, naming row and column. */
export function batchOfRows<S extends Schema>(schema: S, rows: readonly RowOf<S>[]): Batch {
  const columns = new Rows(schema)
  const fields = Object.entries<ColumnType>(schema)
  columns.reserve(rows.length)
  rows.forEach((row: Row, i) => {
    if (typeof row !== 'object' || row === null) {
      throw new HeadraceError('BAD_VALUE', `Row ${i + 1}: expected an object, found ${String(row)}.`)
    }
    fields.forEach(([name, type], c) => {
      const cell = cellOfValue(type, row[name])
      if (cell instanceof Refusal) throw refuse(`Row ${i + 1}, column '${name}'`, type, row[name], cell)
      if (cell === null) columns.builders[c]!.setNull(i)
      else columns.builders[c]!.setCell(i, cell)
    })
  })
  columns.length = rows.length
  return columns.take()
}

type ReadRow = (row: number) => Row
type ReadValue = (row: number) => unknown
/** Makes the reader of a batch's rows from the readers of its columns. */
type Shape = (columns: readonly ReadValue[]) => ReadRow

const shapes = new WeakMap<Schema, Shape>()

/** A function from row numbers to rows, for loops over a batch. */
export function readerOf(batch: Batch): ReadRow {
  let shape = shapes.get(batch.schema)
  if (shape === undefined) {
    shape = shapeOf(Object.keys(batch.schema))
    shapes.set(batch.schema, shape)
  }
  const types = Object.values(batch.schema)
  return shape(batch.columns.map((column, i) => valueReader(types[i]!, column)))
}

const prototype = Object.create(Object.prototype, {
  toJSON: {
    value(this: Row): Row {
      return Object.fromEntries(Object.entries(this).map(([name, value]) => [name, jsonValue(value)]))
    },
  },
})

function jsonValue(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  return Array.isArray(value) ? value.map(jsonValue) : value
}

/**
 * The source of a constructor with one assignment a column: such rows share one hidden class and are made without a
 * loop, several times faster than by `Object.fromEntries`. Names enter only as JSON strings.
 */
function shapeOf(names: readonly string[]): Shape {
  const assignments = names.map((name, i) =>
    name === '__proto__'
      ? `Object.defineProperty(this, '__proto__', { value: c[${i}](row), enumerable: true })`
      : `this[${JSON.stringify(name)}] = c${i}(row)`,
  )
  const parameters = names.map((_, i) => `c${i}`).join(', ')
  const source = `
    return c => {
      const [${parameters}] = c
      function Row(row) { ${assignments.join('; ')} }
      Row.prototype = prototype
      return row => new Row(row)
    }`
  return new Function('prototype', source)(prototype) as Shape
}

function valueReader(type: ColumnType, column: Column): ReadValue {
  const { valid } = column
  const read = presentReader(type, column)
  return valid === undefined ? read : row => (valid[row] === 0 ? null : read(row))
}

/** The common types without the detour of a cell. */
function presentReader(type: ColumnType, column: Column): ReadValue {
  if (column.form === 'text' && type.kind !== 'json') {
    const { values, dictionary } = column
    return row => dictionary[values[row]!]
  }
  if (column.form === 'float' || (column.form === 'int32' && type.kind === 'int32')) {
    const { values } = column
    return row => values[row]
  }
  return row => valueOfCell(type, cellAt(column, row))
}
