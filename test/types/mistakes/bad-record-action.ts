import { pipeline, print } from 'headrace'
import { orders } from './shop.ts'

// TS2820: Type '"deadletter"' is not assignable to type 'OnBadRecord'. Did you mean '"dead-letter"'?
pipeline('orders', orders, { to: print(), onBadRecord: 'deadletter' })
