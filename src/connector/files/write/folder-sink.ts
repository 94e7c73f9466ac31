/** A folder as a sink: one part file or many, by partition. Readers see the files of a run all at once, when it has ended. */
import { resolve } from 'node:path'
import { Duckdb } from '../../../duckdb/duckdb.ts'
import { parquetRows } from '../../../duckdb/parquet/footer.ts'
import { HeadraceError } from '../../../errors.ts'
import type { Batch } from '../../../schema/batch.ts'
import { timestampOfText } from '../../../schema/text/time-text.ts'
import type { Schema } from '../../../schema/type.ts'
import type { CopyTarget, SinkInput, SinkWriter } from '../../../seam/sink.ts'
import type { Interval } from '../../../seam/site.ts'
import { Epochs } from '../../epochs.ts'
import { addedRows, type Fold } from '../../fold.ts'
import type { Compression } from '../path/compression.ts'
import { schemaInFiles } from '../path/hive.ts'
import { belowRoot, type Layout } from '../path/layout.ts'
import type { OnStep } from '../publish/intent.ts'
import { type DataFile, type Manifest, schemaOfManifest } from '../publish/manifest.ts'
import { openPublication, type Publication, type StagedFile } from '../publish/publication.ts'
import { copyOf } from './copy.ts'
import type { FileFormat } from './format.ts'
import { isWithin, partitionerOf } from './partitions.ts'
import { type PartBounds, type PartNames, Parts } from './parts.ts'

export interface FolderTarget {
  /** The endpoint as its user wrote it, for messages: `files.csv('out/')`. */
  readonly what: string
  readonly format: FileFormat
  readonly layout: Layout
  /** Where relative paths begin. */
  readonly dir: string
  readonly partitionBy: readonly string[]
  readonly datedBy?: string
  readonly compression?: Compression
  readonly interval?: Interval
  /** For tests: what happens when, and lower bounds. */
  readonly onStep?: OnStep
  readonly bounds?: PartBounds
}

/**
 * Opens a folder to write what a run gives. Without an interval it replaces all that the folder holds; with one, the
 * partitions inside it, those included that get no row. Throws REFUSED, SCHEMA_MISMATCH, FOLDER_LOCKED, WRITE_FAILED.
 */
export async function openFolder(
  target: FolderTarget,
  input: SinkInput,
  fold: Fold | undefined,
): Promise<SinkWriter> {
  const { format, layout, partitionBy, compression, bounds } = target
  const partitioner = partitionerOf(input, target)
  const schemas = [input.schema, schemaInFiles(input.schema, partitionBy)] as const
  const publication = await openPublication(resolve(target.dir, layout.root), target.onStep)
  let parts: Parts | undefined
  try {
    if (layout.kind === 'folder') await publication.checkOwn()
    const stay = staying(target, input.schema, publication.before, partitioner.isWhole)
    const names = namesOf(target)
    const writers = await format.writers(schemas[1], compression)
    parts = new Parts(publication, writers, partitioner, names, schemas, bounds)
    const file =
      partitioner.isWhole && format.copy !== undefined
        ? await publication.stage(names.path({ path: '' }, 0), names.alone)
        : undefined
    const copy = file && copyOf(format, file.temporary, compression, input, fold)
    return new FolderWriter(target.what, publication, stay, parts, fold, copy && { copy, file: file! })
  } catch (error) {
    await parts?.close()
    await publication.discard()
    throw error
  }
}

const endings: Readonly<Record<Compression, string>> = { none: '', gzip: '.gz', zstd: '.zst', snappy: '' }

/** `part-0.csv.gz` in the folder of a partition; a dated path that names a file has that, then `2024-01-31.part-1.csv`. */
function namesOf({ format, layout, partitionBy, compression = 'none' }: FolderTarget): PartNames {
  if (layout.kind === 'dated' && !layout.isFolder && partitionBy.length === 0) {
    return { alone: false, path: ({ path }, part) => (part === 0 ? path : numbered(path, part)) }
  }
  const ending = format.copy === undefined ? endings[compression] : ''
  const path: PartNames['path'] = (partition, part) => {
    const name = `part-${part}.${format.name}${ending}`
    return partition.path === '' ? name : `${partition.path}/${name}`
  }
  return { alone: true, path }
}

function numbered(path: string, part: number): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const dot = name.indexOf('.', 1)
  const at = dot < 0 ? path.length : path.length - name.length + dot
  return `${path.slice(0, at)}.part-${part}${path.slice(at)}`
}

