/** Definitions from modules: `FILE` or `FILE#NAME`. */
import { existsSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { HeadraceError } from '../errors.ts'
import { isPipeline, type Pipeline } from '../pipeline/pipeline.ts'
import { nearest } from '../plan/nearest.ts'
import { UsageError } from './command.ts'

/** The pipelines that a module exports; with #NAME the one of that name or export. Throws NOT_FOUND, LOAD_FAILED. */
export async function loadPipelines(reference: string): Promise<Pipeline[]> {
  const [file, name] = split(reference)
  const module = await load(file)
  const found = Object.entries(module).filter((entry): entry is [string, Pipeline] => isPipeline(entry[1]))
  if (found.length === 0) {
    throw new HeadraceError(
      'NOT_FOUND',
      `${file} exports no pipeline. Write: export const name = pipeline('name', …).`,
    )
  }
  if (name === undefined) return [...new Set(found.map(([, pipeline]) => pipeline))]
  const picked = found.find(([exported, pipeline]) => pipeline.name === name || exported === name)
  if (picked !== undefined) return [picked[1]]
  const names = found.map(([, pipeline]) => pipeline.name)
  throw new HeadraceError(
    'NOT_FOUND',
    `${file} exports no pipeline '${name}'${nearest(name, names)} It exports: ${names.join(', ')}.`,
  )
}

async function load(file: string): Promise<Record<string, unknown>> {
  const path = resolve(file)
  if (!existsSync(path)) throw new HeadraceError('NOT_FOUND', `There is no file ${file}.`)
  if (!/\.[cm]?[jt]s$/.test(file)) {
    throw new HeadraceError(
      'LOAD_FAILED',
      `${file} is no TypeScript or JavaScript module. Give a file that ends in .ts, .mts, .cts, .js, .mjs or .cjs.`,
    )
  }
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>
  } catch (cause) {
    throw loadFailure(file, cause)
  }
}

/** A definition that Headrace refused keeps its code; both say where in the user's own modules it happened. */
function loadFailure(file: string, cause: unknown): HeadraceError {
  const place = placeOf(cause)
  if (cause instanceof HeadraceError) {
    return new HeadraceError(cause.code, `${place ?? file}: ${cause.message}`, { cause })
  }
  const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : `it threw ${String(cause)}`
  const at = place === undefined ? '' : ` at ${place}`
  return new HeadraceError('LOAD_FAILED', `Cannot load ${file}${at}: ${reason}.`, { cause })
}

/** The first line of a stack that is neither Headrace's nor Node's, as path:line. Syntax errors have it above the message. */
function placeOf(cause: unknown): string | undefined {
  const own = new URL('../', import.meta.url).href
  const stack = cause instanceof Error ? (cause.stack ?? '') : ''
  const places = stack.matchAll(/^(?:.*[ (])?(file:\/\/\/[^\s()]+?):(\d+)(?::\d+)?\)?$/gm)
  for (const [, url, line] of places) {
    if (!url!.startsWith(own)) return `${relative('.', fileURLToPath(url!))}:${line}`
  }
  return undefined
}

/** The one pipeline that is meant, or a usage error that names the choices. */
export async function loadPipeline(reference: string): Promise<Pipeline> {
  const found = await loadPipelines(reference)
  if (found.length === 1) return found[0]!
  const names = found.map(({ name }) => `${reference}#${name}`)
  throw new UsageError(`${reference} exports ${found.length} pipelines; pick one: ${names.join(', ')}`)
}

/** A `#` may be part of a path, so a file of the whole name comes first. */
function split(reference: string): readonly [file: string, name?: string] {
  const at = reference.lastIndexOf('#')
  return at < 0 || existsSync(reference) ? [reference] : [reference.slice(0, at), reference.slice(at + 1)]
}

/** The only argument of a command. */
export function onlyArgument(command: string, positionals: readonly string[]): string {
  const [reference, ...more] = positionals
  if (reference !== undefined && more.length === 0) return reference
  throw new UsageError(`${command} takes one FILE[#NAME]; see headrace --help`)
}
