import { count, t } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const clicks = input('clicks', { schema: { page: t.string() } })

export const flow: Flow = {
  about: 'a source of bad records alone is read to its end, and an aggregate over no rows has its one row',
  outputs: { result: clicks.agg({ n: count() }) },
}
