import { open, pipeline, print } from 'headrace'
import { orders } from './shop.ts'

const session = await open()
// TS2322: Type 'number' is not assignable to type 'Moment | undefined'.
await session.run(pipeline('orders', orders, { to: print() }), { from: 20240101 })
