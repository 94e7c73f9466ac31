import { t, warehouse } from 'headrace'
import { orders } from './shop.ts'

// TS2769: Type '{ id: ColumnType<"int64", bigint>; }' is not assignable to type 'Problem<"like stands in place of schema">'.
warehouse.table('orders', { schema: { id: t.int64() }, like: orders })
