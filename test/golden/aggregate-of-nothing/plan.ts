import { avg, boolAnd, count, countDistinct, max, sum, t, tumbling } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const sales = input('sales', {
  schema: { shop: t.string(), n: t.int32(), ok: t.bool(), at: t.timestamp() },
  eventTime: { column: 'at' },
})
const none = sales.filter(c => c.n.gt(5))

export const flow: Flow = {
  about: 'an aggregate of no rows is one row without keys, and no row with keys or windows',
  outputs: {
    result: none.agg({ n: count(), shops: countDistinct('shop'), total: sum('n'), mean: avg('n'), most: max('n'), ok: boolAnd('ok') }),
    grouped: none.groupBy('shop').agg({ n: count() }),
    windowed: none.window(tumbling('1 minute')).agg({ n: count() }),
  },
}
