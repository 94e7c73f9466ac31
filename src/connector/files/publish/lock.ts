/** One writer a folder: a file that says who holds it, and that no crash can leave held for ever. */
import { type FileHandle, open, readFile, realpath, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { HeadraceError } from '../../../errors.ts'
import { isRunning, type Program, thisProgram } from '../../../runtime/program.ts'
import { unusedName } from '../../../runtime/random.ts'
import { sleep } from '../../../runtime/sleep.ts'

const LOCK = '_lock'

/** How often a holder touches its lock, so that others can see that it lives. */
const BEAT_MS = 1000
/** How long a lock must stand untouched before it counts as left behind, where nothing else tells. */
const LEASE_MS = 10_000
/** How often such a lock is looked at meanwhile. */
const LOOK_MS = 200
/** How long the holder of a brief lock is waited for, and how often is looked. */
const BRIEF_MS = 10_000
const BRIEF_LOOK_MS = 20

export interface Lock {
  /** Throws FOLDER_LOCKED if the lock was taken away, as from a process that slept longer than LEASE_MS. */
  check(): Promise<void>
  /** The second time it does nothing. */
  release(): Promise<void>
}

export interface LockOptions {
  /** It is held for a few steps only: who finds it held waits, instead of being refused. */
  readonly brief?: boolean
  /** Tests set it lower. */
  readonly leaseMs?: number
}

/** What a lock says of its holder. */
interface Holder extends Program {
  readonly id: string
  readonly brief?: true
}

/** A lock as it was found. */
interface Found {
  readonly text: string
  /** Changes when the file is another one, or was written to. */
  readonly stamp: string
}

/** The folders that this thread holds, and whether briefly. */
const held = new Map<string, boolean>()

/**
 * Takes the lock of a folder. Throws FOLDER_LOCKED while another writer lives: in this thread, on this machine (by its pid),
 * or elsewhere (by whether it touches its lock within `leaseMs`). What a crash left is taken over.
 */
export async function lockFolder(folder: string, options: LockOptions = {}): Promise<Lock> {
  const { brief = false, leaseMs = LEASE_MS } = options
  const place = await realpath(folder)
  const patience = new Patience()
  while (held.has(place)) {
    if (held.get(place) === true && (await patience.wait())) continue
    throw locked(folder, 'another target or another run of this process is writing to it')
  }
  held.set(place, brief)
  try {
    const lock = await take(place, LOCK, { folder, brief, leaseMs, me: await thisProgram() })
    const release = () => lock.release().finally(() => held.delete(place))
    return { check: lock.check, release }
  } catch (error) {
    held.delete(place)
    throw error
  }
}

/** Waits for brief locks. */
class Patience {
  #waited = 0

  async wait(): Promise<boolean> {
    if (this.#waited >= BRIEF_MS) return false
    await sleep(BRIEF_LOOK_MS, NEVER)
    this.#waited += BRIEF_LOOK_MS
    return true
  }
}

interface Taking extends Required<LockOptions> {
  /** As the user wrote it, for messages. */
  readonly folder: string
  readonly me: Program
}

async function take(place: string, name: string, taking: Taking): Promise<Lock> {
  const { folder, brief, me } = taking
  const file = join(place, name)
  const text = JSON.stringify({ id: unusedName(), ...me, ...(brief ? { brief } : {}) })
  const patience = new Patience()
  for (;;) {
    const handle = await created(file)
    if (handle !== undefined) return holding(folder, file, handle, text)
    const found = await lockIn(file)
    if (found === undefined) continue
    const living = await livingHolder(file, found, taking.leaseMs)
    if (living === undefined) await takeAway(place, name, found, taking)
    else if (!living.brief || !(await patience.wait())) throw locked(folder, living.who)
  }
}

/**
 * Removes a lock that was left behind. Of several who find it, one at a time may look whether it is still there, and remove
 * it: who holds the lock that is named after it. Were it removed by a name that a newer lock has by then, two would hold that.
 */
async function takeAway(place: string, name: string, found: Found, taking: Taking): Promise<void> {
  const file = join(place, name)
  const turn = await take(place, `${LOCK}-${holderOf(found.text)?.id ?? found.stamp}`, {
    ...taking,
    brief: true,
  })
  try {
    const now = await lockIn(file)
    if (now?.text === found.text && now.stamp === found.stamp) await rm(file, { force: true })
  } finally {
    await turn.release()
  }
}

/** The lock as a new file; undefined if there is one. */
async function created(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, 'wx')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return undefined
    throw cause
  }
}

