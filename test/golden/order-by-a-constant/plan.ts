import { argMin, desc, lit, t } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const rows = input('rows', { schema: { name: t.string(), n: t.int32() } })
const constant = rows.with(() => ({ same: lit('x') }))

export const flow: Flow = {
  about: 'an order by a constant orders nothing: the tie-break decides',
  outputs: {
    result: constant.orderBy(desc('same')).limit(2),
    earliest: constant.agg({ n: argMin('n', 'same') }),
  },
}
