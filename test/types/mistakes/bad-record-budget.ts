import { pipeline, print } from 'headrace'
import { orders } from './shop.ts'

// TS2322: Type '"lots"' is not assignable to type 'BadRecordBudget | undefined'.
pipeline('orders', orders, { to: print(), onBadRecord: { action: 'skip', budget: 'lots' } })
