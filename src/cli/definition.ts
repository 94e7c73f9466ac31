/** The project and the definitions that arguments of commands mean. */
import type { Pipeline } from '../pipeline/pipeline.ts'
import { definitionsOf } from '../project/definitions.ts'
import { projectFolder } from '../project/folder.ts'
import type { OpenOptions } from '../project/open.ts'
import { UsageError } from './command/command.ts'
import type { Terminal } from './terminal.ts'

/** The options of a project as a command line gives them. */
export interface ProjectValues {
  readonly dir?: string
  readonly profile?: string
}

/** These options alone, as `open` takes them. */
export function projectOf({ dir, profile }: ProjectValues): OpenOptions {
  return { ...(dir === undefined ? {} : { dir }), ...(profile === undefined ? {} : { profile }) }
}

/** What `NAME` or `FILE[#NAME]` means; with a line on standard error for each module that could not be loaded meanwhile. */
export async function pipelinesOf(
  reference: string,
  values: ProjectValues,
  terminal: Terminal,
): Promise<Pipeline[]> {
  const found = await definitionsOf(reference, {
    ...projectOf(values),
    dir: projectFolder(values.dir),
    onBroken: ({ error }) => terminal.err(`headrace: left out: ${error.message}`),
  })
  return found.map(({ pipeline }) => pipeline)
}

/** The one pipeline that is meant, or a usage error that names the choices. */
export async function onePipeline(
  reference: string,
  values: ProjectValues,
  terminal: Terminal,
): Promise<Pipeline> {
  const found = await pipelinesOf(reference, values, terminal)
  if (found.length === 1) return found[0]!
  const names = found.map(({ name }) => (/\s/.test(name) ? `'${reference}#${name}'` : `${reference}#${name}`))
  throw new UsageError(`${reference} exports ${found.length} pipelines; pick one: ${names.join(', ')}`)
}
