/** Loads modules of the user: TypeScript as Node runs it, by removing the types, and JavaScript. */
import { existsSync } from 'node:fs'
import { extname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { HeadraceError } from '../../errors.ts'
import { loadFailure } from './failure.ts'
import { shownPath } from './place.ts'

const MODULE = /\.[cm]?[jt]s$/

/** What the module at an absolute path exports. Throws NOT_FOUND, LOAD_FAILED; a definition that was refused keeps its code. */
export async function loadModule(path: string): Promise<Readonly<Record<string, unknown>>> {
  const file = shownPath(path)
  if (!existsSync(path)) throw new HeadraceError('NOT_FOUND', `There is no file ${file}.`)
  if (!MODULE.test(path)) throw new HeadraceError('LOAD_FAILED', notLoadable(file))
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>
  } catch (cause) {
    throw loadFailure(file, path, cause)
  }
}

function notLoadable(file: string): string {
  const extension = extname(file)
  if (extension === '.tsx' || extension === '.jsx') {
    return `Cannot load ${file}: Node does not run JSX. Definitions need none: rename it to ${file.slice(0, -1)}.`
  }
  return `${file} is no TypeScript or JavaScript module. Give a file that ends in .ts, .mts, .cts, .js, .mjs or .cjs.`
}
