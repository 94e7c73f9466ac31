/** Rows out of nothing: seeded, so that the same definition gives the same rows on every machine, and cheap to resume. */
import { hashAt } from '../../runtime/random.ts'
import { type Runtime, systemRuntime } from '../../runtime/runtime.ts'
import type { Batch } from '../../schema/batch.ts'
import type { Schema } from '../../schema/type.ts'
import type { Range, Source } from '../../seam/source.ts'
import { BATCH_ROWS, cutToRange } from '../ranges.ts'
import type { ColumnGenerator, MakeColumn } from './columns.ts'

export interface Generation {
  readonly schema: Schema
  readonly columns: { readonly [column: string]: ColumnGenerator }
  readonly seed: number
  /** Absent: without end. */
  readonly rows?: number
  /** Rows a second, by the clock. Absent: as fast as they are read. */
  readonly rate?: number
}

/** One partition whose positions are row numbers. */
export function generatedSource(generation: Generation, runtime: Runtime = systemRuntime): Source {
  const { schema, columns, seed, rows = Number.POSITIVE_INFINITY, rate } = generation
  const makers = Object.entries(schema).map(([name, type], c) =>
    columns[name]!.bind(type, hashAt(seed, c + 1), name),
  )
  return {
    name: 'generate',
    repeatable: true,
    bounded: rows !== Number.POSITIVE_INFINITY,
    partitions: async () => ['0'],
    ...(rate === undefined ? {} : { at: site => generatedSource(generation, site.runtime) }),
    read: (_, { from, to = rows }, signal) => {
      const range = { from, to: Math.min(to, rows) }
      const made = batches(schema, makers, range, rate)
      return cutToRange(rate === undefined ? made : paced(made, rate, runtime, signal), range, signal, from)
    },
  }
}

function* batches(
  schema: Schema,
  makers: readonly MakeColumn[],
  { from, to }: Required<Range>,
  rate: number | undefined,
): Generator<Batch> {
  // At a rate, a batch is what comes in a tenth of a second, so that rows do not wait for a full one.
  const most = rate === undefined ? BATCH_ROWS : Math.max(1, Math.min(BATCH_ROWS, Math.round(rate / 10)))
  for (let row = from; row < to; row += most) {
    const length = Math.min(most, to - row)
    yield { schema, length, columns: makers.map(make => make(row, length)) }
  }
}

/** Holds each batch back until the rows so far are due. */
async function* paced(
  batches: Iterable<Batch>,
  rate: number,
  runtime: Runtime,
  signal: AbortSignal,
): AsyncGenerator<Batch> {
  const start = runtime.now()
  let rows = 0
  for (const batch of batches) {
    rows += batch.length
    const wait = start + (rows / rate) * 1000 - runtime.now()
    if (wait > 0) await runtime.sleep(wait, signal)
    yield batch
  }
}
