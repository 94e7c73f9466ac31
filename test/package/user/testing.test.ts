/** A user's own test, of a pipeline and of a sink. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { count, files, memory, pipeline, t } from 'headrace'
import { asRows, given, runOnRows, sinkLaws, sinkSchema } from 'headrace/testing'

const visits = files.ndjson('visits.ndjson', { schema: { page: t.string() } })
const perPage = visits.groupBy('page').agg({ n: count() })

test('visits are counted by page', async () => {
  const counted = pipeline('counted', perPage, { to: memory.collect() })
  const { rows } = await runOnRows(counted, { inputs: [given(visits, [{ page: '/' }, { page: '/' }])] })
  assert.deepEqual(rows, asRows(perPage, [{ page: '/', n: 2 }]))
})

test('the laws can be registered with any runner', () => {
  const names: string[] = []
  sinkLaws('mine', { make: () => Promise.reject(new Error(Object.keys(sinkSchema).join())) }, {}, name =>
    names.push(name),
  )
  assert.ok(names.length > 5)
})
