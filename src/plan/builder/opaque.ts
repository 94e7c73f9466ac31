/** Opaque TypeScript in a plan: named, versioned, and with a declared output. */
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { HeadraceError } from '../../errors.ts'
import type { Batch } from '../../schema/batch.ts'
import type { Schema } from '../../schema/type.ts'
import { column } from '../expression.ts'
import type { MapNode, Node } from '../node.ts'
import { checkName, checkOptions } from '../options.ts'
import { mapNode } from './nodes.ts'

/** What an opaque function declares about itself. */
export interface OpaqueOptions<O extends Schema> {
  /** The columns that the function gives. An event-time column of the same name must be passed on unchanged. */
  readonly out: O
  /** Raise it when the function changes its meaning. */
  readonly version: number
  /** Standard Schemas (zod, valibot, …) that output columns must pass, by column. */
  readonly validate?: { readonly [N in keyof O]?: StandardSchemaV1 }
}

/** A function over whole batches, which keeps their order and, where rows are taken away too, their number of rows. */
export type BatchFunction = (batch: Batch) => Batch | Promise<Batch>

/** The node of an opaque function. Throws for options that are not, and names without text. */
export function opaqueNode(
  input: Node,
  each: MapNode['each'],
  name: string,
  options: OpaqueOptions<Schema>,
  apply: MapNode['apply'],
): MapNode {
  checkName(`${each}: the name`, name)
  checkOptions(`${each} '${name}'`, options, ['out', 'version', 'validate'])
  if (typeof apply !== 'function') {
    throw new HeadraceError('INVALID_ARGUMENT', `${each} '${name}': the last argument must be a function.`)
  }
  const { out, version, validate } = options
  for (const of of Object.keys(validate ?? {})) column(out, of)
  const definition = { each, version, function: name, apply }
  return mapNode(input, validate === undefined ? definition : { ...definition, validate }, out)
}
