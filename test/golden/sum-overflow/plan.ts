import { sum, t } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const moves = input('moves', { schema: { k: t.string(), n: t.int64() } })

export const flow: Flow = {
  about: 'a sum of integers beyond int64 fails: it neither wraps nor rounds',
  outputs: { result: moves.groupBy('k').agg({ total: sum('n') }) },
  fails: 'OVERFLOW',
}
