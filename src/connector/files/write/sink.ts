/** Files as sinks: what a path means when it is written, and one file. Readers see the old content until the run has ended. */
import { basename } from 'node:path'
import { HeadraceError } from '../../../errors.ts'
import { acceptedBy, type Write } from '../../../plan/endpoint.ts'
import { type Env, isEnv, resolveEnv } from '../../../runtime/env.ts'
import { openPending, type PendingFile } from '../../../runtime/pending-file.ts'
import type { Batch } from '../../../schema/batch.ts'
import type { CopyTarget, Sink, SinkInput, SinkWriter } from '../../../seam/sink.ts'
import type { Interval, Site } from '../../../seam/site.ts'
import { Epochs } from '../../epochs.ts'
import { addedRows, Fold } from '../../fold.ts'
import { type Compression, compressionByName } from '../path/compression.ts'
import { isExact, type Layout, layoutOf } from '../path/layout.ts'
import { copyOf } from './copy.ts'
import { type FolderTarget, openFolder } from './folder-sink.ts'
import type { FileFormat, FileWriters, RowWriter } from './format.ts'

/** A place to write, as its user said it. */
export interface FileTarget {
  readonly format: FileFormat
  readonly path: string | Env | readonly (string | Env)[]
  readonly write?: Write
  /** Columns that are in the names of folders, and not in the files. */
  readonly partitionBy?: readonly string[]
  /** The column whose time says to which file of a dated path a row goes; the event time by default. */
  readonly datedBy?: string
  /** By default by the ending of the path: .gz, .zst. */
  readonly compression?: Compression
}

/** A sink for a path. Without `write` it takes what the dataset gives: append or upsert. */
export function fileSink(target: FileTarget): Sink {
  return sinkIn(target, { dir: process.cwd() })
}

function sinkIn(target: FileTarget, site: Pick<Site, 'dir' | 'interval'>): Sink {
  const { write } = target
  const name = nameOf(target)
  return {
    name,
    onReplay: 'idempotent',
    accepts: acceptedBy(write),
    open: async (partition, input) => {
      refuse(name, partition, input)
      return openTarget(target, input, site)
    },
    at: ({ dir, interval }) => sinkIn(target, interval === undefined ? { dir } : { dir, interval }),
  }
}

/** The name of one file, or the path of many. */
export function nameOf({ format, path, partitionBy = [] }: FileTarget): string {
  if (typeof path !== 'string') return `${format.name} ${Array.isArray(path) ? path.join(', ') : path}`
  if (partitionBy.length > 0) {
    const folders = partitionBy.map(column => `${column}=…`).join('/')
    return `${format.name} ${path.replace(/\/$/, '')}/${folders}`
  }
  return `${format.name} ${/[{}*?]|[/\\]$/.test(path) ? path : basename(path)}`
}

function refuse(name: string, partition: number, input: SinkInput): void {
  if (partition !== 0) {
    throw new HeadraceError('WRITE_FAILED', `${name} is one place and has no partition ${partition}.`)
  }
  if (input.bounded === false) {
    throw new HeadraceError(
      'REFUSED',
      `${name}: a file is published when its run has ended, and this run has a source without end. Bound the source (generate: rows).`,
    )
  }
}

async function openTarget(
  target: FileTarget,
  input: SinkInput,
  site: { readonly dir: string; readonly interval?: Interval },
): Promise<SinkWriter> {
  const { format, path, write, partitionBy = [], datedBy } = target
  const call = `files.${format.name}`
  if (typeof path !== 'string' && !isEnv(path)) {
    throw new HeadraceError(
      'REFUSED',
      `${call}([…]) is a list of files, which can only be read. Write to one path.`,
    )
  }
  const text = resolveEnv(path, `the path of ${call}`)
  const layout = layoutOf(call, text, partitionBy.length > 0 ? { partitionBy } : {})
  const what = `${call}('${text}')`
  checkWritable(what, layout, target)
  // Parquet packs its pages itself, whatever its name says.
  const compression = target.compression ?? (format.copy === undefined ? compressionByName(text) : undefined)
  const packed = compression === undefined ? {} : { compression }
  const fold = foldOf(input, write)
  if (layout.kind === 'file') return openFile({ format, ...packed }, text, site.dir, input, fold)
  const folder: FolderTarget = { what, format, layout, partitionBy, ...packed, ...site }
  return openFolder(datedBy === undefined ? folder : { ...folder, datedBy }, input, fold)
}

