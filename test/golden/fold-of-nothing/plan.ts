import { aggregate, t } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const rows = input('rows', { schema: { k: t.string(), n: t.nullable(t.int32()) } })

const product = aggregate('product', {
  in: t.int32(),
  out: t.int64(),
  fold: {
    zero: () => 1n,
    add: (total: bigint, n: number) => total * BigInt(n),
    merge: (a: bigint, b: bigint) => a * b,
    result: (total: bigint) => total,
  },
})

export const flow: Flow = {
  about: 'a fold of one’s own over nothing but nulls is null, like every aggregate but the counts',
  outputs: { result: rows.groupBy('k').agg({ product: product('n') }), all: rows.agg({ product: product('n') }) },
}
