import { t } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const schema = { n: t.int32() }
const a = input('a', { schema })
const b = input('b', { schema })

export const flow: Flow = {
  about: 'a union keeps repeats, also of one relation with itself',
  outputs: { result: a.union(b), twice: a.union(a), once: a.union(b).distinct() },
}
