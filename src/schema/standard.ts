/** Standard Schema (zod, valibot and others): validators that users attach to json columns and to opaque outputs. */
import { isDeepStrictEqual } from 'node:util'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { HeadraceError } from '../errors.ts'
import { type Batch, columnOfCells } from './batch.ts'
import { type Cell, cellAt } from './cell.ts'
import type { Column } from './column.ts'
import { Refusal, refuse } from './refusal.ts'
import type { ColumnType } from './type.ts'

/** Any Standard Schema, version 1. */
export type Validator<Output = unknown> = StandardSchemaV1<unknown, Output>

/**
 * What a validator makes of a value, or why it refuses it: a BAD_VALUE with the path and message of the first issue, or with
 * what it threw.
 * A validator must answer at once; one that returns a promise is an INVALID_ARGUMENT error, because decoding does not wait.
 */
export function validated(validator: Validator, value: unknown): unknown {
  const { vendor, validate } = validator['~standard']
  let result: ReturnType<typeof validate>
  try {
    result = validate(value)
  } catch (cause) {
    return threw(vendor, cause)
  }
  if (result instanceof Promise) {
    result.catch(() => {})
    const cause = thrownAtOnce(validator, value)
    if (cause !== undefined) return threw(vendor, cause)
    throw new HeadraceError(
      'INVALID_ARGUMENT',
      `The ${vendor} schema validates asynchronously, and rows are validated without waiting. Use one without async checks.`,
    )
  }
  const issue = result.issues?.[0]
  if (issue === undefined) return (result as StandardSchemaV1.SuccessResult<unknown>).value
  return new Refusal('BAD_VALUE', `${vendor} refuses${pathText(issue.path)}: ${issue.message}`)
}

function threw(vendor: string, cause: unknown): Refusal {
  const said = cause instanceof Error ? cause.message : String(cause)
  return new Refusal('BAD_VALUE', `made ${vendor} throw: ${said}`)
}

/**
 * zod tries again asynchronously whatever threw, so that a check that throws looks like one that waits. Its own method
 * throws at once what the check threw, or an error of its own where there is something to wait for.
 */
function thrownAtOnce(validator: Validator, value: unknown): unknown {
  try {
    ;(validator as { safeParse?: (value: unknown) => unknown }).safeParse?.(value)
    return undefined
  } catch (cause) {
    return (cause as Error | undefined)?.constructor?.name.endsWith('AsyncError') ? undefined : cause
  }
}

/** A value of a json column after its validator, if it has one. */
export function conform(type: ColumnType, value: unknown): unknown {
  return type.validator === undefined ? value : validated(type.validator, value)
}

/**
 * JSON text after the column's validator. Where the validator gives the value back as it was, the text is kept to the
 * letter; where it makes another value (a default, a transform), that one is written.
 */
export function conformText(type: ColumnType, text: string): string | Refusal {
  if (type.validator === undefined) return text
  const value: unknown = JSON.parse(text)
  const made = validated(type.validator, value)
  if (made instanceof Refusal) return made
  if (isDeepStrictEqual(made, value)) return text
  return JSON.stringify(made) ?? new Refusal('BAD_VALUE', 'has no JSON form after its validator')
}

/** Whether values of the type have a validator to pass, at any depth. */
export function validates(type: ColumnType): boolean {
  return type.validator !== undefined || (type.element !== undefined && validates(type.element))
}

/**
 * The batch with the columns validated that have a validator: for readers of binary formats, which do not come by the
 * codecs. Throws BAD_VALUE naming row and column; `place` says which row of what a row of the batch is.
 */
export function conformBatch(batch: Batch, place = (row: number) => `Row ${row + 1}`): Batch {
  const types = Object.entries(batch.schema)
  if (!types.some(([, type]) => validates(type))) return batch
  const columns = batch.columns.map((column, i) => {
    const [name, type] = types[i]!
    if (!validates(type)) return column
    const where = (row: number) => `${place(row)}, column '${name}'`
    return conformColumn(type, column, batch.length, where)
  })
  return { ...batch, columns }
}

function conformColumn(
  type: ColumnType,
  column: Column,
  length: number,
  where: (row: number) => string,
): Column {
  const cells = Array.from({ length }, (_, row) => {
    const cell = cellAt(column, row)
    const made = conformCell(type, cell)
    if (made instanceof Refusal) throw refuse(where(row), type, cell, made)
    return made
  })
  return columnOfCells(type, cells)
}

function conformCell(type: ColumnType, cell: Cell): Cell | Refusal {
  if (cell === null) return null
  if (type.element === undefined) return conformText(type, cell as string)
  const made = (cell as readonly Cell[]).map(each => conformCell(type.element!, each))
  return made.find(each => each instanceof Refusal) ?? (made as Cell[])
}

function pathText(path: StandardSchemaV1.Issue['path']): string {
  if (path === undefined || path.length === 0) return ''
  const keys = path.map(part => String(typeof part === 'object' ? part.key : part))
  return ` ${keys.join('.')}`
}
