import { count, tumbling } from 'headrace'
import { orders } from './shop.ts'

// TS2345: Argument of type 'Window' is not assignable to parameter of type 'Problem<"no event time: declare eventTime on the source, and keep its column up to here">'.
orders.window(tumbling('1 minute')).agg({ n: count() })
