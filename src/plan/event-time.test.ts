import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generate, max, memory, tumbling } from '../index.ts'
import { t } from '../schema/type.ts'
import { eventTimeOffset } from './event-time.ts'

const events = generate({
  schema: { id: t.string(), at: t.timestamp() },
  columns: { id: generate.oneOf(['a', 'b']), at: generate.sequence({ step: '1 second' }) },
  eventTime: { column: 'at' },
  rows: 10,
})

test('the event time of a windowed result is the last instant of its window, through renames and filters', () => {
  assert.equal(eventTimeOffset(events.node), 0)
  const latest = events
    .window(tumbling('1 minute'))
    .groupBy('id')
    .agg({ latest: max('at') })
  assert.equal(eventTimeOffset(latest.node), -1)
  assert.equal(eventTimeOffset(latest.late.node), 0)
  const renamed = latest
    .rename({ window_end: 'closed' })
    .filter(c => c.id.eq('a'))
    .distinct()
  assert.equal(renamed.node.eventTime, 'closed')
  assert.equal(eventTimeOffset(renamed.node), -1)
  const nested = renamed.window(tumbling('1 hour')).agg({ latest: max('latest') })
  assert.equal(eventTimeOffset(nested.node), -1)
  assert.equal(eventTimeOffset(renamed.drop('closed').node), undefined)
})

test('a union has an event time only if it is read alike in all', () => {
  const closed = events.window(tumbling('1 minute')).agg({ latest: max('at') })
  assert.equal(eventTimeOffset(closed.union(closed).node), -1)
  const schema = { window_start: t.timestamp(), window_end: t.timestamp(), latest: t.timestamp() }
  const stored = memory.rows([], { schema, eventTime: { column: 'window_end' } })
  assert.equal(eventTimeOffset(stored.node), 0)
  const both = stored.union(closed)
  assert.equal(both.node.eventTime, undefined)
})
