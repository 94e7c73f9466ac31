import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memory } from '../connector/memory/endpoint.ts'
import { count, sum } from '../plan/builder/aggregate.ts'
import { tumbling } from '../plan/builder/window.ts'
import { t } from '../schema/type.ts'
import { verify } from './verify.ts'

const schema = { shop: t.string(), n: t.int32(), at: t.timestamp() }
const sales = memory.rows(
  [
    { shop: 'a', n: 1, at: '2024-01-31T12:00:00Z' },
    { shop: 'b', n: 2, at: '2024-01-31T12:00:30Z' },
    { shop: 'a', n: 3, at: '2024-01-31T12:01:00Z' },
  ],
  { schema, eventTime: { column: 'at', outOfOrderness: '5 seconds' } },
)
const perMinute = sales
  .window(tumbling('1 minute'))
  .groupBy('shop')
  .agg({ n: count(), total: sum('n') })

test('a plan is run in every mode over random rows, or over its own', async () => {
  assert.deepEqual(await verify(perMinute, { seeds: 3, rows: 50 }), { runs: 12, skipped: 0 })
  assert.deepEqual(await verify(perMinute, { seeds: 1, input: 'sampled' }), { runs: 4, skipped: 0 })
})

test('a function that answers otherwise each time is found out', async () => {
  let calls = 0
  const counted = sales.map('counted', { out: { n: t.int32() }, version: 1 }, () => ({ n: ++calls }))
  await assert.rejects(verify(counted, { seeds: 1, rows: 5 }), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'NOT_EQUAL')
    assert.match(error.message, /^verify: same answer/)
    assert.match(error.message, /rows of memory behind it/)
    return true
  })
})

test('a plan that always fails cannot be compared', async () => {
  const failing = sales.mapBatch('failing', { out: { n: t.int32() }, version: 1 }, () => {
    throw new Error('no')
  })
  await assert.rejects(verify(failing, { seeds: 2, rows: 5 }), { code: 'INVALID_ARGUMENT' })
})

test('a function must refuse the same rows each time', async () => {
  let calls = 0
  const moody = sales.map('moody', { out: { n: t.int32() }, version: 1 }, () => {
    if (++calls % 7 === 0) throw new Error('not now')
    return { n: 1 }
  })
  await assert.rejects(verify(moody, { seeds: 1, rows: 20 }), {
    code: 'NOT_EQUAL',
    message: /moody.* was rejected|same answer/,
  })
})

test('unknown options are refused', async () => {
  await assert.rejects(verify(perMinute, { seed: 1 } as never), { code: 'UNKNOWN_OPTION' })
})
