import { count, t, tumbling } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const clicks = input('clicks', {
  schema: { page: t.string(), at: t.timestamp() },
  eventTime: { column: 'at' },
})

export const flow: Flow = {
  about: 'bad records are in no window, and hours of them do not move the watermark: what comes after them is not late',
  outputs: { result: clicks.window(tumbling('1 minute')).groupBy('page').agg({ n: count() }) },
}
