import { orders } from './shop.ts'

// TS2322: Type 'boolean' is not assignable to type 'Expr<"bool", unknown>'.
orders.filter(c => c.quantity > 10)
