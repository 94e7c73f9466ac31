import { files } from 'headrace'
import { orders } from './shop.ts'

// TS2769: Type 'string' is not assignable to type 'readonly string[]'.
files.csv('orders.csv', { like: orders, nulls: 'NULL' })
