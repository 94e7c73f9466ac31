import { t } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const orders = input('orders', { schema: { product: t.string(), n: t.int32() } })
const prices = input('prices', { schema: { product: t.string(), price: t.decimal(6, 2) } })
const all = orders.distinct()
const firsts = all.union(all).orderBy('n').limit(4)

export const flow: Flow = {
  about: 'the first rows are chosen before they are joined: those without a match still count',
  outputs: { result: firsts.join(prices, { on: 'product' }) },
}
