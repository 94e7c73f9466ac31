import { argMax, argMin, first, last, t, tumbling } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const prices = input('prices', {
  schema: { item: t.string(), price: t.nullable(t.int32()), seller: t.string(), at: t.timestamp() },
  eventTime: { column: 'at', outOfOrderness: '1 hour' },
})

export const flow: Flow = {
  about: 'first and last go by event time, then by whole row, whatever arrived first; nulls do not count',
  outputs: {
    result: prices.window(tumbling('1 hour')).groupBy('item').agg({
      opened: first('price'),
      closed: last('price'),
      cheapest: argMin('seller', 'price'),
      dearest: argMax('seller', 'price'),
    }),
  },
}
