/** All vectors by function. */
import type { FunctionName } from '../../src/plan/function/catalogue.ts'
import { castVectors } from './casts.ts'
import { logicVectors } from './logic.ts'
import { numberVectors } from './numbers.ts'
import type { Vectors } from './table.ts'
import { textVectors } from './texts.ts'
import { timeVectors } from './times.ts'

export const functionVectors: Readonly<Record<FunctionName, readonly Vectors[]>> = {
  ...numberVectors,
  ...logicVectors,
  ...textVectors,
  ...timeVectors,
  ...castVectors,
}
