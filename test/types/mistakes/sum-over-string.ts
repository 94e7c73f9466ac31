import { sum } from 'headrace'
import { orders } from './shop.ts'

// TS2345: Argument of type '"order_id"' is not assignable to parameter of type '"price" | "quantity"'.
orders.groupBy('product_id').agg({ revenue: sum('order_id') })
