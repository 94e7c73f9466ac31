/** A table of the warehouse as a sink. */
import { type TableName, tableText } from '../../duckdb/catalogue.ts'
import type { DatabaseFile } from '../../duckdb/database-file.ts'
import type { Duckdb } from '../../duckdb/duckdb.ts'
import type { TableWriter } from '../../duckdb/table.ts'
import { HeadraceError } from '../../errors.ts'
import { acceptedBy, type Write } from '../../plan/endpoint.ts'
import type { Batch } from '../../schema/batch.ts'
import { type Schema, t } from '../../schema/type.ts'
import type { CopyTarget, Sink, SinkInput, SinkWriter } from '../../seam/sink.ts'
import type { Site } from '../../seam/site.ts'
import { Epochs } from '../epochs.ts'
import { addedRows } from '../fold.ts'
import { openWarehouse } from './open.ts'
import { publish, type Slice, type Staged, type TableChange } from './publish.ts'
import { fitTable, type OnSchemaChange } from './schema-change.ts'

/** What a sink is defined by. */
export interface TableTarget {
  readonly table: TableName
  readonly write: Write | undefined
  readonly onSchemaChange: OnSchemaChange
}

/**
 * A run that ends changes the table in one transaction, when it has ended; one that does not, in one a epoch. So a reader
 * never sees a part, and a run that fails leaves what was there.
 */
export function tableSink(target: TableTarget, site?: Site): Sink {
  const { table, write } = target
  const sink = `warehouse ${tableText(table)}`
  return {
    name: sink,
    // What is added is there once a run, but twice after two.
    onReplay: write === 'replace' || write === 'upsert' ? 'idempotent' : 'transactional',
    accepts: acceptedBy(write),
    at: place => tableSink(target, place),
    open: async (partition, input) => {
      if (site === undefined) {
        throw new HeadraceError(
          'REFUSED',
          `${sink} is written in a session, which knows its warehouse. Use open().`,
        )
      }
      const change = changeOf(sink, target, partition, input, site)
      return openWriter(sink, change, input, await openWarehouse(site, { create: true }))
    },
  }
}

function changeOf(
  sink: string,
  target: TableTarget,
  partition: number,
  input: SinkInput,
  site: Site,
): TableChange {
  const { table, onSchemaChange } = target
  if (partition !== 0)
    throw new HeadraceError('WRITE_FAILED', `${sink}: a table has no partition ${partition}.`)
  const write = target.write ?? (input.mode === 'upsert' ? 'upsert' : 'append')
  if (write === 'replace' && input.bounded === false) {
    throw new HeadraceError(
      'REFUSED',
      `${sink}: write: 'replace' puts the result of a whole run in place of the table, and this run has a source without end. Use write: 'upsert' or 'append', or bound the source.`,
    )
  }
  const slice = sliceOf(sink, write, input, site)
  const change = { table, schema: input.schema, write, onSchemaChange, key: input.key ?? [] }
  return slice === undefined ? change : { ...change, slice }
}

function sliceOf(
  sink: string,
  write: Write,
  { eventTime }: SinkInput,
  { interval }: Site,
): Slice | undefined {
  if (interval === undefined) return undefined
  if (eventTime === undefined) {
    if (write !== 'append') return undefined
    throw new HeadraceError(
      'REFUSED',
      `${sink}: the run is over an interval, and its rows have no event time by which a second run of it could find them again. Keep the event time in the plan, give the dataset a key and write: 'upsert', or run without from and to.`,
    )
  }
  // The time of a row is its column and the offset, so that the column is compared with the bounds less the offset.
  const { column, offset } = eventTime
  return { column, from: interval.from - BigInt(offset), to: interval.to - BigInt(offset) }
}

async function openWriter(
  sink: string,
  change: TableChange,
  input: SinkInput,
  file: DatabaseFile,
): Promise<SinkWriter> {
  const connection = await file.db.connect()
  try {
    // Before anything is read, so that nothing is computed in vain; what counts is the look when it is published.
    await fitTable(connection, change.table, change.schema, change.onSchemaChange)
    return new Writer(sink, change, input, file, connection)
  } catch (error) {
    await connection.close()
    throw error
  }
}

/** The table that an engine makes, temporary in the writer's connection. */
const COPIED = 'headrace_result'

class Writer implements SinkWriter {
  readonly #epochs: Epochs
  readonly #change: TableChange
  readonly #file: DatabaseFile
  readonly #connection: Duckdb
  readonly #as: Staged['as']
  readonly #bounded: boolean
  #staging: TableWriter | undefined
  #copied = false
  readonly copyTo?: () => CopyTarget

  constructor(sink: string, change: TableChange, input: SinkInput, file: DatabaseFile, connection: Duckdb) {
    this.#epochs = new Epochs(sink)
    this.#change = change
    this.#file = file
    this.#connection = connection
    this.#as = input.mode !== 'append' ? 'changes' : change.write === 'upsert' ? 'last' : 'added'
    this.#bounded = input.bounded !== false
    // An engine gives the relation that changes add up to, but not the last of the rows that were only added.
    if (this.#bounded && this.#as !== 'last') {
      this.copyTo = () => {
        this.#copied = true
        return { format: 'duckdb', database: connection, table: COPIED }
      }
    }
  }

  async committed(): Promise<number> {
    return this.#epochs.committed
  }

  async write(epoch: number, batch: Batch): Promise<void> {
    this.#epochs.expect(epoch)
    const staging = await this.#stage()
    staging.append(this.#as === 'changes' ? withWeights(batch) : addedRows(batch))
  }

  async commit(epoch: number): Promise<void> {
    this.#epochs.expect(epoch)
    if (!this.#bounded && this.#staging !== undefined) await this.#publish()
    this.#epochs.commit(epoch)
  }

  async close(ended: boolean): Promise<void> {
    try {
      if (ended && this.#bounded) await this.#publish()
    } finally {
      await this.#connection.close()
    }
  }

  async #stage(): Promise<TableWriter> {
    this.#staging ??= await this.#connection.table('staged', stagedSchema(this.#change.schema, this.#as))
    return this.#staging
  }

  async #publish(): Promise<void> {
    if (this.#copied) return this.#apply({ from: COPIED, as: 'added' })
    const staging = await this.#stage()
    staging.close()
    await this.#apply({ from: staging.table, as: this.#as })
    await this.#connection.drop(staging)
    this.#staging = undefined
  }

  #apply(staged: Staged): Promise<void> {
    return this.#file.exclusive(() => publish(this.#connection, this.#change, staged))
  }
}

function stagedSchema(schema: Schema, as: Staged['as']): Schema {
  const placed = Object.fromEntries(Object.values(schema).map((type, place) => [`c${place}`, type]))
  return as === 'changes' ? { ...placed, w: t.int32() } : placed
}

function withWeights(batch: Batch): Batch {
  const values = batch.weights ?? new Int32Array(batch.length).fill(1)
  return { ...batch, columns: [...batch.columns, { form: 'int32', values }] }
}
