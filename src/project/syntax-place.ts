/** Where a module, or one that it imports, is not JavaScript: for syntax errors that Node tells no place of. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Place } from './place.ts'

/** Modules that are looked into at most; each takes a process or two. */
const MOST_MODULES = 40

/** Removes the types of the module that it is given on standard input. A process of its own, since Node warns of the function. */
const STRIP = `
import { stripTypeScriptTypes } from 'node:module'
import { readFileSync } from 'node:fs'
process.stdout.write(stripTypeScriptTypes(readFileSync(0, 'utf8')))
`

/** The first place, in the module or what it imports by relative paths, that Node's own check refuses. */
export function syntaxPlace(path: string): Place | undefined {
  const found = [path]
  for (let i = 0; i < found.length && i < MOST_MODULES; i++) {
    const text = readFileSync(found[i]!, 'utf8')
    const line = wrongLine(found[i]!, text)
    if (line !== undefined) return { path: found[i]!, line }
    for (const next of relativeImports(found[i]!, text)) if (!found.includes(next)) found.push(next)
  }
  return undefined
}

/** The modules beside this one that its text names, as far as they are there. */
function relativeImports(path: string, text: string): string[] {
  return [...text.matchAll(/\b(?:from|import)\s*\(?\s*['"](\.\.?\/[^'"]+)['"]/g)]
    .map(([, specifier]) => resolve(dirname(path), specifier!))
    .filter(file => /\.[cm]?[jt]s$/.test(file) && existsSync(file))
}

function wrongLine(path: string, text: string): number | undefined {
  const code = path.endsWith('ts') ? node(['--input-type=module', '--eval', STRIP], text).stdout : text
  const { stderr } = node(['--check', '--input-type=module', '-'], code)
  const line = /^\[stdin\]:(\d+)$/m.exec(stderr)
  return line === null ? undefined : Number(line[1])
}

function node(args: readonly string[], input: string) {
  return spawnSync(process.execPath, ['--no-warnings', ...args], { input, encoding: 'utf8' })
}
