import { warehouse } from 'headrace'

// TS2769: Type '"order_id"' is not assignable to type 'Problem<"key and eventTime go with schema">'.
warehouse.table('orders', { key: 'order_id' })
