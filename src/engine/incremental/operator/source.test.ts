import assert from 'node:assert/strict'
import { test } from 'node:test'
import { partitions } from '../../../../test/incremental/trace.ts'
import type { SourceNode } from '../../../plan/node.ts'
import { batchOfCells } from '../../../schema/batch.ts'
import { t } from '../../../schema/type.ts'
import { NEVER } from './operator.ts'
import { Source } from './source.ts'

const schema = { at: t.nullable(t.timestamp()) }

/** The watermark after rows at these times, with rows 10 µs out of order. */
function watermark(...times: (bigint | null)[]): bigint {
  const dataset = partitions(schema, [[]], { eventTime: 'at', outOfOrderness: 10 })
  const source = new Source(dataset.node as SourceNode)
  source.open(1)
  const rows = times.map(time => [time])
  source.passed(0, { batch: batchOfCells(schema, rows), position: rows.length })
  return source.watermark
}

const behind = (time: bigint): bigint => time - 11n

test('the watermark follows the greatest time, wherever it stands', () => {
  assert.equal(watermark(1n, 5n, 3n), behind(5n))
  assert.equal(watermark(5n, 1n), behind(5n))
  assert.equal(watermark(-7n, -3n, -(2n ** 40n)), behind(-3n))
  assert.equal(watermark(-1n, 0n), behind(0n))
})

test('times compare as 64 bits: low halves have no sign, and none is too wide', () => {
  const [low, high] = [2n ** 31n - 1n, 2n ** 31n]
  assert.equal(watermark(high, low), behind(high))
  assert.equal(watermark(2n ** 32n, 2n ** 32n - 1n), behind(2n ** 32n))
  assert.equal(watermark(2n ** 56n, 2n ** 56n + 1n, 2n ** 56n - 1n), behind(2n ** 56n + 1n))
  assert.equal(watermark(-(2n ** 55n) - 1n, -(2n ** 55n)), behind(-(2n ** 55n)))
})

test('a row without a time says nothing about time', () => {
  assert.equal(watermark(null, 4n, null), behind(4n))
  assert.equal(watermark(null), NEVER)
  assert.equal(watermark(), NEVER)
})
