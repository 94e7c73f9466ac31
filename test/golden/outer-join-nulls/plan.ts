import { t } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const orders = input('orders', { schema: { product: t.nullable(t.string()), n: t.int32() } })
const prices = input('prices', { schema: { product: t.nullable(t.string()), price: t.decimal(6, 2) } })

export const flow: Flow = {
  about: 'null equals nothing in a join, and what has no match is filled with nulls',
  outputs: {
    result: orders.join(prices, { on: 'product', how: 'full' }),
    semi: orders.join(prices, { on: 'product', how: 'semi' }),
    anti: orders.join(prices, { on: 'product', how: 'anti' }),
  },
}
