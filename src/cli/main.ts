/** The command line: `headrace COMMAND …`. */
import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { HeadraceError } from '../errors.ts'
import { nearest } from '../plan/nearest.ts'
import { breathe } from '../runtime/sleep.ts'
import { type Command, processTerminal, type Terminal, UsageError } from './command.ts'
import { explainCommand } from './explain.ts'
import { runCommand } from './run.ts'

const commands: readonly Command[] = [runCommand, explainCommand]

/** Commands that a later part brings, refused by name so that nobody looks for a misspelling. */
const notYet: Readonly<Record<string, string>> = {
  serve: 'runs the server and its dashboard',
  verify: 'compares the answers of all modes',
  query: 'asks a view',
  replay: 'rebuilds a view from the beginning of its log',
  redrive: 'sends dead letters through again',
  model: 'builds SQL models',
  dag: 'runs and backfills dags',
  backfill: 'runs past intervals again',
}

/** Runs one command line and gives its exit code. Failures are told in words; `--debug` adds the stack. */
export async function main(args: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  const debug = args.includes('--debug')
  const [name = '--help', ...rest] = args.filter(arg => arg !== '--debug')
  try {
    const status = await dispatch(name, rest, terminal)
    // What could not be written is told a turn later.
    await breathe()
    return terminal.lost.aborted ? lost(terminal) : status
  } catch (error) {
    if (terminal.lost.aborted) return lost(terminal)
    terminal.err(`headrace: ${failure(error, debug)}`)
    return isUsage(error) ? 2 : 1
  }
}

/** Who closed the pipe, as `head` does, knows; a full disk is news. */
function lost({ lost, err }: Terminal): number {
  const error = lost.reason as NodeJS.ErrnoException
  if (error.code !== 'EPIPE') err(`headrace: WRITE_FAILED: Cannot write standard output: ${error.message}.`)
  return 1
}

async function dispatch(name: string, args: readonly string[], terminal: Terminal): Promise<number> {
  if (name === '--help' || name === '-h' || name === 'help') return printed(help(), terminal)
  if (name === '--version' || name === '-v') return printed(version(), terminal)
  const command = commands.find(each => each.name === name)
  if (command !== undefined) return command.run(args, terminal)
  const later = Object.hasOwn(notYet, name) ? notYet[name] : undefined
  if (later !== undefined) {
    throw new UsageError(`"${name}" ${later}. This version does not have it yet; see headrace --help`)
  }
  const names = commands.map(each => each.name)
  throw new UsageError(`there is no command "${name}"${nearest(name, names)} See headrace --help`)
}

function printed(text: string, terminal: Terminal): number {
  terminal.out(text)
  return 0
}

function help(): string {
  const lines = [
    ...commands.map(({ name, usage, summary }) => [`headrace ${name} ${usage}`, summary] as const),
    ['headrace --help', 'this page'] as const,
    ['headrace --version', 'the version'] as const,
  ]
  const width = Math.max(...lines.map(([usage]) => usage.length))
  const table = lines.map(([usage, summary]) => `  ${usage.padEnd(width)}  ${summary}`)
  return [
    'headrace: batch, micro-batch and stream data processing from one typed plan',
    '',
    ...table,
    '',
    'FILE is a TypeScript or JavaScript module that exports pipelines; #NAME picks one of them.',
    'Add --debug to see the stack of an error. Exit codes: 0 done, 1 failed, 2 not understood.',
  ].join('\n')
}

/** src/cli/ and dist/cli/ are equally deep, so the same path finds the manifest from both. */
function version(): string {
  const manifest = new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
}

/** parseArgs says what is wrong with an option in an error with a code of its own. */
function isUsage(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return error instanceof UsageError || (typeof code === 'string' && code.startsWith('ERR_PARSE_ARGS'))
}

function failure(error: unknown, debug: boolean): string {
  if (!(error instanceof Error)) return String(error)
  if (debug) return inspect(error)
  return error instanceof HeadraceError ? `${error.code}: ${error.message}` : error.message
}
