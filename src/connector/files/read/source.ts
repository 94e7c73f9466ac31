/** Files as a source: one, or all that a path stands for, each a partition that is named by its path. */
import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { HeadraceError } from '../../../errors.ts'
import { type Env, resolveEnv } from '../../../runtime/env.ts'
import { type Batch, batchOfCells } from '../../../schema/batch.ts'
import type { Cell } from '../../../schema/cell.ts'
import { take } from '../../../schema/take.ts'
import type { Schema } from '../../../schema/type.ts'
import type { Interval } from '../../../seam/site.ts'
import type { Range, Read, Scan, ScannedFile, Source } from '../../../seam/source.ts'
import { hiveCells, schemaInFiles } from '../path/hive.ts'
import { belowRoot, type Layout, layoutOf } from '../path/layout.ts'
import type { DataFile, Manifest } from '../publish/manifest.ts'
import { type Check, publishedIn, settled } from '../publish/published.ts'
import type { FileReader, FileScan } from './format.ts'
import { type ListedFile, listFiles, rootExists } from './listing.ts'

/** What is read, as its user said it. */
export interface FileSet {
  /** The call, for messages: `files.csv`. */
  readonly what: string
  readonly name: string
  readonly paths: readonly (string | Env)[]
  readonly schema: Schema
  readonly partitionBy: readonly string[]
  readonly reader: FileReader
}

/** Where and what part of it. */
interface Place {
  readonly dir: string
  /** `at` has been called: the environment may be asked. */
  readonly placed?: true
  readonly interval?: Interval
  readonly holds?: (values: Readonly<Record<string, Cell>>) => boolean
}

/** A source of files. Before it is placed, relative paths begin in the current folder. */
export function fileSource(set: FileSet): Source {
  return new Files(set, { dir: process.cwd() })
}

class Files implements Source {
  readonly name: string
  readonly repeatable = true
  readonly bounded = true
  readonly dated: boolean
  readonly at: NonNullable<Source['at']>
  readonly pruning?: NonNullable<Source['pruning']>
  readonly scan?: NonNullable<Source['scan']>
  readonly #set: FileSet
  readonly #place: Place
  /** The columns that the files hold. */
  readonly #kept: Schema
  /** Of the folders that were listed last, to be asked when a file has been read. */
  #checks: Check[] = []
  /** What their manifests list, by the files' absolute paths. */
  #published = new Map<string, DataFile>()

  constructor(set: FileSet, place: Place) {
    this.name = set.name
    this.#set = set
    this.#place = place
    this.#kept = schemaInFiles(set.schema, set.partitionBy)
    this.dated = layoutsOf(set, place.placed)[0]?.kind === 'dated'
    this.at = ({ dir, interval }) =>
      new Files(set, { ...place, dir, placed: true, ...(interval === undefined ? {} : { interval }) })
    if (set.partitionBy.length > 0) {
      this.pruning = {
        columns: set.partitionBy,
        where: holds => new Files(set, { ...place, holds: both(place.holds, holds) }),
      }
    }
    const { scan } = set.reader
    if (scan !== undefined) this.scan = () => this.#scanned(scan)
  }

  async partitions(): Promise<readonly string[]> {
    const found = await this.#files()
    await this.#set.reader.check?.(found, this.#kept)
    return found.map(file => file.name)
  }

