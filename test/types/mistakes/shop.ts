/** What the mistakes beside this file are made with. */
import { files, t } from 'headrace'

const orderSchema = {
  order_id: t.string(),
  product_id: t.string(),
  price: t.decimal(12, 2),
  quantity: t.int32(),
  ordered_at: t.timestamp(),
}

/** No event time, no key. */
export const orders = files.parquet('orders.parquet', { schema: orderSchema })

/** With an event time and a key. */
export const live = files.parquet('orders.parquet', {
  schema: orderSchema,
  key: 'order_id',
  eventTime: { column: 'ordered_at', outOfOrderness: '5 seconds' },
})

export const products = files.parquet('products.parquet', {
  schema: { product_id: t.int64(), name: t.string(), weight: t.float64() },
})
