import { count, sum, t } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const moves = input('moves', { schema: { n: t.int64() } })

export const flow: Flow = {
  about: 'a sum of integers is exact up to the last int64, whatever the order',
  outputs: { result: moves.agg({ total: sum('n'), rows: count() }) },
}
