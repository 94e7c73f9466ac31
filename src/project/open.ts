/** `open`: a session in a project. */
import { resolve } from 'node:path'
import { openSession, type Session, type Settings } from '../pipeline/session.ts'
import { checkOptions } from '../plan/options.ts'
import { resolveEnv } from '../runtime/env.ts'
import { systemRuntime } from '../runtime/runtime.ts'
import { settle } from './config.ts'
import { projectFolder } from './folder.ts'

/** The project that `open` opens. */
export interface OpenOptions {
  /** The project's folder; the current one by default. Its headrace.config.ts, if it has one, holds; relative paths of definitions begin here. */
  readonly dir?: string
  /** A profile of headrace.config.ts. */
  readonly profile?: string
}

/**
 * Opens a session in a project. Everything runs inside this process. Throws NOT_FOUND for a folder or profile that is not
 * there, LOAD_FAILED for a config that cannot be loaded, ENV_MISSING for a variable that it needs.
 */
export async function open(options: OpenOptions = {}): Promise<Session> {
  checkOptions('open', options, ['dir', 'profile'])
  return openSession(await settingsOf(options))
}

/** What a session in a project is opened with. Throws as `open` does. */
export async function settingsOf(options: OpenOptions): Promise<Settings> {
  const dir = projectFolder(options.dir)
  const { warehouse, deadLetters, onBadRecord } = await settle(dir, options.profile)
  return {
    dir,
    warehouse: resolve(dir, resolveEnv(warehouse, 'the path of the warehouse')),
    deadLetters: resolve(dir, resolveEnv(deadLetters, 'the folder of dead letters')),
    runtime: systemRuntime,
    ...(onBadRecord === undefined ? {} : { onBadRecord }),
  }
}
