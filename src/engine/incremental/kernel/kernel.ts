/** Kernels: compiled expressions. A kernel computes all rows of a frame at once. */

import { isExact } from '../../../plan/function/signature.ts'
import { columnOfCells } from '../../../schema/batch.ts'
import type { Cell } from '../../../schema/cell.ts'
import { type Column, formOf } from '../../../schema/column.ts'
import { concat, takeColumn } from '../../../schema/take.ts'
import type { ColumnType } from '../../../schema/type.ts'
import { scaleOf } from '../scalar/exact.ts'
import { widener } from '../scalar/logic.ts'
import type { Frame } from './frame.ts'
import { floatVector, genericLoop, scaledUp } from './loop.ts'
import { columnOfVector, lanesOf, nulls, type Vector } from './vector.ts'

export interface Kernel {
  readonly type: ColumnType
  /** The value, where it is the same for every row. */
  readonly constant?: Cell
  /** Computing it for a row that nobody asked for could fail the run. */
  readonly mayFail: boolean
  run(frame: Frame): Vector
  /** The same for a function that takes lanes as well as columns, where that is cheaper. */
  operand?(frame: Frame): Vector
}

const MIN_CONSTANTS = 4096

/** A literal: one vector, made as long as the longest frame so far. */
export function constantKernel(type: ColumnType, value: Cell): Kernel {
  let vector: Vector = columnOfCells(type, [])
  let capacity = 0
  return {
    type,
    constant: value,
    mayFail: false,
    run({ length }) {
      if (length > capacity) {
        capacity = Math.max(MIN_CONSTANTS, length)
        vector = repeated(type, value, capacity)
      }
      return vector
    },
  }
}

/** As lanes where it can be, so that they are not made anew for each frame. */
function repeated(type: ColumnType, value: Cell, n: number): Vector {
  const column = columnOfCells(type, [value])
  const exact =
    value !== null && (column.form === 'int32' || column.form === 'int64' || column.form === 'int128')
  const lanes = exact ? lanesOf(column, 1) : undefined
  return lanes === undefined
    ? takeColumn(column, new Int32Array(n))
    : { form: 'lanes', values: new Float64Array(n).fill(lanes[0]!) }
}

export function columnKernel(type: ColumnType, index: number): Kernel {
  return {
    type,
    mayFail: false,
    run: frame => frame.column(index),
    operand: frame => frame.operand(index),
  }
}

/** Brings a vector to a type that holds its values without loss. */
export function widen(vector: Vector, from: ColumnType, to: ColumnType, n: number): Vector {
  const sameForm = formOf(from) === formOf(to)
  if (sameForm && scaleOf(from) === scaleOf(to)) return vector
  if (to.kind === 'float64') {
    const floats = floatVector(vector, from, n)
    if (floats !== undefined) return floats
  } else if (isExact(to)) {
    const values = scaledUp(lanesOf(vector, n), scaleOf(to) - scaleOf(from), n)
    if (values !== undefined) return { form: 'lanes', values, ...nulls(vector.valid) }
  }
  const convert = widener(from, to)
  return genericLoop(([cell]) => convert(cell!), [from], [vector], to, n)
}

/** Some rows of a result: `vector` row i is row `rows[i]` of the whole. */
export interface Piece {
  readonly rows: Int32Array
  readonly column: Column
}

/** Puts pieces that together have each of n rows once in their places. */
export function assemble(pieces: readonly Piece[], type: ColumnType, n: number): Column {
  const filled = pieces.filter(piece => piece.rows.length > 0)
  if (filled.length === 0) return columnOfCells(type, [])
  if (filled.length === 1) return filled[0]!.column
  const order = new Int32Array(n)
  let at = 0
  for (const { rows } of filled) for (let i = 0; i < rows.length; i++) order[rows[i]!] = at++
  const batches = filled.map(({ rows, column }) => ({
    schema: { value: type },
    length: rows.length,
    columns: [column],
  }))
  return takeColumn(concat(batches).columns[0]!, order)
}

/** A piece computed by a kernel on some rows of a frame. */
export function pieceOf(kernel: Kernel, frame: Frame, rows: Int32Array, type: ColumnType): Piece {
  const part = rows.length === frame.length ? frame : frame.select(rows)
  const vector = widen(kernel.run(part), kernel.type, type, part.length)
  return { rows, column: columnOfVector(vector, type, part.length) }
}

/** 0, 1, … n − 1. */
export function allRows(n: number): Int32Array {
  const rows = new Int32Array(n)
  for (let i = 0; i < n; i++) rows[i] = i
  return rows
}