async function holding(folder: string, file: string, handle: FileHandle, text: string): Promise<Lock> {
  try {
    await handle.write(text, 0)
  } catch (error) {
    await handle.close()
    await rm(file, { force: true })
    throw error
  }
  const stop = new AbortController()
  const beats = beat(handle, text, stop.signal)
  const isMine = async () => (await lockIn(file))?.text === text
  return {
    check: async () => {
      if (!(await isMine()))
        throw locked(folder, 'another writer took it over while this process stood still')
    },
    release: async () => {
      if (stop.signal.aborted) return
      stop.abort()
      await beats
      await handle.close()
      if (await isMine()) await rm(file, { force: true })
    },
  }
}

/** Writes the same text again and again: what changes is the time of the file, by the clock of the disk that all share. */
async function beat(handle: FileHandle, text: string, stop: AbortSignal): Promise<void> {
  for (;;) {
    await sleep(BEAT_MS, stop, false)
    if (stop.aborted) return
    // A disk that fails says so where data is written.
    await handle.write(text, 0).catch(() => undefined)
  }
}

interface Living {
  readonly who: string
  readonly brief: boolean
}

/** Who holds a lock; undefined for one that was left behind. */
async function livingHolder(file: string, found: Found, leaseMs: number): Promise<Living | undefined> {
  const holder = holderOf(found.text)
  const known = holder === undefined ? undefined : await isRunning(holder)
  if (known === false || (known === undefined && !(await isTouched(file, found, leaseMs)))) return undefined
  return { who: `${nameOf(holder, known)} is writing to it`, brief: holder?.brief === true }
}

function nameOf(holder: Holder | undefined, known: boolean | undefined): string {
  if (holder === undefined) return 'another process'
  const { pid, host } = holder
  if (known === true) return `process ${pid}`
  return pid === process.pid && host === hostname() ? 'a thread of this process' : `process ${pid} on ${host}`
}

/** Undefined for a lock whose holder was stopped between making and writing it. */
function holderOf(text: string): Holder | undefined {
  try {
    const holder: Holder = JSON.parse(text)
    const { id, pid, host } = holder
    // It becomes the name of a file.
    const sound = /^[\w-]{1,100}$/.test(id) && typeof pid === 'number' && typeof host === 'string'
    return sound ? holder : undefined
  } catch {
    return undefined
  }
}

/** Whether a lock changes within its lease. One that goes away has changed, too, but leaves no one to refuse for. */
async function isTouched(file: string, found: Found, leaseMs: number): Promise<boolean> {
  for (let waited = 0; waited < leaseMs; waited += LOOK_MS) {
    await sleep(LOOK_MS, NEVER)
    const now = await lockIn(file)
    if (now === undefined) return false
    if (now.text !== found.text || now.stamp !== found.stamp) return true
  }
  return false
}

const NEVER = new AbortController().signal

async function lockIn(file: string): Promise<Found | undefined> {
  try {
    const { ino, mtimeNs } = await stat(file, { bigint: true })
    return { text: await readFile(file, 'utf8'), stamp: `${ino}-${mtimeNs}` }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw cause
  }
}

function locked(folder: string, who: string): HeadraceError {
  return new HeadraceError(
    'FOLDER_LOCKED',
    `Cannot write to ${folder}: ${who}. One run at a time publishes a folder: wait for the other, or give each a folder of its own.`,
  )
}
