import { t, when } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const rows = input('rows', { schema: { kind: t.string(), value: t.string() } })

export const flow: Flow = {
  about: 'a branch that is not chosen is not computed, so what would fail there does not',
  outputs: {
    result: rows.select(c => ({ n: when(c.kind.eq('number'), c.value.cast(t.int32())).else(0) })),
  },
}
