import { max, sum, t, tumbling } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const clicks = input('clicks', {
  schema: { n: t.int32(), at: t.timestamp() },
  eventTime: { column: 'at' },
})
const perMinute = clicks
  .window(tumbling('1 minute'), { allowedLateness: '30 seconds' })
  .agg({ total: sum('n'), most: max('n') })

export const flow: Flow = {
  about: 'with allowed lateness a closed window takes rows until the watermark is that far beyond its end',
  outputs: { result: perMinute, late: perMinute.late },
  readRows: 1,
}
