import { given } from 'headrace/testing'
import { products } from './shop.ts'

// TS2322: Type 'string' is not assignable to type 'number | bigint'.
given(products, [{ product_id: '7', name: 'Lamp', weight: 1.5 }])
