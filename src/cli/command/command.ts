/** What every command of the command line is. */
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { nearest } from '../../plan/nearest.ts'
import type { Terminal } from '../terminal.ts'

/** An option. With `value`, the name of what it takes, it takes a text; without, it is a switch. */
export interface Option {
  readonly value?: string
  /** What it does, in one line. */
  readonly text: string
}

type Options = Readonly<Record<string, Option>>

/** What was given for the options: a text or true; absent if nothing. */
type Values<O extends Options> = {
  readonly [N in keyof O]?: O[N] extends { readonly value: string } ? string : true
}

/** The arguments of a command line that was understood. */
export interface Call<O extends Options> {
  readonly positionals: readonly string[]
  readonly values: Values<O>
  /** One JSON document is wanted, and no other line on standard output. */
  readonly json: boolean
}

/** What a command leaves: with --json the document is printed, else the text. */
export interface Outcome {
  readonly document?: unknown
  readonly text?: string
  /** 1 where the command did its work and the answer is bad news. Default 0. */
  readonly status?: 0 | 1
}

interface Definition<O extends Options> {
  readonly name: string
  /** Its arguments as the help page shows them, without options. */
  readonly usage: string
  /** What it does, in one line. */
  readonly summary: string
  /** What one must know beside the options, in a few short paragraphs. */
  readonly notes?: readonly string[]
  readonly options: O
  /** Command lines without `headrace`, and what each is for. */
  readonly examples: readonly (readonly [line: string, what: string])[]
}

export interface Command extends Definition<Options> {
  /** Throws UsageError for arguments that it does not know. */
  run(args: readonly string[], json: boolean, terminal: Terminal): Promise<Outcome>
}

/** A command line that cannot be understood: exit code 2, and no stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** A command whose `run` gets what its options say. */
export function command<const O extends Options>(
  definition: Definition<O> & { run(call: Call<O>, terminal: Terminal): Promise<Outcome> },
): Command {
  return {
    ...definition,
    run: (args, json, terminal) => {
      const { positionals, values } = parsed(definition, args)
      return definition.run({ positionals, values: values as Values<O>, json }, terminal)
    },
  }
}

/** Options of all commands that work in a project. */
export const projectOptions = {
  dir: { value: 'DIR', text: "the project's folder (default: this one)" },
  profile: { value: 'NAME', text: 'the profile of headrace.config.ts to use' },
} as const

/** Options that every command has; they are taken from the line before a command sees it. */
export const commonOptions = {
  json: { text: 'print one JSON document on standard output, and nothing else there' },
  debug: { text: 'show the stack of an error' },
  help: { text: 'show the help of a command' },
} as const

function parsed({ name, options }: Definition<Options>, args: readonly string[]) {
  const types = Object.entries(options).map(
    ([option, { value }]) => [option, { type: value === undefined ? 'boolean' : 'string' }] as const,
  )
  const config: ParseArgsConfig = {
    args: [...args],
    options: Object.fromEntries(types),
    allowPositionals: true,
  }
  try {
    return parseArgs(config)
  } catch (error) {
    throw asUsageError(name, Object.keys(options), error)
  }
}

/** parseArgs says what is wrong with an option in an error with a code of its own, and adds advice that is about itself. */
function asUsageError(name: string, options: readonly string[], error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  if (!code?.startsWith('ERR_PARSE_ARGS')) return error
  const dashed = options.map(option => `--${option}`)
  const unknown = /^Unknown option '(-+)([^']*)'/.exec(message)
  const [said] = message.split(/\. (?=To specify|Did you)/)
  const why =
    unknown === null
      ? `${said!.replace(/\.$/, '')}.`
      : `${name} has no option ${unknown[1]}${unknown[2]}${nearest(`${unknown[1]}${unknown[2]}`, dashed)}`
  return new UsageError(`${why} See headrace ${name} --help`)
}

/** The only argument of a command, or a usage error. `what` is its name in the help, such as FILE. */
export function onlyArgument(name: string, what: string, positionals: readonly string[]): string {
  const [only, ...more] = positionals
  if (only !== undefined && more.length === 0) return only
  throw new UsageError(`${name} takes one ${what}. See headrace ${name} --help`)
}

/** The whole number, at least 1, that an option was given. */
export function wholeOption(option: string, text: string): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number > 0) return number
  throw new UsageError(`--${option} takes a whole number of at least 1, not ${JSON.stringify(text)}`)
}
