/** `open`: a session in a project. */
import { join, resolve } from 'node:path'
import { openSession, type Session } from '../pipeline/session.ts'
import { checkOptions } from '../plan/options.ts'
import { systemRuntime } from '../runtime/runtime.ts'

export interface OpenOptions {
  /** The project's folder; the current one by default. Relative paths of definitions begin here. */
  readonly dir?: string
}

/** Opens a session in a project. Everything runs inside this process. */
export async function open(options: OpenOptions = {}): Promise<Session> {
  checkOptions('open', options, ['dir'])
  const dir = resolve(options.dir ?? '.')
  return openSession({
    dir,
    warehouse: join(dir, '.headrace', 'warehouse.duckdb'),
    deadLetters: join(dir, 'dead-letters'),
    runtime: systemRuntime,
  })
}
