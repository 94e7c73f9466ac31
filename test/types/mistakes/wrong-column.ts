import { count } from 'headrace'
import { orders } from './shop.ts'

// TS2345: Argument of type '"product"' is not assignable to parameter of type '"order_id" | "ordered_at" | "price" | "product_id" | "quantity"'.
orders.groupBy('product').agg({ n: count() })
