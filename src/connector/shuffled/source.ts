/** Disorder on purpose: the rows of a source in the order in which they might have arrived. */
import { HeadraceError } from '../../errors.ts'
import { hashAt } from '../../runtime/random.ts'
import { type Batch, columnOf } from '../../schema/batch.ts'
import type { Int64Column } from '../../schema/column.ts'
import { concat, slice, take } from '../../schema/take.ts'
import type { Range, Source } from '../../seam/source.ts'
import { type Block, cutBlocks } from '../ranges.ts'
import { orderBy } from './order.ts'

export interface Shuffle {
  /** A timestamp column by which the source is sorted. */
  readonly column: string
  /** Each row arrives this much later at most, in µs. */
  readonly within: number
  readonly seed: number
}

/**
 * The rows of `source`, each delayed by a seeded part of `within` after its event time and sorted by its arrival. Keeps no
 * more rows than happened within `within`, and one batch. Positions count rows. The order depends on the rows and the
 * seed, not on the batches. Throws INVALID_ARGUMENT at a row that is out of order.
 */
export function shuffledSource(source: Source, shuffle: Shuffle): Source {
  const { at, dated } = source
  return {
    ...(at === undefined ? {} : { at: site => shuffledSource(at.call(source, site), shuffle) }),
    ...(dated === undefined ? {} : { dated }),
    name: `shuffled ${source.name}`,
    repeatable: source.repeatable,
    bounded: source.bounded,
    partitions: () => source.partitions(),
    read: (partition, range: Range, signal) =>
      cutBlocks(arrivals(source, partition, shuffle, signal), range, signal),
  }
}

async function* arrivals(
  source: Source,
  partition: string,
  shuffle: Shuffle,
  signal: AbortSignal,
): AsyncGenerator<Block> {
  let waiting: Waiting | undefined
  let row = 0
  let position = 0
  for await (const { batch, rejected = [] } of source.read(partition, { from: 0 }, signal)) {
    let due = slice(batch, 0, 0)
    if (batch.length > 0) {
      const times = eventTimes(batch, shuffle.column)
      refuseDisorder(times, waiting?.latest ?? Number.NEGATIVE_INFINITY, shuffle.column, row)
      const arriving = arrivalTimes(times, shuffle, row)
      row += batch.length
      waiting = join(waiting, batch, arriving, times[times.length - 1]!)
      // Whatever is still to come happens no earlier than the latest row, and arrives no earlier than it happens.
      ;[due, waiting] = split(waiting, waiting.latest)
    }
    const first = position + due.length
    // A record that is no row has no time to wait for.
    const arrived = rejected.map((record, i) => ({ ...record, position: first + i }))
    position = first + arrived.length
    if (due.length + arrived.length > 0) yield { batch: due, rejected: arrived }
  }
  if (waiting !== undefined) yield { batch: split(waiting, Number.POSITIVE_INFINITY)[0] }
}

/** Rows that have happened and not arrived, in the order of the source. */
interface Waiting {
  readonly batch: Batch
  readonly arriving: Float64Array
  /** The event time of the last of them, in µs. */
  readonly latest: number
}

function join(waiting: Waiting | undefined, batch: Batch, arriving: Float64Array, latest: number): Waiting {
  if (waiting === undefined || waiting.batch.length === 0) return { batch, arriving, latest }
  const all = new Float64Array(waiting.arriving.length + arriving.length)
  all.set(waiting.arriving)
  all.set(arriving, waiting.arriving.length)
  return { batch: concat([waiting.batch, batch]), arriving: all, latest }
}

/** The rows that arrive before a time, sorted by arrival, and those that go on waiting. */
function split({ batch, arriving, latest }: Waiting, before: number): [due: Batch, rest: Waiting] {
  const due = new Int32Array(arriving.length)
  const rest = new Int32Array(arriving.length)
  let dues = 0
  let rests = 0
  for (let i = 0; i < arriving.length; i++) {
    if (arriving[i]! < before) due[dues++] = i
    else rest[rests++] = i
  }
  const order = orderBy(arriving, due.subarray(0, dues))
  const left = rest.subarray(0, rests)
  return [
    take(batch, order),
    { batch: take(batch, left), arriving: Float64Array.from(left, i => arriving[i]!), latest },
  ]
}

/** Event times in µs; exact, since 2^53 µs reach the year 2255. */
function eventTimes(batch: Batch, column: string): Float64Array {
  const { values, valid } = columnOf(batch, column) as Int64Column
  const words = new Int32Array(values.buffer, values.byteOffset, values.length * 2)
  const times = new Float64Array(values.length)
  for (let i = 0; i < times.length; i++) {
    if (valid?.[i] === 0) throw outOfOrder(column, 'has a null')
    times[i] = words[2 * i + 1]! * 4_294_967_296 + (words[2 * i]! >>> 0)
  }
  return times
}

function arrivalTimes(times: Float64Array, { within, seed }: Shuffle, first: number): Float64Array {
  const arriving = new Float64Array(times.length)
  for (let i = 0; i < times.length; i++) {
    arriving[i] = times[i]! + (hashAt(seed, first + i) / 4_294_967_296) * within
  }
  return arriving
}

function refuseDisorder(times: Float64Array, after: number, column: string, first: number): void {
  let last = after
  for (let i = 0; i < times.length; i++) {
    if (times[i]! < last) throw outOfOrder(column, `goes back at row ${first + i}`)
    last = times[i]!
  }
}

function outOfOrder(column: string, what: string): HeadraceError {
  return new HeadraceError(
    'INVALID_ARGUMENT',
    `shuffled: the source must be sorted by '${column}' for its arrival to be made up, and '${column}' ${what}.`,
  )
}
