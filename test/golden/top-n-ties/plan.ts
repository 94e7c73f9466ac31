import { desc, t } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const scores = input('scores', { schema: { name: t.string(), score: t.nullable(t.int32()) } })

export const flow: Flow = {
  about: 'top-N breaks ties by the whole row, and nulls come last in both directions',
  outputs: {
    result: scores.orderBy(desc('score')).limit(3),
    lowest: scores.orderBy('score').limit(3, { offset: 1 }),
    all: scores.orderBy('score').limit(2, { offset: 5 }),
  },
}
