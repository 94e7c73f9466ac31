import { t } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const orders = input('orders', { schema: { id: t.int32(), items: t.string() } })
const out = { id: t.int32(), item: t.string() }

export const flow: Flow = {
  about:
    'of a row whose function throws after some rows, or gives one that it did not declare, nothing is kept, and the rows around it are whole',
  outputs: {
    result: orders.flatMap('items', { out, version: 1 }, function* ({ id, items }) {
      for (const item of items.split(',')) {
        if (item === '') throw new Error('an item without a name')
        yield { id, item: item === '7' ? (7 as never) : item }
      }
    }),
  },
}
