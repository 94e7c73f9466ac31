import { count, hopping, t } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const clicks = input('clicks', { schema: { at: t.timestamp() }, eventTime: { column: 'at' } })
const perTwoMinutes = clicks.window(hopping('2 minutes', { slide: '1 minute' })).agg({ n: count() })

export const flow: Flow = {
  about: 'a row that is late for one of its hopping windows is late for all of them',
  outputs: { result: perTwoMinutes, late: perTwoMinutes.late },
  readRows: 1,
}
