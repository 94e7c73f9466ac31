/** What connectors share that count their positions in rows. */
import type { Batch } from '../schema/batch.ts'
import { slice } from '../schema/take.ts'
import type { Range, Read } from '../seam/source.ts'

/** Rows in a batch where nothing else decides: 64 KB a column of 64 bits, which stays in a core's cache. */
export const BATCH_ROWS = 8192

/**
 * The reads of a range, out of batches that begin at row `first`. Cuts inside a batch where the range begins or ends, stops
 * asking for more after its end, and stops when the signal is aborted.
 */
export async function* cutToRange(
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  { from, to = Number.POSITIVE_INFINITY }: Range,
  signal: AbortSignal,
  first = 0,
): AsyncGenerator<Read> {
  let position = first
  if (position >= to) return
  for await (const batch of batches) {
    if (signal.aborted) return
    const begin = Math.max(0, from - position)
    const end = Math.min(batch.length, to - position)
    position += batch.length
    if (begin < end) yield { batch: slice(batch, begin, end), position: Math.min(position, to) }
    if (position >= to) return
  }
}
