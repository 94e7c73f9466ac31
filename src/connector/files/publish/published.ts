/** What readers of a published folder see. */
import { stat } from 'node:fs/promises'
import { HeadraceError } from '../../../errors.ts'
import { sleep } from '../../../runtime/sleep.ts'
import { hasIntent, rollForward } from './intent.ts'
import { lockFolder } from './lock.ts'
import { type Manifest, manifestPath, readManifest } from './manifest.ts'

/** How long a reader waits for a writer that is moving files into place. */
const PATIENCE_MS = 60_000
const LOOK_MS = 20

/** What a folder holds. */
export interface Published {
  /** Absent where Headrace has published nothing. */
  readonly manifest?: Manifest
  readonly check: Check
}

/** Throws CHANGED_MEANWHILE if the folder has been published anew: what is read from now on may be of another day. */
export type Check = () => Promise<void>

/** What a folder holds, by its manifest. Throws as `settled`, and READ_FAILED, NEWER_FORMAT. */
export async function publishedIn(root: string): Promise<Published> {
  const check = await settled(root)
  const manifest = await readManifest(root)
  return manifest === undefined ? { check } : { manifest, check }
}

/**
 * Finishes a publication that a crash cut short, or waits for the one under way. What is found from then on belongs together
 * as long as the check passes. Throws READ_FAILED, NEWER_FORMAT, FOLDER_LOCKED where a publication does not end.
 */
export async function settled(root: string): Promise<Check> {
  const stop = new AbortController().signal
  for (let waited = 0; await hasIntent(root); waited += LOOK_MS) {
    try {
      await finish(root)
    } catch (error) {
      // Who may not write there fails to lock what the writer has just finished.
      if (!(await hasIntent(root))) break
      const isUnderWay = error instanceof HeadraceError && error.code === 'FOLDER_LOCKED'
      if (!isUnderWay || waited > PATIENCE_MS) throw error
      await sleep(LOOK_MS, stop)
    }
  }
  const stamp = await stampOf(root)
  return () => check(root, stamp)
}

async function finish(root: string): Promise<void> {
  const lock = await finishing(root, () => lockFolder(root, { brief: true }))
  try {
    await finishing(root, () => rollForward(root))
  } finally {
    await lock.release()
  }
}

async function finishing<T>(root: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (cause) {
    if (cause instanceof HeadraceError) throw cause
    throw new HeadraceError(
      'READ_FAILED',
      `Cannot read ${root}: a publication was interrupted there and must be finished first: ${(cause as Error).message}. Read it once as a user who may write there, or run its pipeline again.`,
      { cause },
    )
  }
}

/** The intent first: it goes last, so that who finds none, and then the old manifest, has seen nothing of a publication. */
async function check(root: string, stamp: string): Promise<void> {
  if (!(await hasIntent(root)) && (await stampOf(root)) === stamp) return
  throw new HeadraceError(
    'CHANGED_MEANWHILE',
    `${root} was published anew while it was being read. Run again to read what it holds now.`,
  )
}

/** Every publication replaces the manifest by another file. */
async function stampOf(root: string): Promise<string> {
  const found = await stat(manifestPath(root), { bigint: true }).catch(() => undefined)
  return found === undefined ? '' : `${found.ino} ${found.mtimeNs}`
}
