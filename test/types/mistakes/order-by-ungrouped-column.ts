import { sum } from 'headrace'
import { orders } from './shop.ts'

orders
  .groupBy('product_id')
  .agg({ revenue: sum('price') })
  // TS2345: Argument of type '"quantity"' is not assignable to parameter of type 'OrderBy<"product_id" | "revenue">'.
  .orderBy('quantity')
