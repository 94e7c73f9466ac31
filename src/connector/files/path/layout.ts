/** What a path stands for: one file, the files of a folder, of a pattern, or one for each day. Nothing here looks at a disk. */
import { HeadraceError } from '../../../errors.ts'
import { shownPath } from '../../../runtime/env.ts'
import { partsOf, type Unit, unitOf } from './dated.ts'
import { alternatives, isPattern, isWild, nameAt, type Segment, segmentOf, unitsIn } from './pattern.ts'

/** A path as its user wrote it, and what it stands for. */
export interface Layout {
  readonly path: string
  /**
   * `file` is one file, or a folder if that is what lies there. `folder` holds files, and more folders where it is
   * partitioned. `pattern` is all files that fit, and `dated` one file or folder for each unit of time.
   */
  readonly kind: 'file' | 'folder' | 'pattern' | 'dated'
  /** The folder before the first part of the path that is not a plain name, as the user wrote it; '' is the current one. */
  readonly root: string
  /** The parts behind the root; several lists where the path has alternatives. */
  readonly choices: readonly (readonly Segment[])[]
  /** Of a dated path. */
  readonly unit?: Unit
  /** The columns of Hive partitions, for which the path is the folder that holds theirs. */
  readonly partitionBy?: readonly string[]
  /** The path ends in a slash: the last part is a folder of files, whatever their names. */
  readonly isFolder: boolean
}

/** What `layoutOf` needs to know of the options beside a path. */
export interface LayoutOptions {
  /** The columns of Hive partitions: the path is the folder that holds theirs. */
  readonly partitionBy?: readonly string[]
}

/** Reads a path. `what` begins messages. Throws INVALID_ARGUMENT, and REFUSED for a URL and for a date without a year. */
export function layoutOf(what: string, path: unknown, { partitionBy }: LayoutOptions = {}): Layout {
  if (typeof path !== 'string' || path === '') {
    throw new HeadraceError('INVALID_ARGUMENT', `${what} takes a path, not ${JSON.stringify(path)}.`)
  }
  const name = `${what}('${shownPath(path)}')`
  if (path.includes('\0')) {
    throw new HeadraceError('INVALID_ARGUMENT', `${name} has a U+0000, which no path can have.`)
  }
  if (shownPath(path) !== path) {
    throw new HeadraceError(
      'REFUSED',
      `${name} is a URL, which this version does not read or write. Give a local path.`,
    )
  }
  const lists = alternatives(name, slashed(path)).map(choice => partsIn(name, choice))
  const first = lists[0]!
  const isFolder = /[/\\]$/.test(path)
  const length = Math.min(...lists.map(list => Math.min(rootLength(list), commonLength(list, first))))
  const units = new Set(first.flatMap(unitsIn))
  const layout = {
    path,
    isFolder,
    root: rootOf(first, length),
    choices: lists.map(list => list.slice(length)),
  }
  if (units.size > 0) return datedLayout(name, layout, lists, units)
  if (lists.length > 1 || first.some(isPattern)) return { ...layout, kind: 'pattern' }
  const plain = { ...layout, root: withoutSlash(path), choices: [] }
  if (partitionBy !== undefined) return { ...plain, kind: 'folder', partitionBy }
  return { ...plain, kind: isFolder ? 'folder' : 'file' }
}

/** Windows writes its paths with either slash. */
function slashed(path: string): string {
  return process.platform === 'win32' ? path.replaceAll('\\', '/') : path
}

/** The parts of a path; the first is '' for an absolute one. */
function partsIn(what: string, path: string): Segment[] {
  const parts = path.split('/')
  if (parts.at(-1) === '**') parts.push('*')
  return parts.filter((part, i) => part !== '' || i === 0).map(part => segmentOf(what, part))
}

/** How many parts a root can have: what follows is a pattern, or a file. */
function rootLength(parts: readonly Segment[]): number {
  const found = parts.findIndex(isPattern)
  return found < 0 ? parts.length - 1 : found
}

function commonLength(a: readonly Segment[], b: readonly Segment[]): number {
  const different = a.findIndex((part, i) => part !== b[i])
  return different < 0 ? a.length : different
}

function rootOf(parts: readonly Segment[], length: number): string {
  const root = parts.slice(0, length).join('/')
  return length > 0 && root === '' ? '/' : root
}

function datedLayout(
  what: string,
  layout: Omit<Layout, 'kind'>,
  lists: readonly (readonly Segment[])[],
  units: ReadonlySet<Unit>,
): Layout {
  if (lists.length > 1) {
    throw new HeadraceError(
      'REFUSED',
      `${what} has both alternatives ({a,b}) and parts of a date, and would have several files for a time. Use * in place of the alternatives, or several endpoints and a union.`,
    )
  }
  return { ...layout, kind: 'dated', unit: unitOf(what, units) }
}

/** Whether each time has one path, so that it can be written: a dated path without wildcards. */
export function isExact({ choices }: Layout): boolean {
  return choices.length === 1 && !choices[0]!.some(isWild)
}

/** The path, behind the root, of the file or folder that holds an instant; for a dated path without wildcards. */
export function datedPathAt(layout: Layout, micros: bigint): string {
  const parts = partsOf(micros)
  return layout.choices[0]!.map(segment => nameAt(segment, parts)).join('/')
}

/** A dated path behind its root, as its user wrote it; '' for a folder that is its own root. */
export function belowRoot({ kind, path, root }: Layout): string {
  if (kind !== 'dated') return ''
  const plain = slashed(path).replace(/\/{2,}/g, '/')
  return plain.slice(root === '' || root === '/' ? root.length : root.length + 1)
}

function withoutSlash(path: string): string {
  return path.replace(/(?<=[^/\\])[/\\]+$/, '')
}

/** A path behind a root, as its user would write it. */
export function joined(root: string, rest: string): string {
  return root === '' ? rest : root.endsWith('/') ? root + rest : `${root}/${rest}`
}
