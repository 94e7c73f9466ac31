import { count, sum, t } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const sales = input('sales', { schema: { shop: t.nullable(t.string()), n: t.nullable(t.int64()) } })

export const flow: Flow = {
  about: 'null is a key like any other, and not the empty text; a sum of nothing but nulls is null, not zero',
  outputs: { result: sales.groupBy('shop').agg({ rows: count(), values: count('n'), total: sum('n') }) },
}
