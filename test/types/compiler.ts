/** Runs a TypeScript compiler over the mistakes, and reads what it says. */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** The first error of a file. */
export interface Diagnosis {
  readonly line: number
  /** `TS2345: Argument of type …`, its first line. */
  readonly message: string
}

/**
 * The first error of each file that has one, by the file's name. Of a call that fits no overload, the compiler says so
 * first, and then what is wrong with it for the last one: here the message is that.
 */
export function check(compiler: string, project: string): Map<string, Diagnosis> {
  const { stdout, stderr } = run(process.execPath, [compiler, '-p', project, '--pretty', 'false'], project)
  const found = new Map<string, Diagnosis>()
  const lines = (stdout + stderr).split('\n')
  for (const [i, text] of lines.entries()) {
    const [, file, line, message] = /^(.+)\((\d+),\d+\): error (TS\d+: .*)$/.exec(text) ?? []
    if (file === undefined || message === undefined || found.has(basename(file))) continue
    const ofOverload = message.startsWith('TS2769') ? `TS2769: ${lines[i + 2]!.trim()}` : message
    found.set(basename(file), { line: Number(line), message: ofOverload })
  }
  return found
}

/**
 * A TypeScript of another version, installed by npm in a place of its own and kept there for the next run. It is never
 * a dependency of the repository, where it would overwrite `tsc`.
 */
export function installed(version: string): string {
  const kept = join(root, 'node_modules', '.cache', `typescript-${version}`)
  const compiler = join(kept, 'node_modules', 'typescript', 'bin', 'tsc')
  if (existsSync(compiler)) return compiler
  const fresh = mkdtempSync(join(tmpdir(), 'headrace-typescript-'))
  writeFileSync(join(fresh, 'package.json'), '{ "private": true }')
  const npm = ['install', '--no-audit', '--no-fund', '--ignore-scripts', `typescript@${version}`]
  const { status, stderr } = run('npm', npm, fresh)
  if (status !== 0) throw new Error(`npm could not install typescript@${version}: ${stderr}`)
  mkdirSync(join(kept, '..'), { recursive: true })
  cpSync(fresh, kept, { recursive: true })
  rmSync(fresh, { recursive: true })
  return compiler
}

/** A project as a user has it: the built package, and these files beside its manifest. The caller removes it. */
export function userProject(files: string): string {
  const project = mkdtempSync(join(tmpdir(), 'headrace-user-'))
  const modules = join(project, 'node_modules')
  mkdirSync(join(modules, 'headrace'), { recursive: true })
  cpSync(join(root, 'package.json'), join(modules, 'headrace', 'package.json'))
  const { status, stdout } = run(
    process.execPath,
    [join(root, 'scripts', 'build.js'), join(modules, 'headrace', 'dist')],
    root,
  )
  if (status !== 0) throw new Error(`The package does not build: ${stdout}`)
  for (const name of ['@types/node', 'undici-types', '@standard-schema/spec', '@duckdb/node-api']) {
    mkdirSync(join(modules, name, '..'), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), join(modules, name), 'junction')
  }
  cpSync(files, project, { recursive: true })
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
  return project
}

function run(command: string, args: readonly string[], cwd: string) {
  const { NODE_OPTIONS: _, ...env } = process.env
  return spawnSync(command, args, { cwd, env, encoding: 'utf8', maxBuffer: 1 << 26 })
}
