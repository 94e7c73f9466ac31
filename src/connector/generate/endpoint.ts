/** `generate({ schema, columns, … })`: rows for tests, benches and first steps. */
import { HeadraceError } from '../../errors.ts'
import type { Dataset } from '../../plan/builder/dataset.ts'
import type { KeyName } from '../../plan/builder/expression-types.ts'
import { checkSchema, type ReadOptions, readFrom, type TimeName } from '../../plan/endpoint.ts'
import { checkOptions, checkWhole } from '../../plan/options.ts'
import type { Schema } from '../../schema/type.ts'
import { type ColumnGenerator, oneOf, sequence, uniform, withNulls } from './columns.ts'
import { generatedSource } from './source.ts'

/** What `generate` makes: the columns, how each comes about, and how many rows. */
export interface GenerateOptions<S extends Schema, K extends string, T extends string>
  extends ReadOptions<S, K, T> {
  /** How each column comes about. */
  readonly columns: { readonly [N in keyof S]: ColumnGenerator }
  /** Rows in all. Absent: without end. */
  readonly rows?: number
  /** The same seed gives the same rows. Default 1. */
  readonly seed?: number
  /** Rows a second, by the clock. Absent: as fast as they are read. */
  readonly rate?: number
}

/** A dataset of seeded rows, in which every column is a function of the row's number. */
function dataset<
  const S extends Schema,
  const K extends KeyName<S> = never,
  const T extends TimeName<S> = never,
>(options: GenerateOptions<S, K, T>): Dataset<S, 'append', K, T> {
  checkOptions('generate', options, ['schema', 'key', 'eventTime', 'columns', 'rows', 'seed', 'rate'])
  const { schema, columns, rows, seed = 1, rate } = options
  checkSchema('generate', schema)
  checkOptions('generate: columns', columns, Object.keys(schema))
  checkWhole('generate: seed', seed, 0)
  if (rows !== undefined) checkWhole('generate: rows', rows, 0)
  if (rate !== undefined) checkWhole('generate: rate', rate, 1)
  for (const name of Object.keys(schema)) {
    if (typeof columns[name]?.bind === 'function') continue
    throw new HeadraceError(
      'INVALID_ARGUMENT',
      `generate: say in 'columns' how the column '${name}' is made: generate.sequence(), .uniform(…), .oneOf(…).`,
    )
  }
  const source = generatedSource({
    schema,
    columns,
    seed,
    ...(rows === undefined ? {} : { rows }),
    ...(rate === undefined ? {} : { rate }),
  })
  return readFrom(source, options)
}

/** Seeded rows, and the ways to make a column: `sequence`, `uniform`, `oneOf`, `withNulls`. */
export const generate: typeof dataset & {
  readonly sequence: typeof sequence
  readonly uniform: typeof uniform
  readonly oneOf: typeof oneOf
  readonly withNulls: typeof withNulls
} = Object.assign(dataset, { sequence, uniform, oneOf, withNulls })
