import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { files } from '../connector/files/files.ts'
import { sequence, uniform } from '../connector/generate/columns.ts'
import { generatedSource } from '../connector/generate/source.ts'
import { memorySink, memorySource } from '../connector/memory/memory.ts'
import { printSink } from '../connector/print/sink.ts'
import { shuffledSource } from '../connector/shuffled/source.ts'
import type { Relation } from '../plan/builder/dataset.ts'
import { type Target, targetOf } from '../plan/endpoint.ts'
import { type Batch, batchOfCells } from '../schema/batch.ts'
import { type Schema, t } from '../schema/type.ts'
import type { Sink, SinkWriter } from '../seam/sink.ts'
import type { Source } from '../seam/source.ts'
import { engines } from '../verify/engines.ts'
import { fold, rowsOf } from '../verify/relation.ts'
import { engineLaws } from './engine-laws.ts'
import { testLaws } from './law.ts'
import { type SinkPlace, sinkLaws, sinkSchema } from './sink-laws.ts'
import { sourceLaws } from './source-laws.ts'

const folder = mkdtempSync(join(tmpdir(), 'headrace-laws-'))
after(() => rmSync(folder, { recursive: true, force: true }))
let places = 0
const newPath = (): string => join(folder, `place-${++places}`)

const schema: Schema = { k: t.string(), n: t.int64(), at: t.timestamp() }
const ROWS = 30
const batch = (from: number, count: number): Batch =>
  batchOfCells(
    schema,
    Array.from({ length: count }, (_, i) => [
      `k${(from + i) % 4}`,
      BigInt(from + i),
      BigInt(from + i) * 1000n,
    ]),
  )
const inMemory = (): Source => memorySource([batch(0, 7), batch(7, 13), batch(20, 10)])

sourceLaws('memory', { rows: ROWS, make: async () => inMemory() })
sourceLaws('shuffled', {
  rows: ROWS,
  make: async () => shuffledSource(inMemory(), { column: 'at', within: 9000, seed: 3 }),
})
sourceLaws('generate', {
  rows: 20_000,
  make: async () =>
    generatedSource({
      schema: { id: t.int64(), n: t.int32() },
      columns: { id: sequence(), n: uniform(0, 9) },
      seed: 1,
      rows: 20_000,
    }),
})

type Format = keyof typeof files

for (const format of ['parquet', 'ndjson', 'json', 'csv'] as const satisfies Format[]) {
  sourceLaws(`files.${format}`, {
    rows: ROWS,
    make: async () => {
      const path = newPath()
      const target = sinkOf(files[format](path))
      const writer = await target.open(0, { schema, mode: 'append' })
      await write(writer, 1, batch(0, 7))
      await write(writer, 2, batch(7, 23))
      await writer.close(true)
      return sourceOf(files[format](path, { schema }))
    },
  })
  sinkLaws(`files.${format}`, {
    make: async () => {
      const path = newPath()
      const read = () => sourceOf(files[format](path, { schema: sinkSchema }))
      return { sink: sinkOf(files[format](path)), rows: () => (existsSync(path) ? rowsIn(read()) : noRows()) }
    },
  })
}

sinkLaws(
  'memory',
  { make: async () => memoryPlace() },
  {
    'a run that does not end leaves what a run before it published':
      'it keeps the changes of its last run, to be looked at by a test',
  },
)
sinkLaws(
  'print',
  { make: async () => printed() },
  {
    'rows of an epoch that was never committed are not there': 'what is printed cannot be taken back',
    'a run that does not end leaves what a run before it published': 'what is printed cannot be taken back',
    'after a crash in mid-epoch the epoch is written again, whole, and is there once':
      'it prints again, as its onReplay says: duplicates',
    'where updates are accepted, a row that was replaced is gone':
      'it shows changes, not what they add up to',
  },
)

for (const engine of engines) engineLaws(engine.name, engine)

test('a gap whose law holds fails, and so does a law that does not hold', async () => {
  const ran: (() => Promise<void>)[] = []
  const law = (name: string, holds: () => Promise<void>) => ({ name, holds })
  const laws = [law('good', async () => undefined), law('bad', () => Promise.reject(new Error('no')))]
  testLaws('x', laws, undefined, { good: 'closed meanwhile' }, (_, run) => ran.push(run))
  await assert.rejects(ran[0]!(), /remove the gap 'good'/)
  await assert.rejects(ran[1]!(), /no/)
  assert.throws(
    () => testLaws('x', laws, undefined, { other: 'a reason' }, () => undefined),
    /no law 'other'/,
  )
})

function sinkOf(target: Target): Sink {
  return targetOf(target)!.sink
}

function sourceOf({ node }: Relation): Source {
  assert.ok(node.kind === 'source')
  return node.source
}

async function write(writer: SinkWriter, epoch: number, rows: Batch): Promise<void> {
  await writer.write(epoch, rows)
  await writer.commit(epoch)
}

async function noRows(): Promise<[]> {
  return []
}

async function rowsIn(source: Source): Promise<[string, number][]> {
  const rows: [string, number][] = []
  for (const partition of await source.partitions()) {
    for await (const read of source.read(partition, { from: 0 }, new AbortController().signal)) {
      rows.push(...pairs(read.batch))
    }
  }
  return rows
}

function pairs(...batches: Batch[]): [string, number][] {
  return fold(batches.flatMap(rowsOf)).flatMap(({ cells, weight }) =>
    Array.from({ length: weight }, (): [string, number] => [cells[0] as string, cells[1] as number]),
  )
}

function memoryPlace(): SinkPlace {
  const sink = memorySink()
  return { sink, rows: async () => pairs(...(sink.collected()?.changes ?? []).map(change => change.batch)) }
}

/** Reads back what was printed: lines that end in a text and a number. */
function printed(): SinkPlace {
  const lines: string[] = []
  const sink = printSink({ line: text => lines.push(text) })
  const rows = () => lines.flatMap(line => [...line.matchAll(/^\W*(\w+)\s+(\d+)\s*$/g)])
  return { sink, rows: async () => rows().map(([, k, n]): [string, number] => [k!, Number(n)]) }
}
