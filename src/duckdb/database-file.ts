/** Database files. One process owns a file, and within it one instance: DuckDB's lock does not see a second one there. */
import { mkdir, readdir, readlink, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { HeadraceError } from '../errors.ts'
import { Duckdb } from './duckdb.ts'

/** An open database file, which all of this thread share. Dispose of it: the last to do so closes the file. */
export interface DatabaseFile extends AsyncDisposable {
  readonly db: Duckdb
  /** Absolute. */
  readonly file: string
  /** Runs what changes the database, one after the other: of two that change the same rows, DuckDB would refuse one. */
  exclusive<T>(change: () => Promise<T>): Promise<T>
}

/** The files that are open in this thread. */
const opened = new Map<string, SharedFile>()

class SharedFile {
  readonly file: string
  readonly db: Promise<Duckdb>
  users = 0
  #last: Promise<unknown> = Promise.resolve()

  constructor(file: string) {
    this.file = file
    this.db = instanceOf(file)
  }

  readonly exclusive = <T>(change: () => Promise<T>): Promise<T> => {
    const done = this.#last.then(change)
    this.#last = done.catch(() => undefined)
    return done
  }

  async leave(): Promise<void> {
    this.users--
    if (this.users > 0) return
    if (opened.get(this.file) === this) opened.delete(this.file)
    const db = await this.db.catch(() => undefined)
    await db?.close()
  }
}

/**
 * Opens a database file, absolute; `create` makes it, and its folder, where it is missing. Throws NOT_FOUND,
 * WAREHOUSE_LOCKED where another process or thread has it open, READ_FAILED for what is no database, WRITE_FAILED.
 */
export async function openDatabase(path: string, { create }: { create: boolean }): Promise<DatabaseFile> {
  const file = await placeOf(path, create)
  let shared = opened.get(file)
  if (shared === undefined) {
    shared = new SharedFile(file)
    opened.set(file, shared)
  }
  shared.users++
  const lease = shared
  try {
    const db = await shared.db
    return { db, file, exclusive: lease.exclusive, [Symbol.asyncDispose]: () => lease.leave() }
  } catch (error) {
    await lease.leave()
    throw error
  }
}

/** Behind links, so that a file has one name. */
async function placeOf(path: string, create: boolean): Promise<string> {
  const found = await stat(path).catch(() => undefined)
  if (found !== undefined && !found.isFile()) {
    throw new HeadraceError('READ_FAILED', `Cannot open the warehouse ${path}: it is not a file.`)
  }
  if (found === undefined && !create) {
    throw new HeadraceError(
      'NOT_FOUND',
      `There is no warehouse ${path}. It is made by the first pipeline that writes to warehouse.table(…).`,
    )
  }
  try {
    if (found !== undefined) return await realpath(path)
    await mkdir(dirname(path), { recursive: true })
    return join(await realpath(dirname(path)), basename(path))
  } catch (cause) {
    const { message } = cause as Error
    throw new HeadraceError('WRITE_FAILED', `Cannot make the warehouse ${path}: ${message}.`, { cause })
  }
}

async function instanceOf(file: string): Promise<Duckdb> {
  if ((await timesOpenHere(file)) > 0) throw lockedHere(file)
  const db = await Duckdb.open({ file }).catch(cause => {
    throw openFailure(file, cause)
  })
  // Two threads may have looked at the same time; then both give way.
  if ((await timesOpenHere(file)) <= 1) return db
  await db.close()
  throw lockedHere(file)
}

/**
 * How many descriptors of this process, in whatever thread, lead to a file. Linux tells; elsewhere it is 0, and only the
 * sessions of one thread find each other.
 */
async function timesOpenHere(file: string): Promise<number> {
  const folder = '/proc/self/fd'
  const descriptors = await readdir(folder).catch(() => [])
  const targets = await Promise.all(descriptors.map(fd => readlink(join(folder, fd)).catch(() => '')))
  return targets.filter(target => target === file).length
}

function lockedHere(file: string): HeadraceError {
  return new HeadraceError(
    'WAREHOUSE_LOCKED',
    `The warehouse ${file} is open in another thread of this process (pid ${process.pid}). One thread owns a warehouse: let that one run what needs it.`,
  )
}

/** DuckDB's words when another process has the file: with its id where the system tells it. */
const LOCKED = /Could not set lock on file|being used by another process/
const OWNER = /\(PID (\d+)\)/

function openFailure(file: string, cause: Error): HeadraceError {
  const { message } = cause
  if (LOCKED.test(message)) {
    const owner = OWNER.exec(message)?.[1]
    const who = owner === undefined ? 'another process' : `another process (pid ${owner})`
    return new HeadraceError(
      'WAREHOUSE_LOCKED',
      `The warehouse ${file} is in use by ${who}. One process owns a warehouse at a time: wait until that one ends, or run this in it.`,
      { cause },
    )
  }
  if (/not a valid DuckDB database file/.test(message)) {
    return new HeadraceError('READ_FAILED', `The warehouse ${file} is no DuckDB database.`, { cause })
  }
  const line = message.split('\n')[0]!.replace(/^.*?[A-Z]\w* Error: /, '')
  return new HeadraceError('READ_FAILED', `Cannot open the warehouse ${file}: ${line}`, { cause })
}
