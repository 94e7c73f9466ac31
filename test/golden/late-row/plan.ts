import { count, t, tumbling } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const clicks = input('clicks', {
  schema: { page: t.string(), at: t.timestamp() },
  eventTime: { column: 'at', outOfOrderness: '10 seconds' },
})
const perMinute = clicks.window(tumbling('1 minute')).groupBy('page').agg({ n: count() })

export const flow: Flow = {
  about: 'a row whose window has closed is counted nowhere but in late; in one step nothing is late',
  outputs: { result: perMinute, late: perMinute.late },
  readRows: 1,
}
