/** The command line: `headrace COMMAND …`. */
import { inspect } from 'node:util'
import { HeadraceError } from '../errors.ts'
import { nearest } from '../plan/nearest.ts'
import { breathe } from '../runtime/sleep.ts'
import { visibleLines } from '../schema/text/visible.ts'
import { type Command, type Outcome, UsageError } from './command/command.ts'
import { commandHelp, mainHelp } from './help.ts'
import { processTerminal, type Terminal } from './terminal.ts'
import { version } from './version.ts'

/** Each is loaded when it is asked for: what one command needs does not slow the start of the others. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./command/run.ts')).runCommand,
  explain: async () => (await import('./command/explain.ts')).explainCommand,
  verify: async () => (await import('./command/verify.ts')).verifyCommand,
  schema: async () => (await import('./command/schema.ts')).schemaCommand,
  init: async () => (await import('./command/init.ts')).initCommand,
  doctor: async () => (await import('./command/doctor.ts')).doctorCommand,
  query: async () => (await import('./command/query.ts')).queryCommand,
}

/** Commands that a later part brings, refused by name so that nobody looks for a misspelling. */
const notYet: Readonly<Record<string, string>> = {
  serve: 'runs the server and its dashboard',
  start: 'keeps schedules and streams running',
  dev: 'runs again what you change',
  get: 'asks a view for a key',
  replay: 'rebuilds a view from the beginning of its log',
  redrive: 'sends dead letters through again',
  model: 'builds SQL models',
  dag: 'runs and backfills dags',
  backfill: 'runs past intervals again',
}

/** Every command, for the pages that show them all. */
export async function allCommands(): Promise<Command[]> {
  return Promise.all(Object.values(commands).map(load => load()))
}

/** Runs one command line and gives its exit code: 0 done, 1 failed, 2 not understood. */
export async function main(args: readonly string[], given?: Terminal): Promise<number> {
  const { rest, json, debug, help } = withoutCommon(args)
  const terminal = given ?? processTerminal(json)
  let outcome: Outcome
  try {
    outcome = await dispatch(rest, json, help, terminal)
    terminal.status()
    if (json) terminal.out(jsonText(outcome.document))
    else if (outcome.text !== undefined) terminal.out(outcome.text)
    // What could not be written is told a turn later.
    await breathe()
  } catch (error) {
    terminal.status()
    if (!terminal.lost.aborted) return failed(error, json, debug, terminal)
  }
  return terminal.lost.aborted ? lost(terminal) : (outcome!.status ?? 0)
}

/** The options that every command has, wherever they stand before a `--`. */
function withoutCommon(args: readonly string[]) {
  const end = args.indexOf('--')
  const [before, after] = end < 0 ? [args, []] : [args.slice(0, end), args.slice(end)]
  const has = (...names: string[]): boolean => before.some(arg => names.includes(arg))
  const common = ['--json', '--debug', '--help', '-h']
  const rest = [...before.filter(arg => !common.includes(arg)), ...after]
  return { rest, json: has('--json'), debug: has('--debug'), help: has('--help', '-h') }
}

async function dispatch(
  args: readonly string[],
  json: boolean,
  help: boolean,
  terminal: Terminal,
): Promise<Outcome> {
  const [name, ...rest] = args
  if (name === '--version' || name === '-v') return { document: { version: version() }, text: version() }
  if (name === undefined) return mainHelp(await allCommands(), notYet)
  if (name === 'help') {
    return rest[0] === undefined
      ? mainHelp(await allCommands(), notYet)
      : commandHelp(await commandOf(rest[0]))
  }
  const command = await commandOf(name)
  return help ? commandHelp(command) : command.run(rest, json, terminal)
}

function commandOf(name: string): Promise<Command> {
  if (Object.hasOwn(commands, name)) return commands[name]!()
  if (Object.hasOwn(notYet, name)) {
    throw new UsageError(`"${name}" ${notYet[name]}. This version does not have it yet. See headrace --help`)
  }
  throw new UsageError(
    `there is no command "${name}"${nearest(name, Object.keys(commands))} See headrace --help`,
  )
}

/** Who closed the pipe, as `head` does, knows; a full disk is news. */
function lost({ lost, err }: Terminal): number {
  const error = lost.reason as NodeJS.ErrnoException
  if (error.code !== 'EPIPE') err(`headrace: WRITE_FAILED: Cannot write standard output: ${error.message}.`)
  return 1
}

/** With --json the error is the document. */
function failed(error: unknown, json: boolean, debug: boolean, terminal: Terminal): number {
  const usage = error instanceof UsageError
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof HeadraceError ? error.code : usage ? 'USAGE' : 'UNEXPECTED'
  if (json) terminal.out(jsonText({ error: { code, message, ...(debug ? { stack: inspect(error) } : {}) } }))
  else if (debug && error instanceof Error) terminal.err(`headrace: ${inspect(error)}`)
  else {
    // DuckDB and the code of users quote data as it is.
    const shown = visibleLines(message)
    terminal.err(`headrace: ${error instanceof HeadraceError ? `${code}: ${shown}` : shown}`)
  }
  return usage ? 2 : 1
}

/** JSON has no 64-bit integers that every reader keeps: they are written as texts. */
function jsonText(document: unknown): string {
  return JSON.stringify(document, (_, value: unknown) => {
    if (typeof value === 'bigint') return value.toString()
    return value instanceof Map ? Object.fromEntries(value) : value
  })
}
