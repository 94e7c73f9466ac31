/** What connectors share that count their positions in records. */
import { systemRuntime } from '../runtime/runtime.ts'
import { breathe } from '../runtime/sleep.ts'
import type { Batch } from '../schema/batch.ts'
import { slice } from '../schema/take.ts'
import type { Position, Range, Read } from '../seam/source.ts'

/** Rows in a batch where nothing else decides: 64 KB a column of 64 bits, which stays in a core's cache. */
export const BATCH_ROWS = 8192

/** How long rows that are already there may keep the event loop from its turn, in ms. */
const LONGEST_HOLD_MS = 50

/** Records that follow each other: rows, and among them, by position, those that are none. */
export type Block = Pick<Read, 'batch' | 'rejected'>

/**
 * The reads of a range, out of batches that begin at row `first`. Cuts inside a batch where the range begins or ends, stops
 * asking for more after its end, and stops when the signal is aborted. Batches that never wait would starve the event loop,
 * and no signal would ever come: it gets its turn between them.
 */
export async function* cutToRange(
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  range: Range,
  signal: AbortSignal,
  first = 0,
): AsyncGenerator<Read> {
  yield* cutBlocks(blocksOf(batches), range, signal, first)
}

async function* blocksOf(batches: AsyncIterable<Batch> | Iterable<Batch>): AsyncGenerator<Block> {
  for await (const batch of batches) yield { batch }
}

/** The same for rows that have bad records among them. */
export async function* cutBlocks(
  blocks: AsyncIterable<Block>,
  { from, to = Number.POSITIVE_INFINITY }: Range,
  signal: AbortSignal,
  first = 0,
): AsyncGenerator<Read> {
  let position = first
  if (position >= to) return
  let breathed = systemRuntime.now()
  for await (const block of blocks) {
    if (systemRuntime.now() - breathed > LONGEST_HOLD_MS) {
      await breathe()
      breathed = systemRuntime.now()
    }
    if (signal.aborted) return
    const read = cut(block, position, from, to)
    position += block.batch.length + (block.rejected?.length ?? 0)
    if (read !== undefined) yield read
    if (position >= to) return
  }
}

/** The records of a block from one position up to another; the block begins at `begin`. Undefined where there are none. */
function cut(
  { batch, rejected = [] }: Block,
  begin: Position,
  from: Position,
  to: Position,
): Read | undefined {
  const end = begin + batch.length + rejected.length
  if (end <= from || begin >= to || begin === end) return undefined
  const kept = rejected.filter(({ position }) => position >= from && position < to)
  const before = rejected.filter(({ position }) => position < from).length
  const start = Math.max(0, from - begin - before)
  const rows = Math.min(end, to) - Math.max(begin, from) - kept.length
  const read = { batch: slice(batch, start, start + rows), position: Math.min(end, to) }
  return kept.length === 0 ? read : { ...read, rejected: kept }
}
