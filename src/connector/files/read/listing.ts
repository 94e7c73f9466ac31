/** Which files there are: the walk through folders that a layout asks for. */
import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { HeadraceError } from '../../../errors.ts'
import type { Interval } from '../../../seam/site.ts'
import { checkAligned, type DateParts, intervalOfParts, overlaps } from '../path/dated.ts'
import { joined, type Layout } from '../path/layout.ts'
import { ANY_FOLDERS, isHidden, matchName, type Segment } from '../path/pattern.ts'
import type { DataFile } from '../publish/manifest.ts'
import { reading } from './failure.ts'

/** A file of data. */
export interface ListedFile {
  /** As the user would write it. */
  readonly name: string
  /** Absolute. */
  readonly path: string
}

/** Whether the folder exists in which the files of a layout would lie. */
export async function rootExists(layout: Layout, dir: string): Promise<boolean> {
  return (await kindAt(resolve(dir, layout.root))) === 'folder'
}

/**
 * The files of a layout, each once, in the order of their names by UTF-16 code units. `dir` is where relative paths begin;
 * with an interval, a dated path has only the files within it. What is `published` in the folder is
 * not looked for. May be empty, except for a plain path.
 */
export async function listFiles(
  layout: Layout,
  dir: string,
  interval?: Interval,
  published?: readonly DataFile[],
): Promise<ListedFile[]> {
  const within = layout.kind === 'dated' ? interval : undefined
  if (within !== undefined) checkAligned(layout.path, layout.unit!, within)
  const root = resolve(dir, layout.root)
  if (published !== undefined) return named(layout, root, pathsIn(published, within))
  const found = new Set<string>()
  const plain = layout.kind === 'file' || layout.kind === 'folder'
  if (plain && layout.partitionBy === undefined) return plainFiles(layout, root)
  if (plain) await allBelow(root, '', found)
  for (const segments of layout.choices) {
    const walk: Walk = { root, layout, within, found }
    await step(walk, '', segments, {})
  }
  return named(layout, root, [...found])
}

function named(layout: Layout, root: string, rests: readonly string[]): ListedFile[] {
  const files = rests.map(rest => ({ name: joined(layout.root, rest), path: join(root, rest) }))
  return files.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

/** The published files within an interval. */
function pathsIn(files: readonly DataFile[], within: Interval | undefined): string[] {
  const isInside = ({ from, to }: DataFile): boolean =>
    within === undefined ||
    from === undefined ||
    to === undefined ||
    overlaps({ from: microsOf(from), to: microsOf(to) }, within)
  return files.filter(isInside).map(({ path }) => path)
}

const microsOf = (instant: string): bigint => BigInt(Date.parse(instant)) * 1000n

/** A plain path is a file, or the folder of files that it turns out to be. */
async function plainFiles(layout: Layout, path: string): Promise<ListedFile[]> {
  const found = await reading(layout.path, () => stat(path))
  if (found.isFile()) return [{ name: layout.path, path }]
  if (!found.isDirectory()) {
    throw new HeadraceError(
      'READ_FAILED',
      `Cannot read ${layout.path}: it is neither a file nor a folder. Give the path of a file.`,
    )
  }
  const files: string[] = []
  for (const entry of await entriesOf(path)) {
    if (isHidden(entry.name)) continue
    if ((await kindOf(path, entry)) === 'file') files.push(entry.name)
    else refuseFolders(layout, entry.name)
  }
  return named(layout, path, files)
}

/** Passing over what lies in folders would lose it unseen, and reading it would guess. */
function refuseFolders({ path }: Layout, name: string): never {
  throw new HeadraceError(
    'READ_FAILED',
    `Cannot read the folder ${path}: it holds the folder ${name}. For Hive partitions give partitionBy; to read all files in it, write ${joined(path, '**')}.`,
  )
}

interface Walk {
  readonly root: string
  readonly layout: Layout
  readonly within: Interval | undefined
  /** Paths behind the root. */
  readonly found: Set<string>
}

/** Follows the rest of a pattern from the folder `at`, behind the root. */
async function step(walk: Walk, at: string, segments: readonly Segment[], parts: DateParts): Promise<void> {
  const [segment, ...rest] = segments
  if (segment === undefined) return
  const folder = join(walk.root, at)
  if (typeof segment === 'string') {
    const kind = await kindAt(join(folder, segment))
    if (kind !== undefined) await enter(walk, joined(at, segment), kind, rest, parts)
    return
  }
  // Folders of any depth are none, too.
  if (segment === ANY_FOLDERS && rest.length > 0) await step(walk, at, rest, parts)
  for (const entry of await entriesOf(folder)) {
    const next = segment === ANY_FOLDERS ? anyFolder(entry, parts) : matchName(segment, entry.name, parts)
    if (next === undefined || !mayLeadInside(walk, next)) continue
    const kind = await kindOf(folder, entry)
    if (kind === undefined) continue
    await enter(walk, joined(at, entry.name), kind, segment === ANY_FOLDERS ? segments : rest, next)
  }
}

/** Links are not followed where any folder fits: they may lead in a circle. */
function anyFolder(entry: Dirent, parts: DateParts): DateParts | undefined {
  return entry.isDirectory() && !isHidden(entry.name) ? parts : undefined
}

async function enter(
  walk: Walk,
  at: string,
  kind: 'file' | 'folder',
  rest: readonly Segment[],
  parts: DateParts,
): Promise<void> {
  if (kind === 'file') {
    if (rest.length === 0 && !walk.layout.isFolder) walk.found.add(at)
  } else if (rest.length > 0) await step(walk, at, rest, parts)
  else if (walk.layout.isFolder) await allBelow(walk.root, at, walk.found)
}

/** Whether a name, by the parts of a date so far, may lead to files within the interval. */
function mayLeadInside({ layout, within }: Walk, parts: DateParts): boolean {
  if (layout.kind !== 'dated' || parts.year === undefined) return true
  const interval = intervalOfParts(parts)
  return interval !== undefined && (within === undefined || overlaps(interval, within))
}

/** All files of data in a folder and the folders in it. */
async function allBelow(root: string, at: string, found: Set<string>): Promise<void> {
  const folder = join(root, at)
  for (const entry of await entriesOf(folder)) {
    if (isHidden(entry.name)) continue
    const kind = await kindOf(folder, entry)
    if (kind === 'file') found.add(joined(at, entry.name))
    if (kind !== 'folder') continue
    if (entry.isSymbolicLink()) await refuseCircle(folder, entry.name)
    await allBelow(root, joined(at, entry.name), found)
  }
}

/** A link to a folder that it lies in has no end. */
async function refuseCircle(folder: string, name: string): Promise<void> {
  const [from, to] = [await realpath(folder), await realpath(join(folder, name))]
  if (from !== to && !from.startsWith(to + sep)) return
  throw new HeadraceError(
    'READ_FAILED',
    `Cannot read ${join(folder, name)}: it is a link to a folder that it lies in.`,
  )
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  return await reading(folder, async () => {
    try {
      return await readdir(folder, { withFileTypes: true })
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOENT' || code === 'ENOTDIR') return []
      throw error
    }
  })
}

async function kindOf(folder: string, entry: Dirent): Promise<'file' | 'folder' | undefined> {
  if (entry.isFile()) return 'file'
  return entry.isDirectory() ? 'folder' : kindAt(join(folder, entry.name))
}

async function kindAt(path: string): Promise<'file' | 'folder' | undefined> {
  const found = await stat(path).catch(() => undefined)
  return found?.isFile() ? 'file' : found?.isDirectory() ? 'folder' : undefined
}
