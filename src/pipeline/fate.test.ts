import assert from 'node:assert/strict'
import test from 'node:test'
import { memory } from '../connector/memory/endpoint.ts'
import { print } from '../connector/print/endpoint.ts'
import { count } from '../plan/builder/aggregate.ts'
import type { Dataset } from '../plan/builder/dataset.ts'
import { tumbling } from '../plan/builder/window.ts'
import { open } from '../project/open.ts'
import { t } from '../schema/type.ts'
import { stream } from './mode.ts'
import { pipeline } from './pipeline.ts'

const MINUTE = 60_000_000
const ROWS = 10_000
const LATE = 100
const schema = { id: t.int32(), at: t.timestamp() }

/** A row a minute; the last hundred happened in the first minute, and arrive in a batch after it has closed. */
const rows = memory.rows(
  Array.from({ length: ROWS }, (_, id) => ({ id, at: id < ROWS - LATE ? id * MINUTE : 0 })),
  { schema, eventTime: { column: 'at' } },
)

type Rows = Dataset<typeof schema, 'append', never, 'at'>
const perMinute = (input: Rows, name: string) =>
  input.window(tumbling('1 minute')).groupBy('id').agg({ n: count() }).named(name)

async function fates(dataset: Parameters<typeof pipeline>[1]) {
  await using session = await open()
  const report = await session.run(
    pipeline('fates', dataset, { to: print({ limit: 0, line: () => {} }), mode: stream() }),
  )
  const { rowsRead, processed, late, lateDerived } = report
  return { rowsRead, processed, late, lateDerived }
}

test('a source row that is late at its window has that as its fate', async () => {
  const expected = { rowsRead: ROWS, processed: ROWS - LATE, late: LATE, lateDerived: 0 }
  assert.deepEqual(await fates(perMinute(rows, 'a')), expected)
  const computed = rows.filter(c => c.id.ge(0)).map('same', { out: schema, version: 1 }, row => row)
  assert.deepEqual(await fates(perMinute(computed, 'a')), expected)
})

test('rows made of a source row are counted apart, however many they are', async () => {
  const tripled = rows.flatMap('triple', { out: schema, version: 1 }, row => [row, row, row])
  const derived = { rowsRead: ROWS, processed: ROWS, late: 0 }
  assert.deepEqual(await fates(perMinute(tripled, 'a')), { ...derived, lateDerived: 3 * LATE })
  const twice = perMinute(rows, 'a').union(perMinute(rows, 'b'))
  assert.deepEqual(await fates(twice), { ...derived, lateDerived: 2 * LATE })
})
