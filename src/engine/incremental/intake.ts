/** Reads all partitions of all sources. */
import type { SourceNode } from '../../plan/node.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { Read } from '../../seam/source.ts'
import type { Source } from './operator/source.ts'

/** What came from a partition: rows, or its end. */
export interface Arrival {
  readonly source: Source
  readonly partition: number
  /** Undefined at the end. */
  readonly read: Read | undefined
}

interface Partition {
  readonly source: Source
  readonly index: number
  readonly iterator: AsyncIterator<Read>
  /** The partitions of the same source that wait for this one to end. */
  readonly waiting: (() => Partition)[]
  /** The read under way; it never rejects. */
  pending: Promise<void>
  result: IteratorResult<Read> | undefined
  error: unknown
}

/**
 * How many partitions of a bounded source are read at a time: each holds a file and some batches. The next one is opened
 * when one has ended; until then it holds back the watermark, as every partition does that has not spoken yet. Those of an
 * unbounded source never end, so all of them are open.
 */
const OPEN_PARTITIONS = 16

/**
 * One read is under way for each open partition. Bounded sources are read in turn, so that the same input makes the same
 * steps; where one is unbounded, whichever has rows comes first, and a silent partition holds up nobody.
 */
export class Intake {
  readonly #partitions: Partition[] = []
  /** Ends reads that are under way when the run fails for another reason. */
  readonly #closing = new AbortController()
  readonly #signal: AbortSignal
  readonly #runtime: Runtime
  #unbounded = false
  #turn = 0
  #wake: () => void = () => undefined

  constructor(runtime: Runtime, signal: AbortSignal) {
    this.#runtime = runtime
    this.#signal = AbortSignal.any([signal, this.#closing.signal])
    this.#signal.addEventListener('abort', () => this.#wake(), { once: true })
  }

  async open(sources: ReadonlyMap<SourceNode, Source>): Promise<void> {
    for (const [{ source: connector }, source] of sources) {
      const names = await connector.partitions()
      source.open(names.length)
      this.#unbounded ||= !connector.bounded
      const waiting: (() => Partition)[] = []
      names.forEach((name, index) => {
        waiting.push(() => ({
          source,
          index,
          iterator: connector.read(name, { from: 0 }, this.#signal)[Symbol.asyncIterator](),
          waiting,
          pending: Promise.resolve(),
          result: undefined,
          error: undefined,
        }))
      })
      const open = connector.bounded ? OPEN_PARTITIONS : names.length
      for (const partition of waiting.splice(0, open)) this.#open(partition(), this.#partitions.length)
    }
  }

  #open(partition: Partition, place: number): void {
    this.#partitions.splice(place, 0, partition)
    this.#start(partition)
  }

  /** Every partition has come to its end. */
  get ended(): boolean {
    return this.#partitions.length === 0
  }

  /**
   * The next arrival; undefined if the sources are silent for `patience` milliseconds, or the signal was aborted.
   * Only unbounded sources can be silent.
   */
  async next(patience: number | undefined): Promise<Arrival | undefined> {
    if (!this.#unbounded) {
      const partition = this.#partitions[this.#turn % this.#partitions.length]!
      await partition.pending
      return this.#take(partition)
    }
    const ready = this.#ready() ?? (await this.#wait(patience))
    return ready && this.#take(ready)
  }

  #ready(): Partition | undefined {
    const { length } = this.#partitions
    for (let i = 0; i < length; i++) {
      const partition = this.#partitions[(this.#turn + i) % length]!
      if (partition.result !== undefined || partition.error !== undefined) return partition
    }
    return undefined
  }

  async #wait(patience: number | undefined): Promise<Partition | undefined> {
    if (this.#signal.aborted) return undefined
    const woken = new Promise<void>(resolve => {
      this.#wake = resolve
    })
    const done = new AbortController()
    await (patience === undefined ? woken : Promise.race([woken, this.#runtime.sleep(patience, done.signal)]))
    done.abort()
    return this.#ready()
  }

  #take(partition: Partition): Arrival | undefined {
    const { source, index, result, error } = partition
    // A source that ends or fails because of the signal has done neither.
    if (this.#signal.aborted) return undefined
    if (error !== undefined) throw error
    const place = this.#partitions.indexOf(partition)
    if (result!.done) {
      this.#partitions.splice(place, 1)
      this.#turn = place
      const next = partition.waiting.shift()
      if (next !== undefined) this.#open(next(), place)
      return { source, partition: index, read: undefined }
    }
    this.#turn = place + 1
    this.#start(partition)
    return { source, partition: index, read: result!.value }
  }

  #start(partition: Partition): void {
    partition.result = undefined
    partition.pending = partition.iterator.next().then(
      result => {
        partition.result = result
        this.#wake()
      },
      error => {
        partition.error = error ?? new Error('A source failed without an error')
        this.#wake()
      },
    )
  }

  /** Lets sources clean up. Reads are left only where the run has failed: a second failure would hide the first. */
  async close(): Promise<void> {
    this.#closing.abort()
    const closed = this.#partitions.map(async ({ iterator, pending }) => {
      await pending
      await iterator.return?.()
    })
    await Promise.allSettled(closed)
  }
}
