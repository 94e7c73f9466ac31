/** The torture table through a DuckDB table, through Parquet, and through a function of ours. Nothing of it is refused. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type Batch, batchOfCells, cellsAt } from '../schema/batch.ts'
import type { Cell } from '../schema/cell.ts'
import { concat } from '../schema/take.ts'
import { type Schema, t, typeText } from '../schema/type.ts'
import type { Read } from '../seam/source.ts'
import { torture } from '../testing/torture.ts'
import { Duckdb } from './duckdb.ts'
import { readParquet } from './parquet/read.ts'
import { parquetWriter } from './parquet/write.ts'

type Trip = (batch: Batch) => Promise<Batch>

let db: Duckdb
let dir: string
let uses = 0

before(async () => {
  db = await Duckdb.open()
  dir = await mkdtemp(join(tmpdir(), 'headrace-torture-'))
})
after(async () => {
  db.close()
  await rm(dir, { recursive: true })
})

async function* batchesOf(reads: AsyncIterable<Read>): AsyncGenerator<Batch> {
  for await (const { batch, rejected } of reads) {
    assert.equal(rejected, undefined)
    yield batch
  }
}

async function collected(batches: AsyncIterable<Batch>): Promise<Batch> {
  const parts: Batch[] = []
  for await (const batch of batches) parts.push(batch)
  return concat(parts)
}

async function table(batch: Batch): Promise<string> {
  const name = `trip_${++uses}`
  const writer = await db.table(name, batch.schema)
  writer.append(batch)
  writer.close()
  return name
}

const trips: Readonly<Record<string, Trip>> = {
  'a table': async batch => collected(db.batches(`FROM ${await table(batch)}`, batch.schema)),
  Parquet: async batch => {
    const file = join(dir, `${++uses}.parquet`)
    const writer = await parquetWriter(db, file, batch.schema)
    writer.write(batch)
    await writer.finish()
    await writer.abandon()
    return collected(batchesOf(readParquet(db, file, batch.schema, { from: 0 })))
  },
  'a function': async batch => {
    const type = batch.schema.a!
    const name = `same_${++uses}`
    db.define({ name, args: [type], result: type, apply: cell => cell!, failed: assert.ifError })
    return collected(db.batches(`SELECT id, ${name}(a) FROM ${await table(batch)}`, batch.schema))
  },
}

for (const [through, trip] of Object.entries(trips)) {
  describe(`torture through ${through}`, () => {
    for (const { type, cells } of torture) {
      test(typeText(type).slice(0, 40), async () => {
        const schema: Schema = { id: t.int32(), a: type }
        const entries = Object.entries(cells)
        const rows = entries.map(([, cell], id): Cell[] => [id, cell])
        const back = await trip(batchOfCells(schema, rows))
        assert.equal(back.length, rows.length)
        entries.forEach(([name, cell], id) => {
          assert.deepStrictEqual(cellsAt(back, id), [id, cell], name)
        })
      })
    }
  })
}
