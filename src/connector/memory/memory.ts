/** Rows that are already there, and rows to look at afterwards: for tests, examples and small lookups. */
import type { Batch } from '../../schema/batch.ts'
import type { Sink, SinkInput, SinkWriter } from '../../seam/sink.ts'
import type { Source } from '../../seam/source.ts'
import { Epochs } from '../epochs.ts'
import { cutToRange } from '../ranges.ts'

/** A source whose rows are in the program. */
export interface MemorySource extends Source {
  readonly batches: readonly Batch[]
}

/** One partition of batches. Positions count rows. */
export function memorySource(batches: readonly Batch[]): MemorySource {
  return {
    name: 'memory',
    repeatable: true,
    bounded: true,
    batches,
    partitions: async () => ['0'],
    read: (_, range, signal) => cutToRange(batches, range, signal),
  }
}

/** Whether a source needs nothing from outside the program. */
export function isMemory(source: Source): source is MemorySource {
  return 'batches' in source
}

/** What a memory sink was given by its last run. */
export interface Kept {
  readonly input: SinkInput
  /** Each batch with the epoch that brought it, in order. */
  readonly changes: readonly { readonly epoch: number; readonly batch: Batch }[]
}

/** A sink that keeps every change of a run. `collected` is undefined before the first. */
export interface MemorySink extends Sink {
  collected(): Kept | undefined
}

/**
 * Keeps the committed epochs of the last run, also of one that failed after them. A run takes the place of the one before
 * when it first commits.
 */
export function memorySink(): MemorySink {
  let last: Kept | undefined
  return {
    name: 'memory',
    onReplay: 'idempotent',
    accepts: ['append', 'upsert', 'changelog'],
    collected: () => last,
    open: async (_, input) =>
      new MemoryWriter(changes => {
        last = { input, changes }
      }),
  }
}

type Changes = Kept['changes'][number][]

class MemoryWriter implements SinkWriter {
  readonly #epochs = new Epochs('memory')
  readonly #publish: (changes: Changes) => void
  readonly #changes: Changes = []
  #pending: Changes = []

  constructor(publish: (changes: Changes) => void) {
    this.#publish = publish
  }

  async committed(): Promise<number> {
    return this.#epochs.committed
  }

  async write(epoch: number, batch: Batch): Promise<void> {
    this.#epochs.expect(epoch)
    this.#pending.push({ epoch, batch })
  }

  async commit(epoch: number): Promise<void> {
    this.#epochs.commit(epoch)
    this.#changes.push(...this.#pending)
    this.#pending = []
    this.#publish(this.#changes)
  }

  async close(): Promise<void> {
    this.#pending = []
  }
}
