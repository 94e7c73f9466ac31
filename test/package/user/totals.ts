/** Totals by product, out of a CSV file into an NDJSON file: what a user's first pipeline does. */
import { count, files, pipeline, sum, t } from 'headrace'

const orders = files.csv('orders.csv', {
  schema: { id: t.int64(), product: t.string(), price: t.decimal(12, 2) },
})

export const totals = pipeline(
  'totals',
  orders.groupBy('product').agg({ revenue: sum('price'), orders: count() }),
  { to: files.ndjson('totals.ndjson', { write: 'replace' }) },
)
