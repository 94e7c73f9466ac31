/** Definitions from modules: `FILE` or `FILE#NAME`. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { HeadraceError } from '../errors.ts'
import { isPipeline, type Pipeline } from '../pipeline/pipeline.ts'
import { nearest } from '../plan/nearest.ts'
import { UsageError } from './command.ts'

/** The pipelines that a module exports; with #NAME the one of that name or export. Throws NOT_FOUND. */
export async function loadPipelines(reference: string): Promise<Pipeline[]> {
  const [file, name] = split(reference)
  const path = resolve(file)
  if (!existsSync(path)) throw new HeadraceError('NOT_FOUND', `There is no file ${file}.`)
  const module = (await import(pathToFileURL(path).href)) as Record<string, unknown>
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