  async *read(partition: string, range: Range, signal: AbortSignal): AsyncGenerator<Read> {
    const { reader } = this.#set
    const constants = this.#constants(partition)
    const file = { name: partition, path: resolve(this.#place.dir, partition) }
    const checks = this.#checks
    let isFirst = true
    try {
      for await (const read of reader.read(file, this.#kept, range, signal)) {
        // Who takes only the first rows of a file does not come to its end.
        if (isFirst) await all(checks)
        isFirst = false
        yield constants === undefined ? read : { ...read, batch: constants(read.batch) }
      }
    } catch (error) {
      // A file that is no more, or is another one now, shows in many ways.
      if (!signal.aborted) await all(checks)
      throw error
    }
    if (!signal.aborted) await all(checks)
  }

  async #scanned(scan: FileScan): Promise<Scan | undefined> {
    const { partitionBy, schema, reader } = this.#set
    const found = await this.#files()
    if (scan.format === 'csv' && !found.every(({ name }) => scan.isPlain(name))) return undefined
    const checks = this.#checks
    const versions = await versionsOf(found)
    await reader.check?.(found)
    const files: ScannedFile[] = found.map(({ name, path }) =>
      partitionBy.length === 0 ? { path } : { path, constants: hiveCells(name, partitionBy, schema) },
    )
    const check = async (): Promise<void> => {
      await all(checks)
      const now = await versionsOf(found)
      const changed = found.find((_, i) => now[i] !== versions[i])
      if (changed === undefined) return
      throw new HeadraceError(
        'CHANGED_MEANWHILE',
        `${changed.name} was changed while it was being read. Run again to read what it holds now.`,
      )
    }
    return { ...scan, files, check }
  }

  /** The files that are not ruled out, each once. Throws NOT_FOUND where there are none at all. */
  async #files(): Promise<ListedFile[]> {
    const { partitionBy, schema } = this.#set
    const { holds } = this.#place
    const found = new Map<string, ListedFile>()
    this.#checks = []
    this.#published = new Map()
    for (const layout of layoutsOf(this.#set, true)) {
      for (const file of await this.#filesOf(layout)) if (!found.has(file.path)) found.set(file.path, file)
    }
    let wanted = [...found.values()]
    if (partitionBy.length > 0) {
      const values = wanted.map(({ name }) => hiveCells(name, partitionBy, schema))
      if (holds !== undefined) wanted = wanted.filter((_, i) => holds(values[i]!))
    }
    await this.#checkThere(wanted)
    return wanted
  }

  /** Throws NOT_FOUND for a file that a manifest lists and that somebody has removed. */
  async #checkThere(wanted: readonly ListedFile[]): Promise<void> {
    const published = wanted.filter(({ path }) => this.#published.has(path))
    const versions = await versionsOf(published)
    const gone = published[versions.indexOf('')]
    if (gone === undefined) return
    await all(this.#checks)
    const { from, to } = this.#published.get(gone.path)!
    const again = from === undefined || to === undefined ? 'again' : `again from ${from} to ${to}`
    throw new HeadraceError(
      'NOT_FOUND',
      `There is no file ${gone.name}, which _manifest.json still lists: somebody has removed it. Run the pipeline that writes it ${again}.`,
    )
  }

  async #filesOf(layout: Layout): Promise<ListedFile[]> {
    const { dir, interval } = this.#place
    const manifest = await this.#manifestOf(layout)
    const root = resolve(dir, layout.root)
    for (const file of manifest?.files ?? []) this.#published.set(join(root, file.path), file)
    const files = await listFiles(layout, dir, interval, manifest?.files)
    if (files.length > 0 || manifest !== undefined) return files
    if (layout.kind === 'dated' && interval !== undefined && (await rootExists(layout, dir))) return files
    throw new HeadraceError('NOT_FOUND', `There is no file ${layout.path}${reasonFor(layout)}`)
  }

  /** What Headrace has published in the folder of a layout, if it was by this layout. */
  async #manifestOf(layout: Layout): Promise<Manifest | undefined> {
    const root = resolve(this.#place.dir, layout.root)
    const isPattern = layout.kind === 'pattern'
    const { manifest, check } = isPattern ? { check: await settled(root) } : await publishedIn(root)
    this.#checks.push(check)
    if (manifest === undefined || manifest.path !== belowRoot(layout)) return undefined
    this.#checkColumns(layout, manifest)
    return manifest
  }

  /** The columns in the names of folders are not in the files. */
  #checkColumns({ path }: Layout, { partitionBy }: Manifest): void {
    const missing = partitionBy.filter(
      name => Object.hasOwn(this.#set.schema, name) && !this.#set.partitionBy.includes(name),
    )
    if (missing.length === 0) return
    throw new HeadraceError(
      'SCHEMA_MISMATCH',
      `Reading ${path}: column '${missing[0]}' is in the names of its folders. Give partitionBy: ${JSON.stringify(partitionBy)}.`,
    )
  }

  /** What adds the columns that a file does not hold. */
  #constants(name: string): ((batch: Batch) => Batch) | undefined {
    const { partitionBy, schema } = this.#set
    if (partitionBy.length === 0) return undefined
    const cells = hiveCells(name, partitionBy, schema)
    const types = Object.fromEntries(partitionBy.map(column => [column, schema[column]!]))
    const row = batchOfCells(types, [partitionBy.map(column => cells[column]!)])
    const kept = Object.keys(this.#kept)
    const columns = Object.keys(schema)
    return batch => {
      const repeated = take(row, new Int32Array(batch.length)).columns
      const column = (name: string) =>
        partitionBy.includes(name) ? repeated[partitionBy.indexOf(name)]! : batch.columns[kept.indexOf(name)]!
      return { ...batch, schema, columns: columns.map(column) }
    }
  }
}

/** What differs when a file is written to, or replaced: an engine may open a file more than once. */
async function all(checks: readonly Check[]): Promise<void> {
  for (const check of checks) await check()
}

function versionsOf(files: readonly ListedFile[]): Promise<string[]> {
  return Promise.all(
    files.map(async ({ path }) => {
      const found = await stat(path, { bigint: true }).catch(() => undefined)
      return found === undefined ? '' : `${found.ino} ${found.size} ${found.mtimeNs}`
    }),
  )
}

const both =
  (a: Place['holds'], b: NonNullable<Place['holds']>): NonNullable<Place['holds']> =>
  values =>
    (a === undefined || a(values)) && b(values)

/**
 * What the paths stand for; without `resolved`, of those only that say so without the environment. Throws as `layoutOf`, and
 * REFUSED for a dated path among others.
 */
function layoutsOf(set: FileSet, resolved = false): Layout[] {
  const { what, paths, partitionBy } = set
  const options = partitionBy.length === 0 ? {} : { partitionBy }
  const known = paths.filter(path => resolved || typeof path === 'string')
  const layouts = known.map(path => layoutOf(what, resolveEnv(path, `the path of ${what}`), options))
  const dated = layouts.find(({ kind }) => kind === 'dated')
  if (dated === undefined || paths.length === 1) return layouts
  throw new HeadraceError(
    'REFUSED',
    `${what}([…]) has the dated path '${dated.path}' in a list: a run over an interval could not tell which of the other files it needs. Read it by itself, and union it with the others.`,
  )
}

function reasonFor({ kind, path }: Layout): string {
  if (kind === 'folder' || kind === 'file')
    return ': the folder does not exist, or holds no data. Names that begin with _ or . are no data.'
  const brackets = path.includes('[') ? ' A bracket that belongs to a name is written [[].' : ''
  return `: nothing fits the path.${brackets}`
}
