/** `print()`: a place to look at rows while a pipeline is written. */
import { type Target, writeTo } from '../../plan/endpoint.ts'
import { checkOptions, checkWhole } from '../../plan/options.ts'
import type { UpdateMode } from '../../seam/sink.ts'
import { type PrintOptions, printSink } from './sink.ts'

/** Prints the first rows of a run, aligned. Takes any update mode: changes begin with + and −. */
export function print(options: PrintOptions = {}): Target<UpdateMode, undefined> {
  checkOptions('print', options, ['limit', 'line'])
  if (options.limit !== undefined) checkWhole('print: limit', options.limit, 0)
  return writeTo<UpdateMode>(printSink(options))
}
