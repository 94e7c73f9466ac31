import { orders } from './shop.ts'

// TS2322: Type 'DecimalExpr<Decimal> & From<"price">' is not assignable to type 'Expr<"bool", unknown>'.
orders.filter(c => c.price)
