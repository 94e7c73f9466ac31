/** Where a module, or one that it imports, is not JavaScript: for syntax errors that Node tells no place of. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { modulesFrom } from './imports.ts'
import type { Place } from './place.ts'

/** Removes the types of the module that it is given on standard input. A process of its own, since Node warns of the function. */
const STRIP = `
import { stripTypeScriptTypes } from 'node:module'
import { readFileSync } from 'node:fs'
process.stdout.write(stripTypeScriptTypes(readFileSync(0, 'utf8')))
`

/** The first place, in the module or what it imports by relative paths, that Node's own check refuses. */
export function syntaxPlace(path: string): Place | undefined {
  for (const module of modulesFrom(path)) {
    const line = wrongLine(module, readFileSync(module, 'utf8'))
    if (line !== undefined) return { path: module, line }
  }
  return undefined
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
