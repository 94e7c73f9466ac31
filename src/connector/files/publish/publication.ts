/**
 * Publishing many files as one change of a folder: readers see all of yesterday or all of today, whatever crashes.
 *
 * | step                                            | a crash after it leaves                                    |
 * |-------------------------------------------------|------------------------------------------------------------|
 * | 1. `_lock` is taken; an old intent is finished  | a lock that the next writer takes over                     |
 * | 2. files are written to `_staging-…/`           | yesterday; the next writer removes the staging folder      |
 * | 3. files and their folders are flushed          | yesterday, likewise                                        |
 * | 4. `_intent.json` is there, by a durable rename | **today**: whoever opens the folder next carries on at 5   |
 * | 5. `_SUCCESS` is removed                        | 5 again                                                    |
 * | 6. files move into place, each by a rename      | 5 again; files that have moved are passed over             |
 * | 7. files that are no more are deleted           | 5 again                                                    |
 * | 8. `_manifest.json` is replaced                 | 5 again                                                    |
 * | 9. `_SUCCESS` is written                        | 5 again                                                    |
 * | 10. the staging folder and the intent go        | today, and nothing to do                                   |
 * | 11. the lock is given back                      |                                                            |
 *
 * Only the holder of the lock goes through 5 to 10, readers included. A tool that knows nothing of this waits for `_SUCCESS`,
 * which is absent while files change.
 */
