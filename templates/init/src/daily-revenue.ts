import { count, files, pipeline, sum, t, tumbling, warehouse } from 'headrace'

/** Orders as the shop exports them. `npx headrace schema FILE` prints such a schema. */
export const orders = files.csv('data/orders.csv', {
  schema: {
    order_id: t.int64(),
    product: t.string(),
    price: t.decimal(12, 2),
    ordered_at: t.timestamp(),
  },
  eventTime: { column: 'ordered_at' },
})

export const revenue = orders
  .filter(c => c.price.gt(0))
  .window(tumbling('1 day'))
  .groupBy('product')
  .agg({ revenue: sum('price'), orders: count() })

export const dailyRevenue = pipeline('daily-revenue', revenue, {
  to: warehouse.table('daily_revenue', { write: 'replace' }),
})
