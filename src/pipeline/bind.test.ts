/** Plans over an interval: what may run, and what would give another answer than a run over everything. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memory } from '../connector/memory/endpoint.ts'
import { sum } from '../plan/builder/aggregate.ts'
import { hopping, tumbling } from '../plan/builder/window.ts'
import { open } from '../project/open.ts'
import { t } from '../schema/type.ts'
import { batch, microBatch, stream } from './mode.ts'
import { pipeline } from './pipeline.ts'

const HOUR = 3_600_000_000
const paid = memory.rows(
  Array.from({ length: 72 }, (_, hour) => ({ at: Date.parse('2024-01-01') * 1000 + hour * HOUR, n: 1 })),
  { schema: { at: t.timestamp(), n: t.int32() }, eventTime: { column: 'at' } },
)
const modes = [batch(), microBatch('1 second'), stream()]

test('an interval holds whole windows, or the run is refused in every mode', async () => {
  await using session = await open()
  const perDay = paid.window(tumbling('1 day')).agg({ n: sum('n') })
  const to = memory.collect({ like: perDay })
  const days = pipeline('days', perDay, { to })
  for (const mode of modes) {
    await session.run(days, { mode, from: '2024-01-02', to: '2024-01-03' })
    assert.deepEqual(
      to.rows().map(row => Number(row.n)),
      [24],
    )
    const refused = {
      code: 'REFUSED',
      message:
        /ends at 2024-01-02T06:00:00\.?0*Z, within a window of .* \(1 day\).*one does at 2024-01-02T00:00:00/,
    }
    await assert.rejects(session.run(days, { mode, from: '2024-01-02T06:00:00Z' }), refused)
    await assert.rejects(session.run(days, { mode, from: '2024-01-01', to: '2024-01-02T06:00:00Z' }), refused)
    await assert.rejects(session.run(days, { mode, from: '1969-12-31T06:00:00Z' }), {
      message: /one does at 1969-12-31T00:00:00/,
    })
  }
})

test('windows that overlap are refused over an interval, and run without', async () => {
  await using session = await open()
  const perDay = paid.window(hopping('2 days', { slide: '1 day' })).agg({ n: sum('n') })
  const to = memory.collect({ like: perDay })
  const days = pipeline('days', perDay, { to })
  for (const mode of modes) {
    await assert.rejects(session.run(days, { mode, from: '2024-01-02', to: '2024-01-04' }), {
      code: 'REFUSED',
      message: /\(2 days every 1 day\).*overlap/,
    })
    await session.run(days, { mode })
  }
})
