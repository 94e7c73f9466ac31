/** When an engine may fill a file by itself. */
import type { CopyTarget, SinkInput } from '../../../seam/sink.ts'
import type { Fold } from '../../fold.ts'
import type { Compression } from '../path/compression.ts'
import type { FileFormat } from './format.ts'

/**
 * The copy into a file; undefined where its rows must come through `write`. An engine gives the relation that changes add up
 * to, but not the last of the rows that were only added.
 */
export function copyOf(
  format: FileFormat,
  file: string,
  compression: Compression | undefined,
  input: SinkInput,
  fold: Fold | undefined,
): CopyTarget | undefined {
  if (format.copy === undefined || (fold !== undefined && input.mode === 'append')) return undefined
  const copy = { format: format.copy, file, sorted: fold !== undefined }
  return compression === undefined ? copy : { ...copy, compression }
}
