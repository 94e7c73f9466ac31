import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engines } from '../verify/engines.ts'
import { engineLaws } from './engine-laws.ts'
import { testLaws } from './law.ts'

for (const engine of engines) engineLaws(engine.name, engine)

test('a gap whose law holds fails, and so does a law that does not hold', async () => {
  const ran: (() => Promise<void>)[] = []
  const law = (name: string, holds: () => Promise<void>) => ({ name, holds })
  const laws = [law('good', async () => undefined), law('bad', () => Promise.reject(new Error('no')))]
  testLaws('x', laws, undefined, { good: 'closed meanwhile' }, (_, run) => ran.push(run))
  await assert.rejects(ran[0]!(), /remove the gap 'good'/)
  await assert.rejects(ran[1]!(), /no/)
  assert.throws(
    () => testLaws('x', laws, undefined, { other: 'a reason' }, () => undefined),
    /no law 'other'/,
  )
})
