import { avg, sum, t } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const payments = input('payments', { schema: { amount: t.decimal(30, 2), rate: t.decimal(4, 3) } })

export const flow: Flow = {
  about: 'decimals are exact: 0.10 + 0.20 is 0.30, beyond 2^53 too, and a product keeps all its digits',
  outputs: {
    result: payments.with(c => ({ fee: c.amount.mul(c.rate) })).agg({
      total: sum('amount'),
      fees: sum('fee'),
      mean: avg('rate'),
    }),
  },
}
