import { count, t, tumbling } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const clicks = input('clicks', {
  schema: { page: t.string(), at: t.nullable(t.timestamp()) },
  eventTime: { column: 'at' },
})
const perMinute = clicks.window(tumbling('1 minute')).agg({ n: count() })

export const flow: Flow = {
  about: 'a row without an event time is in no window, and not late either',
  outputs: { result: perMinute, late: perMinute.late },
}
