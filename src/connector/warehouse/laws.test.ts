/** Tables of the warehouse keep the laws of sources and sinks. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import type { DatabaseFile } from '../../duckdb/database-file.ts'
import { targetOf } from '../../plan/endpoint.ts'
import type { SourceNode } from '../../plan/node.ts'
import { systemRuntime } from '../../runtime/runtime.ts'
import { batchOfCells } from '../../schema/batch.ts'
import { t } from '../../schema/type.ts'
import type { Sink } from '../../seam/sink.ts'
import type { Site } from '../../seam/site.ts'
import type { Source } from '../../seam/source.ts'
import { type SinkPlace, sinkLaws, sinkSchema } from '../../testing/sink-laws.ts'
import { sourceLaws } from '../../testing/source-laws.ts'
import { warehouse } from './endpoint.ts'

const folder = mkdtempSync(join(tmpdir(), 'headrace-warehouse-laws-'))
const file = join(folder, 'w.duckdb')
let opened: Promise<DatabaseFile> | undefined
const site = (): Site => ({
  dir: folder,
  warehouse: file,
  runtime: systemRuntime,
  shared: <T>(_: string, make: () => Promise<T>) => {
    opened ??= make() as Promise<never>
    return opened as Promise<never>
  },
})
after(async () => {
  await (await opened)?.[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

const ROWS = 20_000
const schema = { n: t.int64(), text: t.nullable(t.string()) }

/** A table of its own for each law, filled by its sink. */
let tables = 0
async function filled(): Promise<string> {
  const table = `rows_${++tables}`
  const sink = targetOf(warehouse.table(table))!.sink.at!(site())
  const writer = await sink.open(0, { schema, mode: 'append' })
  const rows = Array.from({ length: ROWS }, (_, i) => [BigInt(i), i % 3 === 0 ? null : `text ${i % 100}`])
  await writer.write(1, batchOfCells(schema, rows))
  await writer.commit(1)
  await writer.close(true)
  return table
}

const placed = ({ node }: { readonly node: unknown }): Source => (node as SourceNode).source.at!(site())

let shared: Promise<string> | undefined
const table = () => (shared ??= filled())

sourceLaws('warehouse.table', {
  rows: ROWS,
  make: async () => placed(warehouse.table(await table(), { schema })),
})
sourceLaws(
  'warehouse.sql',
  {
    rows: ROWS,
    make: async () => placed(warehouse.sql(`SELECT * FROM ${await table()} ORDER BY n`, { schema })),
  },
  { 'a repeatable source gives the same rows for the same range again': 'a SELECT may call random()' },
)

function place(name: string, sink: (sink: Sink) => Sink): SinkPlace {
  const endpoint = warehouse.table(name, { schema: sinkSchema })
  const rows = async () => {
    const { db } = await opened!
    const there = await db.records(`SELECT 1 FROM duckdb_tables() WHERE table_name = '${name}'`)
    if (there.length === 0) return []
    const found = await db.records(`SELECT k, n FROM ${name}`)
    return found.map(({ k, n }) => [k as string, n as number] as const)
  }
  return { sink: sink(targetOf(endpoint)!.sink.at!(site())), rows }
}

/** The same sink in runs of which each takes rows that are only added. */
const appending = (sink: Sink): Sink => ({ ...sink, accepts: ['append'] })
/** The same sink in runs without end. */
const endless = (sink: Sink): Sink => ({
  ...sink,
  open: (partition, input) => sink.open(partition, { ...input, bounded: false }),
})

sinkLaws('warehouse.table of keys', { make: async () => place(`sink_${++tables}`, sink => sink) })
sinkLaws('warehouse.table of keys, without end', { make: async () => place(`sink_${++tables}`, endless) })
sinkLaws('warehouse.table of rows', { make: async () => place(`sink_${++tables}`, appending) })
