/** Rows for people, and never more than were asked for. */
import { userError } from '../../plan/user-error.ts'
import type { Batch } from '../../schema/batch.ts'
import type { Sink, SinkInput, SinkWriter } from '../../seam/sink.ts'
import { Epochs } from '../epochs.ts'
import { Table } from './table.ts'

/** How much `print` prints, and where. */
export interface PrintOptions {
  /** Rows to print in a run; of the others the number is told. Default 20. */
  readonly limit?: number
  /** Takes each line, without a line end. Default: standard output. */
  readonly line?: (text: string) => void
}

/** A sink that prints each epoch when it is committed. Rows taken away begin with −, and in relations that change those added with +. */
export function printSink(options: PrintOptions = {}): Sink {
  return {
    name: 'print',
    onReplay: 'duplicates',
    accepts: ['append', 'upsert', 'changelog'],
    open: async (_, input) => new Printer(input, options),
  }
}

class Printer implements SinkWriter {
  readonly #epochs = new Epochs('print')
  readonly #table: Table
  readonly #line: (text: string) => void
  readonly #limit: number
  #rows = 0

  constructor({ schema, mode }: SinkInput, options: PrintOptions) {
    this.#limit = options.limit ?? 20
    this.#line = options.line ?? (text => process.stdout.write(`${text}\n`))
    this.#table = new Table(schema, mode !== 'append', text => this.#say(text))
  }

  async committed(): Promise<number> {
    return this.#epochs.committed
  }

  async write(epoch: number, batch: Batch): Promise<void> {
    this.#epochs.expect(epoch)
    this.#table.add(batch, Math.max(0, Math.min(batch.length, this.#limit - this.#rows)))
    this.#rows += batch.length
  }

  async commit(epoch: number): Promise<void> {
    this.#epochs.commit(epoch)
    this.#table.flush()
  }

  async close(ended: boolean): Promise<void> {
    const more = this.#rows - this.#limit
    if (ended && more > 0) this.#say(`… and ${more} more`)
  }

  #say(text: string): void {
    try {
      this.#line(text)
    } catch (cause) {
      throw userError("print: the function 'line'", cause)
    }
  }
}
