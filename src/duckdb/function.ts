/** Functions of ours that SQL can call, a chunk of rows at a time. */
import './binding.ts'
import { type DuckDBConnection, DuckDBScalarFunction } from '@duckdb/node-api'
import duckdb from '@duckdb/node-bindings'
import { type Batch, columnOfCells } from '../schema/batch.ts'
import { type Cell, cellAt } from '../schema/cell.ts'
import { type Column, formOf } from '../schema/column.ts'
import { type ColumnType, withNull } from '../schema/type.ts'
import { duckdbType } from './types.ts'
import { ChunkReader } from './vector/read.ts'
import { writeVector } from './vector/write.ts'

export interface ScalarFunction {
  readonly name: string
  readonly args: readonly ColumnType[]
  readonly result: ColumnType
  /** Called for each row with its cells. Where one of them is null, the result is null without a call. */
  readonly apply: (...cells: Cell[]) => Cell
  /** Told of what `apply` threw, because DuckDB passes on only a message. */
  readonly failed: (cause: unknown) => void
}

/** Registers a function with the instance of a connection. DuckDB's threads call it one after the other, on this one. */
export function define(connection: DuckDBConnection, fn: ScalarFunction): void {
  const reader = new ChunkReader(Object.fromEntries(fn.args.map((type, i) => [`a${i}`, type])))
  const result = withNull(fn.result, true)
  const definition = new DuckDBScalarFunction()
  definition.setName(fn.name)
  for (const type of fn.args) definition.addParameter(duckdbType(type))
  definition.setReturnType(duckdbType(fn.result))
  duckdb.scalar_function_set_function(definition.scalar_function, (info, input, output) => {
    try {
      reader.renew()
      const batch = reader.read(input)
      writeVector(output, result, columnOf(result, applied(fn, batch)), 0, batch.length)
    } catch (cause) {
      fn.failed(cause)
      duckdb.scalar_function_set_error(info, cause instanceof Error ? cause.message : String(cause))
    }
  })
  connection.registerScalarFunction(definition)
}

function applied(fn: ScalarFunction, { columns, length }: Batch): Cell[] {
  const results: Cell[] = new Array(length)
  const [only] = columns
  if (columns.length === 1) {
    for (let row = 0; row < length; row++) {
      const cell = cellAt(only!, row)
      results[row] = cell === null ? null : fn.apply(cell)
    }
    return results
  }
  for (let row = 0; row < length; row++) {
    const cells = columns.map(column => cellAt(column, row))
    results[row] = cells.includes(null) ? null : fn.apply(...cells)
  }
  return results
}

/** Texts go out once: finding equal ones would cost more than it saves. */
function columnOf(type: ColumnType, cells: readonly Cell[]): Column {
  if (formOf(type) !== 'text') return columnOfCells(type, cells)
  const values = Int32Array.from(cells, (cell, row) => (cell === null ? -1 : row))
  const valid = Uint8Array.from(cells, cell => (cell === null ? 0 : 1))
  return { form: 'text', values, dictionary: cells.map(cell => (cell ?? '') as string), valid }
}