/** The manifest of what stays: all but the files, and of these those outside the interval. */
function staying(
  target: FolderTarget,
  schema: Schema,
  before: Manifest | undefined,
  isWhole: boolean,
): Manifest {
  const { format, layout, partitionBy, interval } = target
  const behind = belowRoot(layout)
  const form = { format: format.name, path: behind, partitionBy, schema: schemaOfManifest(schema) }
  if (before === undefined || before.files.length === 0) return { ...form, files: [] }
  checkPath(target, behind, before)
  const stay =
    interval === undefined || isWhole ? [] : before.files.filter(file => !isReplaced(file, interval))
  if (stay.length > 0) checkForm(target, form, before)
  return { ...form, files: stay }
}

function isReplaced({ from, to }: DataFile, interval: Interval): boolean {
  const times = [from, to].map(text => (text === undefined ? undefined : timestampOfText(text)))
  const [begin, end] = times
  return typeof begin === 'bigint' && typeof end === 'bigint' && isWithin({ from: begin, to: end }, interval)
}

/** Two dated paths of one folder would each take away what the other wrote. */
function checkPath({ what, layout }: FolderTarget, path: string, before: Manifest): void {
  if (before.path === path) return
  const other = before.path === '' ? 'a folder' : before.path
  throw new HeadraceError(
    'REFUSED',
    `${what}: ${layout.root} holds what was written as ${other}. One folder has one form: write to another folder, or move this one away.`,
  )
}

function checkForm({ what, layout }: FolderTarget, form: Omit<Manifest, 'files'>, before: Manifest): void {
  const shown = ({ format, partitionBy, schema }: Omit<Manifest, 'files'>): string => {
    const columns = schema.map(({ column, type }) => `${column} ${type}`).join(', ')
    return `${format} of (${columns})${partitionBy.length === 0 ? '' : ` by ${partitionBy.join(', ')}`}`
  }
  if (shown(before) === shown(form)) return
  throw new HeadraceError(
    'SCHEMA_MISMATCH',
    `${what}: the run replaces a part of ${layout.root}, and the rest would be of another form. There is ${shown(before)}; the run gives ${shown(form)}. Run without from and to, so that all is replaced, or write to another folder.`,
  )
}

interface StagedCopy {
  readonly copy: CopyTarget
  readonly file: StagedFile
}

class FolderWriter implements SinkWriter {
  readonly #publication: Publication
  readonly #stay: Manifest
  readonly #parts: Parts
  /** Present where the folder holds the sum of the changes, which is known only at the end. */
  readonly #fold: Fold | undefined
  readonly #epochs: Epochs
  #copied: StagedFile | undefined
  readonly copyTo?: () => CopyTarget

  constructor(
    what: string,
    publication: Publication,
    stay: Manifest,
    parts: Parts,
    fold: Fold | undefined,
    copied: StagedCopy | undefined,
  ) {
    this.#publication = publication
    this.#stay = stay
    this.#parts = parts
    this.#fold = fold
    this.#epochs = new Epochs(what)
    if (copied === undefined) return
    this.copyTo = () => {
      this.#copied = copied.file
      return copied.copy
    }
  }

  async committed(): Promise<number> {
    return this.#epochs.committed
  }

  async write(epoch: number, batch: Batch): Promise<void> {
    this.#epochs.expect(epoch)
    if (this.#fold === undefined) await this.#parts.write(addedRows(batch))
    else this.#fold.add(batch)
  }

  async commit(epoch: number): Promise<void> {
    this.#epochs.commit(epoch)
  }

  async close(ended: boolean): Promise<void> {
    try {
      if (ended) await this.#publish()
    } finally {
      await this.#parts.close()
      // After a publication there is nothing left to discard, and after a failed one what was there stays.
      await this.#publication.discard()
    }
  }

  async #publish(): Promise<void> {
    for (const batch of this.#fold?.batches() ?? []) await this.#parts.write(batch)
    const written =
      this.#copied === undefined
        ? await this.#parts.end()
        : [await copiedFile(this.#copied, this.#publication)]
    const files = [...this.#stay.files, ...written].sort((a, b) => (a.path < b.path ? -1 : 1))
    await this.#publication.publish({ ...this.#stay, files })
  }
}

async function copiedFile(file: StagedFile, publication: Publication): Promise<DataFile> {
  const db = await Duckdb.open({ threads: 1 })
  try {
    const [rows] = await parquetRows(db, [file.temporary])
    return { path: file.name, rows: rows!, bytes: await publication.staged(file) }
  } finally {
    db.close()
  }
}
