import { count, t, tumbling } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const events = input('events', { schema: { at: t.timestamp() }, eventTime: { column: 'at' } })

export const flow: Flow = {
  about: 'windows before 1970 begin at or before their rows: times round down, not toward zero',
  outputs: { result: events.window(tumbling('1 hour')).agg({ n: count() }) },
}
