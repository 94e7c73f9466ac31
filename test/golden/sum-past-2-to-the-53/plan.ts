import { sum, t } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const moves = input('moves', { schema: { k: t.string(), n: t.int64() } })

export const flow: Flow = {
  about: 'a sum of safe integers that passes 2^53 is not rounded',
  outputs: { result: moves.groupBy('k').agg({ total: sum('n') }) },
}
