/** Rows that are already there, and rows to look at afterwards: for tests, examples and small lookups. */
import type { Batch } from '../../schema/batch.ts'
import type { Sink, SinkInput, SinkWriter } from '../../seam/sink.ts'
import type { Source } from '../../seam/source.ts'
import { Epochs } from '../epochs.ts'
import { cutToRange } from '../ranges.ts'

/** One partition of batches. Positions count rows. */
export function memorySource(batches: readonly Batch[]): Source {
  return {
    name: 'memory',
    repeatable: true,
    bounded: true,
    partitions: async () => ['0'],
    read: (_, range, signal) => cutToRange(batches, range, signal),
  }
}

/** What a memory sink was given. */
export interface Collected {
  readonly input: SinkInput
  /** Each batch with the epoch that brought it, in order. */
  readonly changes: readonly { readonly epoch: number; readonly batch: Batch }[]
}

/** A sink that keeps every change of its last run. `collected` is undefined before the first. */
export interface MemorySink extends Sink {
  collected(): Collected | undefined
}

/** Rows of epochs that were not committed are forgotten; those of a run that failed later are kept, to be looked at. */
export function memorySink(): MemorySink {
  let input: SinkInput | undefined
  let changes: { epoch: number; batch: Batch }[] = []
  return {
    name: 'memory',
    onReplay: 'idempotent',
    accepts: ['append', 'upsert', 'changelog'],
    collected: () => (input === undefined ? undefined : { input, changes }),
    open: async (_, opened) => {
      input = opened
      changes = []
      return new MemoryWriter(changes)
    },
  }
}

class MemoryWriter implements SinkWriter {
  readonly #epochs = new Epochs('memory')
  readonly #changes: { epoch: number; batch: Batch }[]
  #pending: { epoch: number; batch: Batch }[] = []

  constructor(changes: { epoch: number; batch: Batch }[]) {
    this.#changes = changes
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
  }

  async close(): Promise<void> {
    this.#pending = []
  }
}
