import { orders } from './shop.ts'

// TS2345: Argument of type 'TextExpr<"string", string> & From<"product_id">' is not assignable to parameter of type 'string | number | bigint | Decimal | Expr<"decimal" | Integer, unknown>'.
orders.with(c => ({ total: c.price.add(c.product_id) }))
