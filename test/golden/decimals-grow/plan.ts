import { t } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const rows = input('rows', { schema: { a: t.decimal(18, 4), b: t.decimal(4, 2) } })

export const flow: Flow = {
  about: 'a sum of decimals has a digit more than they have, so two of 18 digits do not overflow',
  outputs: { result: rows.select(c => ({ sum: c.a.add(c.b), difference: c.a.sub(c.b) })) },
}