import { mkdir, readdir, rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { HeadraceError } from '../../../errors.ts'
import { flush, makeFolder } from '../../../runtime/durable.ts'
import { type NewFile, writing } from '../../../runtime/pending-file.ts'
import { unusedName } from '../../../runtime/random.ts'
import { isHidden } from '../path/pattern.ts'
import {
  commit,
  flushFolders,
  hasIntent,
  type Intent,
  type OnStep,
  removeAbandoned,
  rollForward,
  stagingName,
} from './intent.ts'
import { type Lock, lockFolder } from './lock.ts'
import { type Manifest, readManifest } from './manifest.ts'

export interface StagedFile extends NewFile {
  /** Below the folder. */
  readonly name: string
}

/** A folder whose next content is being written. */
export interface Publication {
  /** What it holds now, by its manifest. */
  readonly before: Manifest | undefined
  /** Throws WRITE_FAILED if the folder holds anything, and no manifest: what others wrote is never replaced. */
  checkOwn(): Promise<void>
  /**
   * A place for the bytes of `path`, below the folder. Throws WRITE_FAILED where something lies at the path, or with `alone`
   * in its folder, that no manifest of the folder lists.
   */
  stage(path: string, alone: boolean): Promise<StagedFile>
  /** The bytes of a staged file are written, and are part of what is published; gives their count. */
  staged(file: StagedFile): Promise<number>
  /** Makes what the manifest lists the content of the folder: files that were staged, and of those before what is listed. */
  publish(manifest: Manifest): Promise<void>
  /** Leaves what was there before. After `publish`, whether it failed or not, it changes nothing. */
  discard(): Promise<void>
}

/** Opens a folder for writing; makes it if need be. Throws FOLDER_LOCKED, WRITE_FAILED, NEWER_FORMAT. */
export async function openPublication(root: string, onStep: OnStep = () => undefined): Promise<Publication> {
  const place = resolve(root)
  const made = await writing(root, () => folderAt(place))
  const lock = await writing(root, () => lockFolder(place))
  onStep('locked')
  try {
    await writing(root, async () => {
      await rollForward(place)
      await removeAbandoned(place)
    })
    const before = await readManifest(place)
    return new Staging(root, place, lock, before, made !== undefined, onStep)
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** Gives the first folder that was not there before, if there was one. */
async function folderAt(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined)
  if (found !== undefined && !found.isDirectory()) {
    throw new Error('it is no folder, and files are to be written into it. Give the path of a folder')
  }
  return makeFolder(path)
}

class Staging implements Publication {
  readonly before: Manifest | undefined
  readonly #root: string
  readonly #place: string
  readonly #lock: Lock
  readonly #wasMade: boolean
  readonly #onStep: OnStep
  readonly #staging = stagingName(unusedName())
  readonly #moves: string[] = []
  /** Folders below the root in which files were staged. */
  readonly #folders = new Set<string>()
  readonly #known: ReadonlySet<string>
  /** From here on the staging folder belongs to the intent, which the next who opens the folder carries out. */
  #isIntended = false

  constructor(
    root: string,
    place: string,
    lock: Lock,
    before: Manifest | undefined,
    wasMade: boolean,
    onStep: OnStep,
  ) {
    this.#root = root
    this.#place = place
    this.#lock = lock
    this.before = before
    this.#wasMade = wasMade
    this.#onStep = onStep
    this.#known = new Set(before?.files.map(file => file.path))
  }

  async checkOwn(): Promise<void> {
    if (this.before !== undefined) return
    const [name] = await namesIn(this.#place)
    if (name !== undefined) throw this.#foreign(this.#root, name)
  }

  async stage(path: string, alone: boolean): Promise<StagedFile> {
    const shown = join(this.#root, path)
    return writing(shown, async () => {
      await this.#refuseForeign(path, alone)
      const temporary = join(this.#place, this.#staging, path)
      await mkdir(dirname(temporary), { recursive: true })
      return { path: shown, name: path, temporary }
    })
  }

  async #refuseForeign(path: string, alone: boolean): Promise<void> {
    const folder = dirname(path)
    const isNew = !this.#folders.has(folder)
    this.#folders.add(folder)
    const names = alone && isNew ? await namesIn(join(this.#place, folder)) : []
    const below = names.map(name => (folder === '.' ? name : `${folder}/${name}`))
    if (!alone && (await isThere(join(this.#place, path)))) below.push(path)
    const foreign = below.find(each => !this.#known.has(each) && !this.#isAbove(each))
    if (foreign !== undefined) throw this.#foreign(join(this.#root, path), foreign)
  }

  #foreign(path: string, found: string): HeadraceError {
    return new HeadraceError(
      'WRITE_FAILED',
      `Cannot write ${path}: ${join(this.#root, found)} lies there, and no _manifest.json lists it, so that Headrace did not write it. Move it away, or write to another folder.`,
    )
  }

  /** Whether a name is a folder of files that the manifest lists. */
  #isAbove(path: string): boolean {
    return this.before?.files.some(file => file.path.startsWith(`${path}/`)) ?? false
  }

  async staged({ path, name, temporary }: StagedFile): Promise<number> {
    return writing(path, async () => {
      await flush(temporary)
      this.#moves.push(name)
      return (await stat(temporary)).size
    })
  }

  async publish(manifest: Manifest): Promise<void> {
    this.#onStep('staged')
    await writing(this.#root, async () => {
      const staging = join(this.#place, this.#staging)
      await mkdir(staging, { recursive: true })
      await flushFolders(staging, this.#moves)
      await flush(this.#place)
      this.#onStep('flushed')
      await this.#lock.check()
      const after = new Set(manifest.files.map(file => file.path))
      const deletes = [...this.#known].filter(path => !after.has(path))
      await this.#commit({ staging: this.#staging, moves: this.#moves, deletes, manifest })
      this.#onStep('committed')
      await rollForward(this.#place, this.#onStep)
      await this.#lock.release()
    })
    this.#onStep('unlocked')
  }

  /** What fails may fail after the intent is there; then it will be carried out. */
  async #commit(intent: Intent): Promise<void> {
    this.#isIntended = true
    try {
      await commit(this.#place, intent)
    } catch (error) {
      this.#isIntended = await hasIntent(this.#place)
      throw error
    }
  }

  async discard(): Promise<void> {
    await writing(this.#root, async () => {
      if (!this.#isIntended) await rm(join(this.#place, this.#staging), { recursive: true, force: true })
      await this.#lock.release()
      // A folder that was made for this run, and holds nothing, was not there before.
      if (this.#wasMade) await rmdir(this.#place).catch(() => undefined)
    })
  }
}

async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.filter(name => !isHidden(name))
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
