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

/** What a folder holds, by its manifest. */
export interface Published {
  readonly manifest: Manifest
  /** Throws READ_FAILED if the folder has been published anew: what is read from now on may be of another day. */
  check(): Promise<void>
}

/**
 * What a folder with a manifest holds; undefined for one without. Finishes first a publication that a crash cut short, or
 * waits for the one under way. Throws READ_FAILED, NEWER_FORMAT, FOLDER_LOCKED where a publication does not end.
 */
export async function publishedIn(root: string): Promise<Published | undefined> {
  const stop = new AbortController().signal
  for (let waited = 0; await hasIntent(root); waited += LOOK_MS) {
    try {
      await finish(root)
    } catch (error) {
      const isUnderWay = error instanceof HeadraceError && error.code === 'FOLDER_LOCKED'
      if (!isUnderWay || waited > PATIENCE_MS) throw error
      await sleep(LOOK_MS, stop)
    }
  }
  const stamp = await stampOf(root)
  const manifest = await readManifest(root)
  return manifest === undefined ? undefined : { manifest, check: () => check(root, stamp) }
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

async function check(root: string, stamp: string): Promise<void> {
  if ((await stampOf(root)) === stamp && !(await hasIntent(root))) return
  throw new HeadraceError(
    'READ_FAILED',
    `${root} was published anew while it was being read. Run again to read what it holds now.`,
  )
}

/** Every publication replaces the manifest by another file. */
async function stampOf(root: string): Promise<string> {
  const found = await stat(manifestPath(root), { bigint: true }).catch(() => undefined)
  return found === undefined ? '' : `${found.ino} ${found.mtimeNs}`
}
