/** `memory`: rows written out in the program, and rows collected for it. */
import { HeadraceError } from '../../errors.ts'
import { Dataset, type Relation } from '../../plan/builder/dataset.ts'
import type { KeyName } from '../../plan/builder/expression-types.ts'
import {
  checkSchema,
  type ReadOptions,
  readFrom,
  type Target,
  type TimeName,
  writeTo,
} from '../../plan/endpoint.ts'
import { checkOptions } from '../../plan/options.ts'
import { type Batch, cellsAt } from '../../schema/batch.ts'
import { cellKey } from '../../schema/cell.ts'
import { batchOfRows, rowsOf } from '../../schema/row.ts'
import type { ColumnType, Kind, RowOf, Schema } from '../../schema/type.ts'
import type { Epoch, UpdateMode } from '../../seam/sink.ts'
import { addedRows, Fold } from '../fold.ts'
import { BATCH_ROWS } from '../ranges.ts'
import { memorySink, memorySource } from './memory.ts'

/** What may be written for a value beside the form in which rows show it. Always exact, or refused when it is given. */
interface Written {
  int64: number | bigint
  decimal: number | bigint | string
  timestamp: Date | string | number | bigint
  date: Date
}
type WrittenValue<T> =
  T extends ColumnType<infer K extends Kind, infer J>
    ? J | (K extends keyof Written ? Written[K] : never)
    : never

/** A row as one writes it: a decimal as '12.50', a timestamp as '2024-01-31T12:00:00Z'. */
export type WrittenRow<S> = { readonly [N in keyof S]: WrittenValue<S[N]> }

/** A dataset of these rows, in this order. Throws the codes of bad values, naming row and column. */
function rows<
  const S extends Schema,
  const K extends KeyName<S> = never,
  const T extends TimeName<S> = never,
>(list: readonly WrittenRow<NoInfer<S>>[], options: ReadOptions<S, K, T>): Dataset<S, 'append', K, T> {
  checkOptions('memory.rows', options, ['schema', 'key', 'eventTime'])
  return readFrom(memorySource(batchesOf(options.schema, list)), options)
}

/** A dataset of these batches, which have the columns of the schema, in this order. */
function batches<
  const S extends Schema,
  const K extends KeyName<S> = never,
  const T extends TimeName<S> = never,
>(list: readonly Batch[], options: ReadOptions<S, K, T>): Dataset<S, 'append', K, T> {
  checkOptions('memory.batches', options, ['schema', 'key', 'eventTime'])
  return readFrom(memorySource(list), options)
}

/**
 * A dataset that changes: each row with its weight, +1 added or −1 taken away, in this order. Throws INVALID_ARGUMENT for a
 * change that takes away what is not there: engines count on input that does not.
 */
function changes<const S extends Schema>(
  list: readonly (readonly [row: WrittenRow<NoInfer<S>>, weight: number])[],
  options: { readonly schema: S },
): Dataset<S, 'changelog', never, never> {
  checkOptions('memory.changes', options, ['schema'])
  const wrong = list.findIndex(([, weight]) => !Number.isInteger(weight) || weight === 0)
  if (wrong >= 0) {
    throw new HeadraceError(
      'INVALID_ARGUMENT',
      `memory.changes: change ${wrong + 1} has the weight ${list[wrong]![1]}. It is +1 for a row added, −1 for one taken away.`,
    )
  }
  const parts = batchesOf(
    options.schema,
    list.map(([row]) => row),
  )
  let at = 0
  const weighted = parts.map(batch => {
    const weights = Int32Array.from(list.slice(at, at + batch.length), ([, weight]) => weight)
    at += batch.length
    return { ...batch, weights }
  })
  checkThere(weighted)
  const { schema } = options
  return new Dataset({
    kind: 'source',
    source: memorySource(weighted),
    schema,
    mode: 'changelog',
    outOfOrderness: 0,
  })
}

function checkThere(batches: readonly Batch[]): void {
  const weights = new Map<string, number>()
  let change = 0
  for (const batch of batches) {
    for (let row = 0; row < batch.length; row++) {
      const key = cellsAt(batch, row).map(cellKey).join()
      const weight = (weights.get(key) ?? 0) + batch.weights![row]!
      change++
      if (weight < 0) {
        throw new HeadraceError(
          'INVALID_ARGUMENT',
          `memory.changes: change ${change} takes away a row that is not there. Add it before.`,
        )
      }
      weights.set(key, weight)
    }
  }
}

function batchesOf(schema: Schema, list: readonly object[]): Batch[] {
  checkSchema('memory', schema)
  if (!Array.isArray(list)) {
    throw new HeadraceError('INVALID_ARGUMENT', `memory takes a list of rows, not ${typeof list}.`)
  }
  const parts: Batch[] = []
  for (let at = 0; at < list.length; at += BATCH_ROWS) {
    parts.push(batchOfRows(schema, list.slice(at, at + BATCH_ROWS) as RowOf<Schema>[]))
  }
  return parts
}

/** One change that a sink was given. */
export interface Collected<Row> {
  readonly epoch: Epoch
  readonly row: Row
  readonly weight: number
}

/** A target that keeps what its last run wrote. */
export interface Collector<Row> extends Target<UpdateMode, undefined> {
  /** The relation that the changes add up to; of rows that are only added, in the order in which they came. */
  rows(): Row[]
  /** Every change, in order. */
  changes(): Collected<Row>[]
}

/** A target to look into after a run. `like` the dataset that goes there, its rows are typed. */
function collect<S extends Schema = Record<never, never>>(
  options: { readonly like?: Relation<S> } = {},
): Collector<RowOf<S>> {
  checkOptions('memory.collect', options, ['like'])
  const sink = memorySink()
  const target = writeTo<UpdateMode>(sink)
  return Object.assign(target, {
    rows: () => {
      const found = sink.collected()
      if (found === undefined) return []
      if (found.input.mode === 'append') {
        return found.changes.flatMap(({ batch }) => rowsOf(addedRows(batch))) as RowOf<S>[]
      }
      const fold = new Fold(found.input.schema)
      for (const { batch } of found.changes) fold.add(batch)
      return [...fold.batches()].flatMap(batch => rowsOf(batch)) as RowOf<S>[]
    },
    changes: () =>
      (sink.collected()?.changes ?? []).flatMap(({ epoch, batch }) =>
        rowsOf(batch).map((row, i) => ({ epoch, row: row as RowOf<S>, weight: batch.weights?.[i] ?? 1 })),
      ),
  })
}

/** Rows written out in the program, and rows collected for it: `memory.rows`, `.batches`, `.changes`, `.collect`. */
export const memory = { rows, batches, changes, collect } as const
