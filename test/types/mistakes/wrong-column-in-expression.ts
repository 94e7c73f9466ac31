import { orders } from './shop.ts'

// TS2551: Property 'prise' does not exist on type 'Columns<{ order_id: ColumnType<"string", string>; product_id: ColumnType<"string", string>; price: ColumnType<"decimal", Decimal>; quantity: ColumnType<...>; ordered_at: ColumnType<...>; }>'. Did you mean 'price'?
orders.filter(c => c.prise.gt(10))
