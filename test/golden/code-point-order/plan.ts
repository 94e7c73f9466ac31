import { desc, max, min, t } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const words = input('words', { schema: { word: t.string() } })

export const flow: Flow = {
  about: 'text is ordered by code point, not by UTF-16 unit: 😀 comes after ﬀ',
  outputs: {
    result: words.agg({ least: min('word'), most: max('word') }),
    top: words.orderBy(desc('word')).limit(2),
  },
}
