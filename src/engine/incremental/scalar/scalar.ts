/**
 * Functions of one row, over cells. They are the meaning of every function in this engine: the vectorised kernels use
 * them once per dictionary entry, for constants, and for rows whose values are too wide for a double.
 */
import type { FunctionName, FunctionOptions } from '../../../plan/function/catalogue.ts'
import type { Cell } from '../../../schema/cell.ts'
import type { ColumnType } from '../../../schema/type.ts'

/** What a function knows when it is compiled. */
export interface CallShape {
  readonly fn: FunctionName
  readonly args: readonly ColumnType[]
  readonly options: FunctionOptions
  readonly type: ColumnType
}

/** One row's value. */
export type Scalar = (cells: readonly Cell[]) => Cell

/** Makes the function of a call. */
export type ScalarMaker = (shape: CallShape) => Scalar

/** A function that gives null as soon as an argument is null. */
export const strict =
  (make: ScalarMaker): ScalarMaker =>
  shape => {
    const scalar = make(shape)
    return cells => (cells.includes(null) ? null : scalar(cells))
  }
