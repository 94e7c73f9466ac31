/** One writer a folder: a file that says who holds it, and that no crash can leave held for ever. */
import { type FileHandle, link, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { HeadraceError } from '../../../errors.ts'
import { unusedName } from '../../../runtime/random.ts'
import { sleep } from '../../../runtime/sleep.ts'

const LOCK = '_lock'

/** How often a holder touches its lock, so that others can see that it lives. */
const BEAT_MS = 1000
/** How long a lock of another machine must stand untouched before it counts as left behind. */
const LEASE_MS = 10_000
/** How often a lock of another machine is looked at meanwhile. */
const LOOK_MS = 200

export interface Lock {
  /** Throws FOLDER_LOCKED if the lock was taken away, as from a process that slept longer than LEASE_MS. */
  check(): Promise<void>
  /** The second time it does nothing. */
  release(): Promise<void>
}

/** What a lock says of its holder. */
interface Holder {
  readonly id: string
  readonly pid: number
  readonly host: string
  /** When the process began, in ticks of the machine; absent where the system does not say. A pid alone comes back. */
  readonly started?: string
}

/** The folders that this process holds. */
const held = new Set<string>()

/**
 * Takes the lock of a folder. Throws FOLDER_LOCKED while another writer lives: in this process, on this machine (by its
 * pid), or on another one that shares the folder (by whether it touches its lock within `leaseMs`). What a crash left is
 * taken over.
 */
export async function lockFolder(folder: string, leaseMs = LEASE_MS): Promise<Lock> {
  const place = await realpath(folder)
  if (held.has(place)) throw locked(folder, 'another target or another run of this process is writing to it')
  held.add(place)
  try {
    const lock = await take(folder, join(place, LOCK), leaseMs)
    const release = () => lock.release().finally(() => held.delete(place))
    return { check: lock.check, release }
  } catch (error) {
    held.delete(place)
    throw error
  }
}

async function take(folder: string, file: string, leaseMs: number): Promise<Lock> {
  const pid = process.pid
  const started = await startOf(pid)
  const me = { id: unusedName(), pid, host: hostname(), ...(started === undefined ? {} : { started }) }
  const text = JSON.stringify(me)
  for (;;) {
    const handle = await created(file)
    if (handle !== undefined) return holding(folder, file, handle, text)
    const found = await textIn(file)
    if (found === undefined) continue
    await refuseLiving(folder, file, found, leaseMs)
    await takeAway(file, found)
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
  await handle.write(text, 0)
  const stop = new AbortController()
  const beats = beat(handle, text, stop.signal)
  const isMine = async () => (await textIn(file)) === text
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

async function refuseLiving(folder: string, file: string, text: string, leaseMs: number): Promise<void> {
  const holder = holderOf(text)
  if (holder !== undefined && holder.host === hostname()) {
    if (await isAlive(holder)) throw locked(folder, `process ${holder.pid} is writing to it`)
  } else if (await isTouched(file, text, leaseMs)) {
    const who = holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host}`
    throw locked(folder, `${who} is writing to it`)
  }
}

/** Undefined for a lock whose holder was stopped between making and writing it. */
function holderOf(text: string): Holder | undefined {
  try {
    const { id, pid, host, started } = JSON.parse(text)
    return typeof pid === 'number' && typeof host === 'string' ? { id, pid, host, started } : undefined
  } catch {
    return undefined
  }
}

async function isAlive({ pid, started }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  return started === undefined || started === (await startOf(pid))
}

/** When a process began, on Linux: the 22nd field of its stat, the 20th behind the name in brackets, which may hold spaces. */
async function startOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return stat === '' ? undefined : stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
}

/** Whether a lock changes within its lease. One that goes away has changed, too, but leaves no one to refuse for. */
async function isTouched(file: string, text: string, leaseMs: number): Promise<boolean> {
  const first = await timeOf(file)
  for (let waited = 0; waited < leaseMs; waited += LOOK_MS) {
    await sleep(LOOK_MS, NEVER)
    const now = await timeOf(file)
    if (now === undefined) return false
    if (now !== first || (await textIn(file)) !== text) return true
  }
  return false
}

const NEVER = new AbortController().signal

async function timeOf(file: string): Promise<bigint | undefined> {
  const found = await stat(file, { bigint: true }).catch(() => undefined)
  return found?.mtimeNs
}

/** Of several who find a lock left behind one renames it. Who renames a newer lock by that, puts it back. */
async function takeAway(file: string, text: string): Promise<void> {
  const away = `${file}-${unusedName()}`
  try {
    await rename(file, away)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return
    throw cause
  }
  if ((await textIn(away)) !== text) await link(away, file).catch(() => undefined)
  await rm(away, { force: true })
}

async function textIn(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined)
}

function locked(folder: string, who: string): HeadraceError {
  return new HeadraceError(
    'FOLDER_LOCKED',
    `Cannot write to ${folder}: ${who}. One run at a time publishes a folder: wait for the other, or give each a folder of its own.`,
  )
}
