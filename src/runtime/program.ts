/** Which process it was that left something on a disk, and whether it still runs. */
import { createHash } from 'node:crypto'
import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'

/** What tells a process from all others. Survives JSON. */
export interface Program {
  readonly pid: number
  readonly host: string
  /** The boot of the machine and the container, within which a pid means one process; absent where the system does not say. */
  readonly space?: string
  /** When the process began, in ticks of the machine; absent where the system does not say. A pid alone comes back. */
  readonly started?: string
}

export async function thisProgram(): Promise<Program> {
  const pid = process.pid
  const [space, started] = await Promise.all([spaceHere(), startOf(pid)])
  const known = { ...(space === undefined ? {} : { space }), ...(started === undefined ? {} : { started }) }
  return { pid, host: hostname(), ...known }
}

/** A program as a part of the name of a file: its pid, when it began, and a hash of the rest. */
export async function programName(): Promise<string> {
  const { pid, started = '' } = await thisProgram()
  return `${pid}-${started}-${await spaceName()}`
}

/** Whether the program of such a name has ended; false where that cannot be told from here. */
export async function hasEnded(name: string): Promise<boolean> {
  const [pid, started, space] = name.split('-')
  if (!/^\d+$/.test(pid!) || space !== (await spaceName())) return false
  const begun = started === '' ? {} : { started: started! }
  return (await isRunning({ pid: Number(pid), host: hostname(), ...begun })) === false
}

async function spaceName(): Promise<string> {
  const text = `${hostname()} ${await spaceHere()}`
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}

/** Undefined where it cannot be told from here: of another machine, container or boot, and of a thread of this process. */
export async function isRunning({ pid, host, space, started }: Program): Promise<boolean | undefined> {
  if (host !== hostname()) return undefined
  const here = await spaceHere()
  if (space !== undefined && here !== undefined && space !== here) return undefined
  try {
    process.kill(pid, 0)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  if (started !== undefined && started !== (await startOf(pid))) return false
  return pid === process.pid ? undefined : true
}

/** Linux tells the boot of a machine and the container whose pids a process sees. */
async function spaceHere(): Promise<string | undefined> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => undefined)
  const pids = await readlink('/proc/self/ns/pid').catch(() => '')
  return boot === undefined ? undefined : `${boot.trim()} ${pids}`
}

/** On Linux: the 22nd field of its stat, the 20th behind the name in brackets, which may hold spaces. */
async function startOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return stat === '' ? undefined : stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
}
