import { count, max, sum, t, tumbling } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const clicks = input('clicks', {
  schema: { page: t.string(), at: t.timestamp() },
  eventTime: { column: 'at' },
})
const perMinute = clicks.window(tumbling('1 minute')).groupBy('page').agg({ n: count() })

export const flow: Flow = {
  about: 'the result of a window happened at the last instant of the window, so it falls into the larger window around it',
  outputs: { result: perMinute.window(tumbling('2 minutes')).agg({ total: sum('n'), most: max('n') }) },
}
