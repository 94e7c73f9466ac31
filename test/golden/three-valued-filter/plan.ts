import { t } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const rows = input('rows', { schema: { id: t.int32(), n: t.nullable(t.int32()), b: t.nullable(t.bool()) } })

export const flow: Flow = {
  about: 'a filter keeps a row only where its condition is true: neither false nor null',
  outputs: {
    result: rows.filter(c => c.n.gt(1).or(c.b)).select(c => ({ id: c.id })),
    negated: rows.filter(c => c.n.gt(1).or(c.b).not()).select(c => ({ id: c.id })),
  },
}
