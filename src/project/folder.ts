/** The folder of a project. */
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { HeadraceError } from '../errors.ts'
import { checkName } from '../plan/options.ts'

/** The absolute path of a project's folder. Throws NOT_FOUND. */
export function projectFolder(dir = '.'): string {
  checkName('open: dir', dir)
  const path = resolve(dir)
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path
  throw new HeadraceError('NOT_FOUND', `There is no folder ${path}. Give the folder of the project as dir.`)
}
