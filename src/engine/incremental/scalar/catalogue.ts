/** The scalar form of every function of the language. */
import type { FunctionName } from '../../../plan/function/catalogue.ts'
import { castScalars } from './casts.ts'
import { logicScalars } from './logic.ts'
import { numberScalars } from './numbers.ts'
import type { CallShape, Scalar, ScalarMaker } from './scalar.ts'
import { textScalars } from './texts.ts'
import { timeScalars } from './times.ts'

const makers: Readonly<Record<FunctionName, ScalarMaker>> = {
  ...numberScalars,
  ...logicScalars,
  ...textScalars,
  ...timeScalars,
  ...castScalars,
}

export const scalarOf = (shape: CallShape): Scalar => makers[shape.fn](shape)
