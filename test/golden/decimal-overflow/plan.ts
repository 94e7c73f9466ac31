import { sum, t } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const payments = input('payments', { schema: { amount: t.decimal(38, 2) } })

export const flow: Flow = {
  about: 'a sum of decimals beyond 38 digits fails',
  outputs: { result: payments.agg({ total: sum('amount') }) },
  fails: 'OVERFLOW',
}
