/** Definitions that the modules of a project export, found by their brand. */
import { glob } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { HeadraceError } from '../errors.ts'
import { isPipeline, type Pipeline } from '../pipeline/pipeline.ts'
import { nearest } from '../plan/nearest.ts'
import { loadModule } from './load/module.ts'

/** A definition, and where it was found. */
export interface Found {
  readonly pipeline: Pipeline
  /** The module, relative to the project's folder, and the name under which it exports the definition. */
  readonly file: string
  readonly exported: string
}

/** A module that could not be loaded. */
export interface Broken {
  readonly file: string
  readonly error: HeadraceError
}

export interface Discovery {
  readonly found: readonly Found[]
  readonly broken: readonly Broken[]
  /** How many modules were looked at. */
  readonly modules: number
}

/** Tests, declarations, and what is not of the project. */
const LEFT_OUT = /(\.(test|spec)\.[cm]?[jt]s|\.d\.[cm]?ts)$|(^|\/)(node_modules|\.[^/]+)\//

/**
 * Loads every module that the globs name, from the project's folder, and gives the definitions that they export; one that
 * several modules export is one. Tests, declarations and what lies under node_modules or in a hidden folder is left out.
 * A module that cannot be loaded does not stop the others: it is given as broken. Throws NAME_TAKEN for two definitions of
 * one name, naming both files.
 */
export async function discover(dir: string, include: readonly string[]): Promise<Discovery> {
  const files = await modulesOf(dir, include)
  const found = new Map<string, Found>()
  const broken: Broken[] = []
  for (const file of files) {
    let module: Readonly<Record<string, unknown>>
    try {
      module = await loadModule(join(dir, file))
    } catch (error) {
      if (!(error instanceof HeadraceError)) throw error
      broken.push({ file, error })
      continue
    }
    for (const each of exportsOf(module, file)) add(found, each)
  }
  return { found: [...found.values()], broken, modules: files.length }
}

async function modulesOf(dir: string, include: readonly string[]): Promise<string[]> {
  const files = new Set<string>()
  for await (const path of glob([...include], { cwd: dir })) {
    const file = relative(dir, join(dir, path)).replaceAll(sep, '/')
    if (/\.[cm]?[jt]s$/.test(file) && !LEFT_OUT.test(file)) files.add(file)
  }
  return [...files].sort()
}

/** The pipelines that a module exports. */
export function exportsOf(module: Readonly<Record<string, unknown>>, file: string): Found[] {
  return Object.entries(module).flatMap(([exported, value]) =>
    isPipeline(value) ? [{ pipeline: value, file, exported }] : [],
  )
}

function add(found: Map<string, Found>, each: Found): void {
  const { name } = each.pipeline
  const other = found.get(name)
  if (other === undefined) found.set(name, each)
  else if (other.pipeline !== each.pipeline) {
    throw new HeadraceError(
      'NAME_TAKEN',
      `Two definitions are named '${name}': ${other.file} (${other.exported}) and ${each.file} (${each.exported}). Rename one of them.`,
    )
  }
}

/** The definition of a name. Throws NOT_FOUND, naming the nearest and the modules that could not be loaded. */
export function definitionNamed(name: string, { found, broken, modules }: Discovery, where: string): Found {
  const one = found.find(({ pipeline }) => pipeline.name === name)
  if (one !== undefined) return one
  const names = found.map(({ pipeline }) => pipeline.name)
  const near = nearest(name, names)
  const there =
    names.length === 0
      ? `No definition was found in ${modules} ${modules === 1 ? 'module' : 'modules'} of ${where}.`
      : `There are: ${names.toSorted().join(', ')}.`
  const failed = broken.map(({ error }) => `\n  ${error.message}`).join('')
  throw new HeadraceError(
    'NOT_FOUND',
    `There is no definition '${name}', and no file of this name${near} ${there}` +
      (failed === '' ? '' : ` It may be in what could not be loaded:${failed}`),
  )
}
