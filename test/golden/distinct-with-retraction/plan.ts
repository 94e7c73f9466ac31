import { count, t } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const visits = input('visits', { schema: { user: t.string() } })
const counts = visits.groupBy('user').agg({ visits: count() })

export const flow: Flow = {
  about: 'distinct over a changing relation forgets a value only when the last row that had it is gone',
  outputs: { result: counts.select(c => ({ visits: c.visits })).distinct() },
}
