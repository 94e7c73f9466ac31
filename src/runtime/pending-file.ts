/** Publishing a file whole: readers see the old one or the new one, never a part. */
import { access, constants, readdir, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { HeadraceError } from '../errors.ts'
import { flush, makeFolder } from './durable.ts'
import { hasEnded, programName } from './program.ts'
import { unusedName } from './random.ts'

/** A file to write that will appear elsewhere. */
export interface NewFile {
  /** Where it will appear, as the user wrote it: for messages. */
  readonly path: string
  /** Absolute; on the same file system. */
  readonly temporary: string
}

/** A file that is being written beside the place where it will appear. */
export interface PendingFile extends NewFile {
  /** Makes the bytes durable and puts them in place of what was there. */
  publish(): Promise<void>
  /** Leaves what was there before. After `publish` it changes nothing. */
  discard(): Promise<void>
}

/** The files that are being written in this process: of two results, the one published first would be lost unseen. */
const beingWritten = new Set<string>()

/**
 * Prepares to write `path`, in `dir` if it is relative, making its folder if need be; a link keeps pointing where it does.
 * Throws WRITE_FAILED for what a rename would destroy (a folder, a device), where nothing can be written, and for a file that
 * is already being written.
 */
export async function openPending(path: string, dir = ''): Promise<PendingFile> {
  const file = await writing(path, () => placeOf(resolve(dir, path)))
  if (beingWritten.has(file)) {
    throw new HeadraceError(
      'WRITE_FAILED',
      `Cannot write ${path}: it is already being written, by another target of this run or by another run. Give each a file of its own, or run one after the other.`,
    )
  }
  beingWritten.add(file)
  let isHeld = true
  const free = () => {
    if (isHeld) beingWritten.delete(file)
    isHeld = false
  }
  const folder = dirname(file)
  await removeUnfinished(file)
  // Names the process, so that a later one can tell what a crash left; the rest is for this process to tell its own.
  const temporary = `${beginOf(file)}${await programName()}.${unusedName().slice(0, 8)}${TEMPORARY}`
  return {
    path,
    temporary,
    publish: () =>
      writing(path, async () => {
        await flush(temporary)
        await rename(temporary, file)
        await flush(folder)
        free()
      }),
    discard: async () => {
      free()
      await writing(path, () => rm(temporary, { force: true }))
    },
  }
}

const TEMPORARY = '.tmp'

/** How the names of unfinished files begin that are to become `file`. */
function beginOf(file: string): string {
  return join(dirname(file), `.${basename(file)}.`)
}

/** Removes the unfinished files that processes left which were killed while they wrote `path`, in `dir` if it is relative. */
export async function removeUnfinished(path: string, dir = ''): Promise<void> {
  const file = await realpath(resolve(dir, path)).catch(() => resolve(dir, path))
  const [folder, begin] = [dirname(file), basename(beginOf(file))]
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith(begin) || !name.endsWith(TEMPORARY)) continue
    const [program, unused, ...rest] = name.slice(begin.length, -TEMPORARY.length).split('.')
    if (unused === undefined || rest.length > 0 || !(await hasEnded(program!))) continue
    // Another user's in a folder of all, such as /tmp, stays.
    await rm(join(folder, name), { force: true }).catch(() => undefined)
  }
}

/** Where the bytes will lie: behind links, in a folder that exists and can be written. */
async function placeOf(path: string): Promise<string> {
  const file = await realpath(path).catch(() => path)
  const found = await stat(file).catch(() => undefined)
  if (found?.isDirectory())
    throw new Error('there is a folder of this name. To write files into it, end the path with a slash')
  if (found !== undefined && !found.isFile()) {
    throw new Error('it is a device or a pipe, and a run replaces files whole. Use print() to look at rows')
  }
  await makeFolder(dirname(file))
  await access(dirname(file), constants.W_OK)
  return file
}

/** Runs a step of writing `path`; what the system refuses becomes WRITE_FAILED, with the path. */
export async function writing<T>(path: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (cause) {
    if (cause instanceof HeadraceError) throw cause
    throw new HeadraceError('WRITE_FAILED', `Cannot write ${path}: ${(cause as Error).message}.`, { cause })
  }
}
