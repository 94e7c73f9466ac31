/** The imports of modules as they are written, found by their look: the modules may be ones that no parser takes. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Place } from './place.ts'

/** Modules that are looked into at most, where a fault is searched for. */
const MOST_MODULES = 100

/** An import, a re-export or a require as it stands in a module. */
export interface Import {
  readonly at: Place
  readonly specifier: string
}

/** The imports of one module; none if it cannot be read. */
export function importsOf(path: string): Import[] {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  return [...text.matchAll(/\b(?:from|import|require)\s*\(?\s*(['"])([^'"\n]+)\1/g)].map(found => {
    const line = text.slice(0, found.index + found[0].length).split('\n').length
    return { at: { path, line }, specifier: found[2]! }
  })
}

/** The module, and those that it and they import by relative paths, as far as they are there. */
export function* modulesFrom(path: string): Generator<string> {
  const found = [path]
  for (let i = 0; i < found.length && i < MOST_MODULES; i++) {
    yield found[i]!
    for (const next of relativeImports(found[i]!)) if (!found.includes(next)) found.push(next)
  }
}

function relativeImports(path: string): string[] {
  return importsOf(path)
    .filter(({ specifier }) => specifier.startsWith('.'))
    .map(({ specifier }) => resolve(dirname(path), specifier))
    .filter(file => /\.[cm]?[jt]s$/.test(file) && existsSync(file))
}

/** Whether an import leads to a target: an absolute path, or the name of a package. */
export function leadsTo({ at, specifier }: Import, target: string): boolean {
  if (specifier.startsWith('.')) return resolve(dirname(at.path), specifier) === resolve(target)
  return specifier === target || specifier.startsWith(`${target}/`)
}

/** The first import of a target that is reached from a module. */
export function importerOf(path: string, target: string): Import | undefined {
  for (const module of modulesFrom(path)) {
    const found = importsOf(module).find(each => leadsTo(each, target))
    if (found !== undefined) return found
  }
  return undefined
}
