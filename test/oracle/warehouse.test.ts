/** Random plans whose sources are tables of a warehouse, computed inside it, against the reference. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { warehouse } from '../../src/connector/warehouse/endpoint.ts'
import { openDatabase } from '../../src/duckdb/database-file.ts'
import { duckdbEngine } from '../../src/engine/duckdb/engine.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { targetOf } from '../../src/plan/endpoint.ts'
import type { SourceNode } from '../../src/plan/node.ts'
import { sourcesOf } from '../../src/plan/rewrite.ts'
import { systemRuntime } from '../../src/runtime/runtime.ts'
import type { Site } from '../../src/seam/site.ts'
import type { Source } from '../../src/seam/source.ts'
import { Checker } from '../../src/verify/check.ts'
import { type Feed, feedOf } from '../../src/verify/feed.ts'
import { randomCase } from '../../src/verify/generate/cases.ts'
import { failureText } from '../../src/verify/story.ts'

const CASES = Number(process.env.HEADRACE_WAREHOUSE_CASES ?? 60)

const folder = mkdtempSync(join(tmpdir(), 'headrace-oracle-'))
const file = await openDatabase(join(folder, 'w.duckdb'), { create: true })
after(async () => {
  await file[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})
const site: Site = {
  dir: folder,
  warehouse: file.file,
  runtime: systemRuntime,
  shared: async () => file as never,
}

let scanned = 0

/** Puts what a feed gives into a table, from which it is then scanned. */
async function intoTable(feed: Feed, { schema }: SourceNode): Promise<void> {
  const placed = Object.fromEntries(Object.values(schema).map((type, i) => [`c${i}`, type]))
  const table = warehouse.table('input', { schema: placed, write: 'append' })
  const writer = await targetOf(table)!.sink.at!(site).open(0, { schema: placed, mode: 'append' })
  for (const partition of await feed.partitions()) {
    const reads = feed.read(partition, { from: 0 }, new AbortController().signal)
    for await (const { batch } of reads) await writer.write(1, { ...batch, schema: placed })
  }
  await writer.commit(1)
  await writer.close(true)
  await file.db.run(`ALTER TABLE input RENAME TO input_${++scanned}`)
  const source = (warehouse.table(`input_${scanned}`, { schema: placed }).node as SourceNode).source.at!(site)
  Object.assign(feed, { scan: () => source.scan!() })
}

/** Rows that are only added, all of them good, become a table; other feeds are read into the same database. */
const insideWarehouse: Engine = {
  name: 'duckdb',
  refuses: (outputs, steps) => duckdbEngine.refuses(outputs, steps),
  run: async (job, signal) => {
    const sources = sourcesOf(job.outputs.map(({ node }) => node))
    for (const source of sources) {
      const feed = feedOf(source)
      if (source.mode === 'append' && feed.rejected.length === 0) await intoTable(feed, source)
    }
    try {
      return await duckdbEngine.run(job, signal)
    } finally {
      for (const source of sources) delete (feedOf(source) as Partial<Pick<Source, 'scan'>>).scan
    }
  },
}

test(`random plans over tables have the answer of the reference: ${CASES} cases`, async () => {
  let equal = 0
  for (let seed = 1; seed <= CASES; seed++) {
    const found = randomCase(seed)
    const variant = {
      engine: insideWarehouse,
      steps: 'once',
      arrival: 'shuffled',
      readRows: 100,
      partitions: 1,
    } as const
    const verdict = await new Checker(found).check(variant)
    if (typeof verdict === 'object') assert.fail(`seed ${seed}: ${failureText(found, variant, verdict)}`)
    if (verdict === 'equal') equal++
  }
  assert.ok(equal > CASES / 2, `${equal} of ${CASES} were compared`)
  assert.ok(scanned > CASES / 4, `${scanned} tables were scanned`)
})
