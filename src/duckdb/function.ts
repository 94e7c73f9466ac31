/** Functions of ours that SQL can call, a chunk of rows at a time. */
import { type DuckDBConnection, DuckDBScalarFunction } from '@duckdb/node-api'
import duckdb from '@duckdb/node-bindings'
import { type Batch, columnOfCells } from '../schema/batch.ts'
import { type Cell, cellAt } from '../schema/cell.ts'
import { type ColumnType, withNull } from '../schema/type.ts'
import { ChunkReader } from './read.ts'
import { duckdbType } from './types.ts'
import { writeVector } from './write.ts'

export interface ScalarFunction {
  readonly name: string
  readonly args: readonly ColumnType[]
  readonly result: ColumnType
  /** Called for each row with its cells; one of them is null only where `onNull` is set. */
  readonly apply: (...cells: Cell[]) => Cell
  /** By default a null argument gives null. */
  readonly onNull?: boolean
  /** Told of what `apply` threw, because DuckDB passes on only a message. */
  readonly failed: (cause: unknown) => void
}

/** Registers a function with the instance of a connection. */
export function define(connection: DuckDBConnection, fn: ScalarFunction): void {
  const args = Object.fromEntries(fn.args.map((type, i) => [`a${i}`, type]))
  const definition = new DuckDBScalarFunction()
  definition.setName(fn.name)
  for (const type of fn.args) definition.addParameter(duckdbType(type))
  definition.setReturnType(duckdbType(fn.result))
  if (fn.onNull === true) definition.setSpecialHandling()
  const result = withNull(fn.result, true)
  duckdb.scalar_function_set_function(definition.scalar_function, (info, input, output) => {
    try {
      const batch = new ChunkReader(args).read(input)
      writeVector(output, result, columnOfCells(result, applied(fn, batch)), 0, batch.length)
    } catch (cause) {
      fn.failed(cause)
      duckdb.scalar_function_set_error(info, cause instanceof Error ? cause.message : String(cause))
    }
  })
  connection.registerScalarFunction(definition)
}

function applied(fn: ScalarFunction, { columns, length }: Batch): Cell[] {
  const results: Cell[] = []
  for (let row = 0; row < length; row++) {
    const cells = columns.map(column => cellAt(column, row))
    results.push(fn.onNull === true || !cells.includes(null) ? fn.apply(...cells) : null)
  }
  return results
}