function checkWritable(what: string, layout: Layout, { partitionBy, datedBy }: FileTarget): void {
  if (layout.kind === 'pattern' || (layout.kind === 'dated' && !isExact(layout))) {
    throw new HeadraceError(
      'REFUSED',
      `${what} stands for several files, and can only be read. To write many files give a folder with partitionBy, or a dated path without wildcards.`,
    )
  }
  if (layout.kind === 'dated' && partitionBy !== undefined && !layout.isFolder) {
    throw new HeadraceError(
      'REFUSED',
      `${what} names one file for a time, and partitionBy needs a folder. End the path with a slash.`,
    )
  }
  if (datedBy !== undefined && layout.kind !== 'dated') {
    throw new HeadraceError(
      'INVALID_ARGUMENT',
      `${what}: datedBy is for dated paths, such as out/{yyyy}-{MM}-{dd}.csv. Take it out, or date the path.`,
    )
  }
}

/** What adds up the changes, where there are any. */
function foldOf({ schema, mode, key }: SinkInput, write: Write | undefined): Fold | undefined {
  if (mode !== 'append') return new Fold(schema)
  return write === 'upsert' && key !== undefined ? new Fold(schema, key) : undefined
}

/** One file is replaced whole, also by a run over an interval. */
async function openFile(
  { format, compression }: Pick<FileTarget, 'format' | 'compression'>,
  path: string,
  dir: string,
  input: SinkInput,
  fold: Fold | undefined,
): Promise<SinkWriter> {
  const file = await openPending(path, dir)
  try {
    const writers = await format.writers(input.schema, compression)
    const copy = copyOf(format, file.temporary, compression, input, fold)
    return new Writer(nameOf({ format, path }), file, writers, fold, copy)
  } catch (error) {
    await file.discard()
    throw error
  }
}

class Writer implements SinkWriter {
  readonly #file: PendingFile
  readonly #writers: FileWriters
  readonly #epochs: Epochs
  /** Present where the file holds the sum of the changes, which is known only at the end. */
  readonly #fold: Fold | undefined
  #rows: RowWriter | undefined
  #copied = false
  readonly copyTo?: () => CopyTarget

  constructor(
    name: string,
    file: PendingFile,
    writers: FileWriters,
    fold: Fold | undefined,
    copy: CopyTarget | undefined,
  ) {
    this.#file = file
    this.#writers = writers
    this.#epochs = new Epochs(name)
    this.#fold = fold
    if (copy === undefined) return
    this.copyTo = () => {
      this.#copied = true
      return copy
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
    try {
      if (ended) await this.#publish()
    } finally {
      await this.#rows?.abort()
      this.#writers.close()
      // After a publication there is nothing left to discard.
      await this.#file.discard()
    }
  }

  async #publish(): Promise<void> {
    if (!this.#copied) await this.#finish()
    await this.#file.publish()
  }

  async #finish(): Promise<void> {
    for (const batch of this.#fold?.batches() ?? []) await this.#put(batch)
    const rows = await this.#open()
    await rows.end()
    this.#rows = undefined
  }

  async #put(batch: Batch): Promise<void> {
    const rows = await this.#open()
    await rows.write(batch)
  }

  async #open(): Promise<RowWriter> {
    this.#rows ??= await this.#writers.create(this.#file)
    return this.#rows
  }
}
