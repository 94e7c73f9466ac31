import { count, sum, t } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const sales = input('sales', { schema: { n: t.int32() } })

export const flow: Flow = {
  about: 'an aggregate without keys over an input without rows is one row',
  outputs: { result: sales.agg({ n: count(), total: sum('n') }) },
}
