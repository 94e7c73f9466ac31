/** One file as a sink. The file appears, complete, when the run has ended; until then the old one stays. */

import { basename } from 'node:path'
import { HeadraceError } from '../../errors.ts'
import type { Write } from '../../plan/endpoint.ts'
import type { Batch } from '../../schema/batch.ts'
import type { Schema } from '../../schema/type.ts'
import type { Sink, SinkInput, SinkWriter, UpdateMode } from '../../seam/sink.ts'
import { Epochs } from '../epochs.ts'
import { addedRows, Fold } from '../fold.ts'
import { openPending, type PendingFile } from './pending-file.ts'

/** A file that is being written, as the rows it will hold: what differs between formats. */
export interface RowWriter {
  write(batch: Batch): Promise<void>
  /** All bytes are in the file. */
  end(): Promise<void>
  /** Frees handles; the file may be unfinished. */
  abort(): Promise<void>
}

/** What a format must do to be written. */
export interface FileFormat {
  readonly name: string
  /** Creates `file.temporary`. */
  create(file: PendingFile, schema: Schema): Promise<RowWriter>
  /** An engine may write this format by itself. */
  readonly copy?: 'parquet'
}

/**
 * What a file holds after a run. `append`: the rows of the run, as they came. `replace`: the relation that the changes add
 * up to. `upsert`: one row a key, where rows are only added the last that came. One file is always replaced whole.
 */
const accepts: Readonly<Record<Write, readonly UpdateMode[]>> = {
  append: ['append'],
  upsert: ['append', 'upsert'],
  replace: ['append', 'upsert', 'changelog'],
}

/** A sink for one path. Without `write` it takes what the dataset gives: append or upsert. */
export function fileSink(path: string, format: FileFormat, write?: Write): Sink {
  const name = `${format.name} ${basename(path)}`
  return {
    name,
    onReplay: 'idempotent',
    accepts: write === undefined ? ['append', 'upsert'] : accepts[write],
    open: async (partition, input) => {
      refuse(path, name, partition, input)
      return new Writer(name, format, input, foldOf(input, write), await openPending(path))
    },
  }
}

function refuse(path: string, name: string, partition: number, input: SinkInput): void {
  if (partition !== 0) {
    throw new HeadraceError('WRITE_FAILED', `${name}: ${path} is one file and has no partition ${partition}.`)
  }
  if (input.bounded === false) {
    throw new HeadraceError(
      'REFUSED',
      `${name}: a file is published when its run has ended, and this run has a source without end. Bound the source (generate: rows).`,
    )
  }
}

/** What adds up the changes, where there are any. */
function foldOf({ schema, mode, key }: SinkInput, write: Write | undefined): Fold | undefined {
  if (mode !== 'append') return new Fold(schema)
  return write === 'upsert' && key !== undefined ? new Fold(schema, key) : undefined
}

class Writer implements SinkWriter {
  readonly #format: FileFormat
  readonly #schema: Schema
  readonly #file: PendingFile
  readonly #epochs: Epochs
  /** Present where the file holds the sum of the changes, which is known only at the end. */
  readonly #fold: Fold | undefined
  #rows: RowWriter | undefined
  #copied = false
  readonly copyTo?: () => { format: 'parquet'; file: string }

  constructor(name: string, format: FileFormat, input: SinkInput, fold: Fold | undefined, file: PendingFile) {
    this.#format = format
    this.#schema = input.schema
    this.#file = file
    this.#epochs = new Epochs(name)
    this.#fold = fold
    // An engine gives the relation that changes add up to, but not the last of the rows that were only added.
    const isResult = fold === undefined || input.mode !== 'append'
    if (format.copy !== undefined && isResult) {
      this.copyTo = () => {
        this.#copied = true
        return { format: 'parquet', file: file.temporary }
      }
    }
  }

  async committed(): Promise<number> {
    return this.#epochs.committed
  }

  async write(epoch: number, batch: Batch): Promise<void> {
    this.#epochs.expect(epoch)
    if (this.#fold === undefined) await this.#put(addedRows(batch))
    else this.#fold.add(batch)
  }

  async commit(epoch: number): Promise<void> {
    this.#epochs.commit(epoch)
  }

  async close(ended: boolean): Promise<void> {
    if (!ended) {
      await this.#rows?.abort()
      return this.#file.discard()
    }
    try {
      if (!this.#copied) await this.#finish()
      await this.#file.publish()
    } catch (error) {
      await this.#rows?.abort()
      await this.#file.discard()
      throw error
    }
  }

  async #finish(): Promise<void> {
    for (const batch of this.#fold?.batches() ?? []) await this.#put(batch)
    const rows = await this.#open()
    await rows.end()
  }

  async #put(batch: Batch): Promise<void> {
    const rows = await this.#open()
    await rows.write(batch)
  }

  async #open(): Promise<RowWriter> {
    this.#rows ??= await this.#format.create(this.#file, this.#schema)
    return this.#rows
  }
}
