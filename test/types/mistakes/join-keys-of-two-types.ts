import { orders, products } from './shop.ts'

// TS2322: Type '"product_id"' is not assignable to type 'ProblemOf<"keys of two types: cast one of them", ["product_id", "string", "product_id", "int64"]>'.
orders.join(products, { on: 'product_id' })
