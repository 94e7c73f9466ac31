import { count, max, min, t } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const visits = input('visits', { schema: { user: t.string(), page: t.string() } })
const perUser = visits.groupBy('user').agg({ visits: count(), page: max('page') })

export const flow: Flow = {
  about: 'an aggregate over an aggregate takes the old value away: min and max too, and an empty group disappears',
  outputs: { result: perUser.groupBy('visits').agg({ users: count(), least: min('user'), most: max('page') }) },
}
