/** What all encoders share: from batches to bytes. */
import { HeadraceError } from '../errors.ts'
import type { Batch } from './batch.ts'

/** Writes one output: the head, then batches, then the tail. */
export interface Encoder {
  head(): Uint8Array
  encode(batch: Batch): Uint8Array
  tail(): Uint8Array
}

/** Formats of plain rows cannot say that a row was taken away. Throws NOT_EXPRESSIBLE unless all weights are +1. */
export function refuseWeights(batch: Batch): void {
  const weight = batch.weights?.find(w => w !== 1)
  if (weight === undefined) return
  throw new HeadraceError(
    'NOT_EXPRESSIBLE',
    `A file of rows cannot hold a row of weight ${weight}. Fold the changes first.`,
  )
}
