import { t } from 'headrace'
import { orders } from './shop.ts'

// TS2322: Type '{ order_id: string; score: string; }' is not assignable to type 'Problem<"column 'score' is not as 'out' declares it">'.
orders.map('score', { out: { order_id: t.string(), score: t.float64() }, version: 1 }, row => ({
  order_id: row.order_id,
  score: row.product_id,
}))
