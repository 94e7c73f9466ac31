import { pipeline } from 'headrace'
import { orders } from './shop.ts'

// TS2322: Type '"orders.csv"' is not assignable to type 'Problem<"'to' takes an endpoint, such as files.csv('out.csv'), or a list of them">'.
pipeline('orders', orders, { to: 'orders.csv' })
