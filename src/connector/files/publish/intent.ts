/** The intent: what a publication is going to do to a folder, written down before it begins, so that anyone can finish it. */
import { access, lstat, mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { HeadraceError } from '../../../errors.ts'
import { flush, writeDurably } from '../../../runtime/durable.ts'
import {
  damaged,
  isInside,
  type Manifest,
  manifestOf,
  manifestPath,
  manifestText,
  parsed,
  textOf,
} from './manifest.ts'

const INTENT = '_intent.json'
const SUCCESS = '_SUCCESS'
const STAGING = '_staging-'

const VERSION = 1

/** The steps of a publication, in order; `file moved` comes once a file. */
export type Step =
  | 'locked'
  | 'staged'
  | 'flushed'
  | 'committed'
  | 'mark removed'
  | 'file moved'
  | 'moved'
  | 'deleted'
  | 'manifest written'
  | 'mark written'
  | 'staging removed'
  | 'intent removed'
  | 'unlocked'

/** Called after each step. Tests stop a process there. */
export type OnStep = (step: Step) => void

export interface Intent {
  /** The folder, below the root, from which files move. */
  readonly staging: string
  /** Below the staging folder, and below the root when they have moved. */
  readonly moves: readonly string[]
  /** Below the root: what was published before, and is no more. */
  readonly deletes: readonly string[]
  readonly manifest: Manifest
}

/** The name of a staging folder that nobody else has. */
export function stagingName(unused: string): string {
  return `${STAGING}${unused}`
}

/** The commit point: once it returns, the intent will be carried out, by this process or by the next that opens the folder. */
export async function commit(root: string, intent: Intent): Promise<void> {
  await refuseLinks(root, intent)
  await writeDurably(join(root, INTENT), `${JSON.stringify({ version: VERSION, ...intent })}\n`)
}

export async function hasIntent(root: string): Promise<boolean> {
  return exists(join(root, INTENT))
}

/**
 * Carries out the intent of a folder, if it has one. Each step may be repeated, so that a crash in any of them is followed by
 * all of them again. The caller holds the folder's lock: a slow helper would undo what a later publication did.
 */
export async function rollForward(root: string, onStep: OnStep = () => undefined): Promise<void> {
  const intent = await readIntent(root)
  if (intent === undefined) return
  await refuseLinks(root, intent)
  await rm(join(root, SUCCESS), { force: true })
  // Else it could outlive the power of the machine beside files that do, too.
  await flush(root)
  onStep('mark removed')
  for (const path of intent.moves) {
    await move(root, join(root, intent.staging, path), join(root, path))
    onStep('file moved')
  }
  await flushFolders(root, intent.moves)
  onStep('moved')
  for (const path of intent.deletes) await rm(join(root, path), { force: true })
  await removeEmpty(root, intent.deletes)
  await flushFolders(root, intent.deletes)
  onStep('deleted')
  await writeDurably(manifestPath(root), manifestText(intent.manifest))
  onStep('manifest written')
  await writeDurably(join(root, SUCCESS), '')
  onStep('mark written')
  await rm(join(root, intent.staging), { recursive: true, force: true })
  onStep('staging removed')
  await rm(join(root, INTENT), { force: true })
  await flush(root)
  onStep('intent removed')
}

/** Throws WRITE_FAILED where a folder below the root is a link: files outside would be deleted and replaced. */
async function refuseLinks(root: string, { moves, deletes }: Intent): Promise<void> {
  for (const folder of foldersOf([...moves, ...deletes])) {
    const path = join(root, folder)
    const found = await lstat(path).catch(() => undefined)
    if (found === undefined || !found.isSymbolicLink()) continue
    throw new HeadraceError(
      'WRITE_FAILED',
      `Cannot write to ${root}: ${path} is a link, and what it leads to is not of this folder. Put a folder in its place, or remove it.`,
    )
  }
}

async function readIntent(root: string): Promise<Intent | undefined> {
  const path = join(root, INTENT)
  const text = await textOf(path)
  if (text === undefined) return undefined
  const { staging, moves, deletes, manifest } = parsed(path, text)
  const sound =
    isInside(staging) &&
    staging.startsWith(STAGING) &&
    Array.isArray(moves) &&
    moves.every(isInside) &&
    Array.isArray(deletes) &&
    deletes.every(isInside) &&
    typeof manifest === 'object' &&
    manifest !== null
  if (!sound) throw damaged(path)
  return { staging, moves, deletes, manifest: manifestOf(path, manifest as Record<string, unknown>) }
}

/** What is no longer in the staging folder has moved before a crash. */
async function move(root: string, from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true })
  try {
    await rename(from, to)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT' && (await exists(to))) return
    throw new HeadraceError(
      'WRITE_FAILED',
      `Cannot finish the publication that ${join(root, INTENT)} describes: moving ${from} to ${to}: ${(cause as Error).message}. Make that possible and open the folder again.`,
      { cause },
    )
  }
}

/** New names, renames and deletes are durable when all the folders above them are, those that were made for them included. */
export async function flushFolders(root: string, paths: readonly string[]): Promise<void> {
  for (const folder of foldersOf(paths)) await flush(join(root, folder)).catch(passOverMissing)
  await flush(root)
}

/** A folder that went with the last file in it is flushed in the one above. */
function passOverMissing(cause: NodeJS.ErrnoException): void {
  if (cause.code !== 'ENOENT') throw cause
}

/** Folders that hold nothing any more, from the innermost. What others put there keeps its folder. */
async function removeEmpty(root: string, paths: readonly string[]): Promise<void> {
  const deepestFirst = foldersOf(paths).toSorted((a, b) => b.length - a.length)
  for (const folder of deepestFirst) await rmdir(join(root, folder)).catch(() => undefined)
}

/** The folders above some paths, without the root. */
function foldersOf(paths: readonly string[]): string[] {
  const folders = new Set<string>()
  for (const path of paths) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      folders.add(path.slice(0, end))
    }
  }
  return [...folders]
}

/** Removes what publications left that never came to their commit point. The caller holds the lock, and has rolled forward. */
export async function removeAbandoned(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    if (!isLeftover(name)) continue
    await rm(join(root, name), { recursive: true, force: true })
  }
}

/** Staging folders, and the unfinished texts of `writeDurably`. */
function isLeftover(name: string): boolean {
  return name.startsWith(STAGING) || /^(_intent\.json|_manifest\.json|_SUCCESS|_lock)-/.test(name)
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
