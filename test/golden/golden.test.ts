import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engines } from '../../src/verify/engines.ts'
import { flowNames, loadFlow } from './flow.ts'
import { flowFault, policiesOf } from './hold.ts'

for (const name of flowNames()) {
  const flow = await loadFlow(name)
  test(`${name}: ${flow.about}`, async () => {
    const able = engines.filter(engine => policiesOf(flow, engine).length > 0)
    assert.ok(able.length >= 2, 'at least two engines run it')
    for (const engine of able) assert.equal(await flowFault(flow, engine), undefined)
  })
}
