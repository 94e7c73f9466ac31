/** The definitions that a person means: by name, or by the file that exports them. */
import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { HeadraceError } from '../errors.ts'
import { nearest } from '../plan/nearest.ts'
import { settle } from './config.ts'
import { type Broken, definitionNamed, discover, exportsOf, type Found } from './discover.ts'
import { loadModule } from './load/module.ts'

/** Where to look. */
export interface Lookup {
  /** The project's folder, absolute. */
  readonly dir: string
  readonly profile?: string
  /** Told of modules that could not be loaded while the definition was found elsewhere. */
  readonly onBroken?: (broken: Broken) => void
}

/**
 * The definitions that a reference means: `NAME` one of the project, `FILE` those that a module exports, `FILE#NAME` one of
 * these, by its own name or that of the export. A file is looked for from the current folder, then from the project's.
 * Throws NOT_FOUND, LOAD_FAILED, NAME_TAKEN.
 */
export async function definitionsOf(reference: string, lookup: Lookup): Promise<Found[]> {
  const at = reference.lastIndexOf('#')
  // A `#` may be part of a path, so a file of the whole name comes first.
  if (at >= 0 && !isFile(reference, lookup.dir)) {
    return [await exportedAs(reference.slice(0, at), reference.slice(at + 1), lookup.dir)]
  }
  if (looksLikeFile(reference) || isFile(reference, lookup.dir)) return exportedBy(reference, lookup.dir)
  return [await named(reference, lookup)]
}

/** Names may hold anything; only what ends as modules do, or leads into a folder, is taken for a file that is missing. */
function looksLikeFile(reference: string): boolean {
  return /\.[cm]?[jt]sx?$/.test(reference) || /^\.{0,2}[/\\]/.test(reference)
}

function isFile(reference: string, dir: string): boolean {
  return [resolve(reference), resolve(dir, reference)].some(
    path => existsSync(path) && statSync(path).isFile(),
  )
}

async function exportedBy(file: string, dir: string): Promise<Found[]> {
  const own = resolve(file)
  const module = await loadModule(
    existsSync(own) || !existsSync(resolve(dir, file)) ? own : resolve(dir, file),
  )
  const found = exportsOf(module, file)
  if (found.length > 0) return found.filter((each, i) => firstOf(found, each) === i)
  throw new HeadraceError(
    'NOT_FOUND',
    `${file} exports no pipeline. Write: export const name = pipeline('name', …).`,
  )
}

function firstOf(found: readonly Found[], { pipeline }: Found): number {
  return found.findIndex(each => each.pipeline === pipeline)
}

async function exportedAs(file: string, name: string, dir: string): Promise<Found> {
  const found = await exportedBy(file, dir)
  const one =
    found.find(({ pipeline }) => pipeline.name === name) ?? found.find(({ exported }) => exported === name)
  if (one !== undefined) return one
  const names = found.map(({ pipeline }) => pipeline.name)
  throw new HeadraceError(
    'NOT_FOUND',
    `${file} exports no pipeline '${name}'${nearest(name, names)} It exports: ${names.join(', ')}.`,
  )
}

async function named(name: string, { dir, profile, onBroken }: Lookup): Promise<Found> {
  const { include } = await settle(dir, profile)
  const discovery = await discover(dir, include)
  const found = definitionNamed(name, discovery, `${dir} (${include.join(', ')})`)
  for (const each of discovery.broken) onBroken?.(each)
  return found
}
