/** The project's settings: `headrace.config.ts`. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { HeadraceError } from '../errors.ts'
import { checkOnBadRecord, type OnBadRecord } from '../pipeline/bad-records.ts'
import { nearest } from '../plan/nearest.ts'
import { checkOptions } from '../plan/options.ts'
import { type Env, isEnv } from '../runtime/env.ts'
import { loadModule } from './load/module.ts'

/** What a profile can say in place of the project. */
export interface ProfileConfig {
  /** The files that are looked at for definitions, as globs from the project's folder. Default: `src/**` with every extension of modules. */
  readonly include?: readonly string[]
  /** The warehouse's file. Default: `.headrace/warehouse.duckdb`. */
  readonly warehouse?: string | Env
  /** The folder of dead letters. Default: `dead-letters`. */
  readonly deadLetters?: string | Env
  /** What pipelines that do not say so themselves do with bad records. Default: `dead-letter`. */
  readonly onBadRecord?: OnBadRecord
}

/** The settings of a project, and by name those of its profiles. */
export interface Config extends ProfileConfig {
  /** Settings by the name that `--profile` or `open({ profile })` picks; they stand before those of the project. */
  readonly profiles?: Readonly<Record<string, ProfileConfig>>
}

/** The settings that hold, and the file they come from. */
export interface Settled {
  /** Absolute; absent if the project has none. */
  readonly file?: string
  readonly include: readonly string[]
  readonly warehouse: string | Env
  readonly deadLetters: string | Env
  readonly onBadRecord?: OnBadRecord
  /** The names of all profiles. */
  readonly profiles: readonly string[]
}

const FILES = ['ts', 'mts', 'js', 'mjs'].map(extension => `headrace.config.${extension}`)
const SETTINGS = ['include', 'warehouse', 'deadLetters', 'onBadRecord']
const DEFAULTS = {
  include: ['src/**/*.{ts,mts,cts,js,mjs,cjs}'],
  warehouse: join('.headrace', 'warehouse.duckdb'),
  deadLetters: 'dead-letters',
} as const

/** Checks and gives back the settings of a project, for `export default` in headrace.config.ts. */
export function defineConfig(config: Config): Config {
  checkConfig('defineConfig', config)
  return config
}

/** The settings of the project in a folder, with a profile. A project without a config file has the defaults. */
export async function settle(dir: string, profile?: string): Promise<Settled> {
  const file = configFile(dir)
  const config = file === undefined ? {} : await loadConfig(file)
  const { profiles = {}, ...base } = config
  const names = Object.keys(profiles)
  if (profile !== undefined && !Object.hasOwn(profiles, profile)) {
    throw new HeadraceError('NOT_FOUND', unknownProfile(profile, names, file, dir))
  }
  const chosen = profile === undefined ? {} : profiles[profile]!
  return { ...DEFAULTS, ...base, ...chosen, ...(file === undefined ? {} : { file }), profiles: names }
}

function unknownProfile(profile: string, names: readonly string[], file: string | undefined, dir: string) {
  if (file === undefined) {
    return `There is no profile '${profile}': ${dir} has no headrace.config.ts. Write one, or leave the profile out.`
  }
  const there = names.length === 0 ? 'It has none.' : `It has: ${names.join(', ')}.`
  return `${file} has no profile '${profile}'${nearest(profile, names)} ${there}`
}

/** Throws LOAD_FAILED where there are two: which one holds must not depend on an order that nobody sees. */
function configFile(dir: string): string | undefined {
  const [file, other] = FILES.filter(name => existsSync(join(dir, name)))
  if (other !== undefined) {
    throw new HeadraceError('LOAD_FAILED', `${dir} has both ${file} and ${other}. Remove one of them.`)
  }
  return file === undefined ? undefined : join(dir, file)
}

async function loadConfig(file: string): Promise<Config> {
  const { default: config } = await loadModule(file)
  if (config === undefined) {
    throw new HeadraceError(
      'LOAD_FAILED',
      `${file} has no default export. Write export default defineConfig({ … }).`,
    )
  }
  checkConfig(file, config)
  return config
}

function checkConfig(what: string, config: unknown): asserts config is Config {
  checkSettings(what, config, [...SETTINGS, 'profiles'])
  const { profiles = {} } = config as Config
  if (typeof profiles !== 'object' || profiles === null || Array.isArray(profiles)) {
    throw new HeadraceError(
      'INVALID_ARGUMENT',
      `${what}: profiles must be an object: { prod: { warehouse: … } }.`,
    )
  }
  for (const [name, profile] of Object.entries(profiles)) {
    checkSettings(`${what}: the profile '${name}'`, profile, SETTINGS)
  }
}

function checkSettings(what: string, config: unknown, names: readonly string[]): void {
  if (typeof config === 'object' && config !== null && Object.hasOwn(config, 'topics')) {
    throw new HeadraceError(
      'REFUSED',
      `${what}: topics need the log, which this version does not have yet. Remove the option.`,
    )
  }
  checkOptions(what, config as object, names)
  for (const [name, value] of Object.entries(config as object)) {
    if (value !== undefined) continue
    // What is usual elsewhere, `process.env.WAREHOUSE`, would silently run a profile on the warehouse of another.
    throw new HeadraceError(
      'INVALID_ARGUMENT',
      `${what}: ${name} is undefined. Leave it out, or read the environment with env('NAME').`,
    )
  }
  const { include, warehouse, deadLetters, onBadRecord } = config as ProfileConfig
  if (onBadRecord !== undefined) checkOnBadRecord(what, onBadRecord)
  if (include !== undefined && !(Array.isArray(include) && include.every(isText))) {
    throw new HeadraceError('INVALID_ARGUMENT', `${what}: include must be a list of globs: ['src/**/*.ts'].`)
  }
  for (const [name, path] of Object.entries({ warehouse, deadLetters })) {
    if (path === undefined || isText(path) || isEnv(path)) continue
    throw new HeadraceError(
      'INVALID_ARGUMENT',
      `${what}: ${name} must be a path, or env('NAME'), not ${JSON.stringify(path)}.`,
    )
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
