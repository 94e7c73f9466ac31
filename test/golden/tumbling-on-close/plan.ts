import { count, sum, t, tumbling } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const clicks = input('clicks', {
  schema: { page: t.string(), ms: t.int32(), at: t.timestamp() },
  eventTime: { column: 'at' },
})

export const flow: Flow = {
  about: 'a tumbling window is half-open: a row at its end belongs to the next one',
  outputs: { result: clicks.window(tumbling('1 minute')).groupBy('page').agg({ n: count(), ms: sum('ms') }) },
}
