/** What connectors share that count their positions in rows. */
import { systemRuntime } from '../runtime/runtime.ts'
import { breathe } from '../runtime/sleep.ts'
import type { Batch } from '../schema/batch.ts'
import { slice } from '../schema/take.ts'
import type { Range, Read } from '../seam/source.ts'

/** Rows in a batch where nothing else decides: 64 KB a column of 64 bits, which stays in a core's cache. */
export const BATCH_ROWS = 8192

/** How long rows that are already there may keep the event loop from its turn, in ms. */
const LONGEST_HOLD_MS = 50

/**
 * The reads of a range, out of batches that begin at row `first`. Cuts inside a batch where the range begins or ends, stops
 * asking for more after its end, and stops when the signal is aborted. Batches that never wait would starve the event loop,
 * and no signal would ever come: it gets its turn between them.
 */
export async function* cutToRange(
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  { from, to = Number.POSITIVE_INFINITY }: Range,
  signal: AbortSignal,
  first = 0,
): AsyncGenerator<Read> {
  let position = first
  if (position >= to) return
  let breathed = systemRuntime.now()
  for await (const batch of batches) {
    if (systemRuntime.now() - breathed > LONGEST_HOLD_MS) {
      await breathe()
      breathed = systemRuntime.now()
    }
    if (signal.aborted) return
    const begin = Math.max(0, from - position)
    const end = Math.min(batch.length, to - position)
    position += batch.length
    if (begin < end) yield { batch: slice(batch, begin, end), position: Math.min(position, to) }
    if (position >= to) return
  }
}
