import { pipeline, print } from 'headrace'
import { orders } from './shop.ts'

// TS2322: Type 'number' is not assignable to type 'Problem<"'fail' ends the run at the first: no budget">'.
pipeline('orders', orders, { to: print(), onBadRecord: { action: 'fail', budget: 3 } })
