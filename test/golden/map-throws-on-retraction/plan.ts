import { count, t } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const votes = input('votes', { schema: { who: t.string() } })
const counts = votes.groupBy('who').agg({ n: count() })

export const flow: Flow = {
  about:
    'a count that a function does not take is rejected while it stands and taken back when it changes: only the last is left',
  outputs: {
    result: counts.map('not two', { out: { who: t.string(), n: t.int64({ as: 'number' }) }, version: 1 }, row => {
      if (row.n === 2) throw new Error('two')
      return row
    }),
  },
}
