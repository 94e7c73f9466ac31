import { files } from 'headrace'
import { orders } from './shop.ts'

// TS2769: Type '"order"' is not assignable to type '"order_id" | "ordered_at" | "price" | "product_id" | "quantity"'.
files.parquet('orders/', { like: orders, partitionBy: ['order'] })
