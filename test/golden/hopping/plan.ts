import { count, hopping, t } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const clicks = input('clicks', { schema: { at: t.timestamp() }, eventTime: { column: 'at' } })

export const flow: Flow = {
  about: 'a row is in size ÷ slide hopping windows, aligned to 1970',
  outputs: { result: clicks.window(hopping('3 minutes', { slide: '1 minute' })).agg({ n: count() }) },
}
