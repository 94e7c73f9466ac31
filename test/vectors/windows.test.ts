/** The windows of an instant, on every engine: aligned to the epoch in UTC, half-open, below zero as above. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { column } from '../../src/plan/expression.ts'
import type { AggregateNode, WindowRule } from '../../src/plan/node.ts'
import { compareCells } from '../../src/schema/cell.ts'
import { t } from '../../src/schema/type.ts'
import { engines, given, resultsOf } from './engines.ts'
import { cellOf } from './table.ts'

const MINUTE = 60_000_000
const DAY = 1440 * MINUTE
const timestamp = t.timestamp()
const at = (text: string): bigint => cellOf(timestamp, text) as bigint

/** An instant, size and slide, and the starts of the windows that hold it. */
const VECTORS: readonly (readonly [
  instant: string,
  size: number,
  slide: number,
  starts: readonly string[],
])[] = [
  ['1970-01-01T00:00:00Z', MINUTE, MINUTE, ['1970-01-01T00:00:00Z']],
  ['1969-12-31T23:59:59.999999Z', MINUTE, MINUTE, ['1969-12-31T23:59:00Z']],
  ['2024-02-29T12:34:59.999999Z', MINUTE, MINUTE, ['2024-02-29T12:34:00Z']],
  // Weeks are aligned to the epoch, a Thursday, not to Mondays.
  ['2024-02-29T12:00:00Z', 7 * DAY, 7 * DAY, ['2024-02-29T00:00:00Z']],
  ['2024-02-28T12:00:00Z', 7 * DAY, 7 * DAY, ['2024-02-22T00:00:00Z']],
  ['1969-12-31T00:00:00Z', 7 * DAY, 7 * DAY, ['1969-12-25T00:00:00Z']],
  ['2024-01-01T00:00:00Z', 7 * MINUTE, 7 * MINUTE, ['2023-12-31T23:54:00Z']],
  [
    '1970-01-01T00:00:00.000002Z',
    3,
    1,
    ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000001Z', '1970-01-01T00:00:00.000002Z'],
  ],
  ['1970-01-01T00:00:00Z', 2 * MINUTE, MINUTE, ['1969-12-31T23:59:00Z', '1970-01-01T00:00:00Z']],
  ['1969-12-31T23:58:00Z', 2 * MINUTE, MINUTE, ['1969-12-31T23:57:00Z', '1969-12-31T23:58:00Z']],
  ['9999-12-30T23:59:59.999999Z', DAY, DAY, ['9999-12-30T00:00:00Z']],
  ['0001-01-01T00:00:00Z', DAY, DAY, ['0001-01-01T00:00:00Z']],
]

function windowsOf(instant: string | null, size: number, slide: number): AggregateNode {
  const schema = { at: t.nullable(timestamp), n: t.int32() }
  const input = given(schema, [[instant === null ? null : at(instant), 1]], { eventTime: 'at' })
  const window: WindowRule = { size, slide, allowedLateness: 0, emit: 'on-close' }
  const total = { name: 'total', fn: 'sum', args: [column(schema, 'n')], type: t.int64() } as const
  return {
    kind: 'aggregate',
    input,
    keys: [],
    window,
    aggregates: [total],
    schema: { window_start: timestamp, window_end: timestamp, total: t.int64() },
    mode: 'append',
    key: ['window_start', 'window_end'],
    eventTime: 'window_end',
  }
}

for (const { engine, steps } of engines) {
  test(`${engine.name} puts instants into windows`, async () => {
    const nodes = VECTORS.map(([instant, size, slide]) => windowsOf(instant, size, slide))
    const results = await resultsOf(engine, steps, nodes)
    VECTORS.forEach(([instant, size, , starts], i) => {
      const expected = starts.map(start => [at(start), at(start) + BigInt(size), 1n])
      const found = results[i]!.toSorted((a, b) => compareCells(a[0]!, b[0]!))
      assert.deepEqual(found, expected, `windows of ${instant}`)
    })
  })

  test(`${engine.name} puts no event time into no window, and refuses a window beyond the years`, async () => {
    assert.deepEqual(await resultsOf(engine, steps, [windowsOf(null, MINUTE, MINUTE)]), [[]])
    for (const [instant, slide] of [
      ['9999-12-31T23:59:59Z', DAY],
      ['0001-01-01T00:00:00Z', DAY / 2],
    ] as const) {
      const run = resultsOf(engine, steps, [windowsOf(instant, DAY, slide)])
      await assert.rejects(run, { code: 'OVERFLOW' }, `${instant}`)
    }
  })
}
