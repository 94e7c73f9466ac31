import { count, files, generate, pipeline, sum, t, tumbling } from 'headrace'

// A million orders, one every 10 ms, in an order that is up to 4 seconds wrong.
const orders = generate({
  schema: { product: t.string(), price: t.decimal(12, 2), ordered_at: t.timestamp() },
  columns: {
    product: generate.oneOf(['apple', 'bread', 'cheese']),
    price: generate.uniform(0.5, 20),
    ordered_at: generate.sequence({
      from: '2024-01-01T00:00:10Z',
      step: '10 milliseconds',
      jitter: '2 seconds',
    }),
  },
  rows: 1_000_000,
  eventTime: { column: 'ordered_at', outOfOrderness: '4 seconds' },
})

const perMinute = orders
  .filter(c => c.price.ge(1))
  .window(tumbling('1 minute'))
  .groupBy('product')
  .agg({ revenue: sum('price'), orders: count() })

export const revenue = pipeline('revenue', perMinute, { to: files.parquet('out/revenue.parquet') })
