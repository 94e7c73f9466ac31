/** Publishing a file whole: readers see the old one or the new one, never a part. */
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { HeadraceError } from '../../errors.ts'

/** A file that is being written beside the place where it will appear. */
export interface Target {
  /** As the user wrote it, for messages. */
  readonly path: string
  /** Absolute; in the same folder, so that the rename cannot cross file systems. */
  readonly temporary: string
  /** Makes the bytes durable and puts them in place of what was there. */
  publish(): Promise<void>
  /** Leaves what was there before. */
  discard(): Promise<void>
}

/** Counts the targets of this process, so that no two share a temporary file. */
let targets = 0

/** Prepares to write `path`, making its folder if need be. Throws WRITE_FAILED. */
export async function openTarget(path: string): Promise<Target> {
  const file = resolve(path)
  const folder = dirname(file)
  const temporary = join(folder, `.${basename(file)}.${process.pid}-${++targets}.tmp`)
  await naming(path, async () => {
    if (await isFolder(file)) throw new Error('there is a folder of this name')
    await mkdir(folder, { recursive: true })
  })
  return {
    path,
    temporary,
    publish: () =>
      naming(path, async () => {
        await flush(temporary)
        await rename(temporary, file)
        await flush(folder)
      }),
    discard: () => naming(path, () => rm(temporary, { force: true })),
  }
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found?.isDirectory() ?? false
}

/** fsync of a file or folder. Windows cannot open a folder, and needs no flush of one. */
async function flush(path: string): Promise<void> {
  if (process.platform === 'win32' && (await isFolder(path))) return
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Runs a step of writing `path`; what the system refuses becomes WRITE_FAILED, with the path. */
export async function naming<T>(path: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (cause) {
    if (cause instanceof HeadraceError) throw cause
    throw new HeadraceError('WRITE_FAILED', `Cannot write ${path}: ${(cause as Error).message}.`, { cause })
  }
}
