import { countDistinct, max, min, t } from '../../../src/index.ts'
import { type Flow, input } from '../flow.ts'

const blobs = input('blobs', { schema: { k: t.string(), b: t.nullable(t.bytes()) } })

export const flow: Flow = {
  about: 'bytes are ordered byte by byte, unsigned, a prefix first',
  outputs: { result: blobs.groupBy('k').agg({ least: min('b'), most: max('b'), n: countDistinct('b') }) },
}
