/**
 * Daily revenue: a file of orders for each day in, a file of results for each day out.
 *
 *     npx headrace run examples/daily-revenue.ts#orders
 *     npx headrace run examples/daily-revenue.ts#daily_revenue
 *     npx headrace run examples/daily-revenue.ts#daily_revenue --from 2024-06-20 --to 2024-06-21
 *
 * The last line computes one day again, and replaces the file of that day and no other.
 */
import { count, files, generate, pipeline, sum, t, tumbling, when } from 'headrace'

// 30 days of 200 orders. One of them has no price that could be read.
const made = generate({
  schema: {
    order_id: t.int64(),
    product: t.string(),
    price: t.decimal(12, 2),
    ordered_at: t.timestamp(),
  },
  columns: {
    order_id: generate.sequence({ from: 1 }),
    product: generate.oneOf(['apple', 'bread', 'cheese', 'dates']),
    price: generate.uniform(0.5, 200),
    ordered_at: generate.sequence({ from: '2024-06-01T00:00:00Z', step: '432 seconds' }),
  },
  rows: 6_000,
  seed: 6,
  eventTime: { column: 'ordered_at' },
})

export const orders = pipeline(
  'orders',
  made.with(c => ({ price: when(c.order_id.eq(2_407), 'n/a').else(c.price.cast(t.string())) })),
  { to: files.csv('out/orders/{yyyy}-{MM}-{dd}.csv') },
)

const daily = files
  .csv('out/orders/{yyyy}-{MM}-{dd}.csv', {
    schema: {
      order_id: t.int64(),
      product: t.string(),
      price: t.decimal(12, 2),
      ordered_at: t.timestamp(),
    },
    eventTime: { column: 'ordered_at' },
  })
  .window(tumbling('1 day'))
  .groupBy('product')
  .agg({ revenue: sum('price'), orders: count() })

export const dailyRevenue = pipeline('daily_revenue', daily, {
  to: files.parquet('out/daily-revenue/{yyyy}-{MM}-{dd}.parquet'),
  // A bad record or ten are put aside. With more, something is wrong with the files, and the last answer stays.
  onBadRecord: { action: 'dead-letter', budget: 10 },
})
