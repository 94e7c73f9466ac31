/** Settings and secrets from the environment: looked up when something is opened, so that definitions and plans need none. */
import { HeadraceError } from '../errors.ts'

const ENV = Symbol.for('headrace.env')

/** A variable of the environment, by name. As text it is `env(NAME)`: what the variable holds is never shown. */
export interface Env {
  readonly [ENV]: true
  readonly name: string
  /** What it holds now; undefined if it is not set, or empty, and there is no fallback. */
  read(): string | undefined
  toString(): string
  toJSON(): string
}

class Variable implements Env {
  readonly [ENV] = true
  readonly name: string
  /** Private, so that no inspection of the value shows it. */
  readonly #fallback: string | undefined

  constructor(name: string, fallback: string | undefined) {
    this.name = name
    this.#fallback = fallback
  }

  read(): string | undefined {
    return process.env[this.name] || this.#fallback
  }

  toString(): string {
    return `env(${this.name})`
  }

  toJSON(): string {
    return this.toString()
  }
}

/**
 * A variable of the environment in place of a text: `env('WAREHOUSE')`, `env('DATA_DIR', 'data')`. It is looked up when a
 * session or a place is opened; defining and explaining a pipeline need none. An empty variable counts as not set. Where it
 * is a path, errors and dead letters name the files that are found there.
 */
export function env(name: string, fallback?: string): Env {
  if (typeof name !== 'string' || !/^[A-Za-z_]\w*$/.test(name)) {
    throw new HeadraceError(
      'INVALID_ARGUMENT',
      `env: ${JSON.stringify(name)} is no name of a variable. Write letters, digits and _, such as env('WAREHOUSE').`,
    )
  }
  if (fallback !== undefined && typeof fallback !== 'string') {
    throw new HeadraceError('INVALID_ARGUMENT', `env('${name}'): the fallback must be a text.`)
  }
  return new Variable(name, fallback)
}

/** Whether a value is what `env` gives, of this or another copy of the package. */
export function isEnv(value: unknown): value is Env {
  return typeof value === 'object' && value !== null && ENV in value
}

/** The beginning of a URL. What follows may be a password. */
const URL_START = /^[a-z][a-z\d+.-]+:\/\//i

/** A path as messages may show it: of a URL only its beginning. */
export function shownPath(path: string): string {
  const [start] = URL_START.exec(path) ?? []
  return start === undefined ? path : `${start}…`
}

/**
 * The path that is meant, now. `use` names what it is for, as in "the path of files.csv". Throws ENV_MISSING, and REFUSED
 * for a URL.
 */
export function resolveEnv(value: string | Env, use: string): string {
  const path = textOf(value, use)
  if (!URL_START.test(path)) return path
  const from = isEnv(value) ? `, from the environment variable ${value.name}` : ''
  throw new HeadraceError(
    'REFUSED',
    `${use} is a URL (${shownPath(path)}${from}), which this version does not read or write. Give a local path.`,
  )
}

function textOf(value: string | Env, use: string): string {
  if (!isEnv(value)) return value
  const { name } = value
  const text = value.read()
  if (text !== undefined) return text
  throw new HeadraceError(
    'ENV_MISSING',
    `The environment variable ${name} is not set, and ${use} needs it. Set it, or give a fallback: env('${name}', '…').`,
  )
}
