import assert from 'node:assert/strict'
import { test } from 'node:test'
import { distinctNode } from '../plan/builder/nodes.ts'
import type { Node } from '../plan/node.ts'
import { t } from '../schema/type.ts'
import type { UpdateMode } from '../seam/sink.ts'
import { indiscipline } from './discipline.ts'
import { feeding } from './feed.ts'

const schema = { k: t.string(), n: t.int32() }

function node(mode: UpdateMode): Node {
  const key = mode === 'upsert' ? { key: ['k'] } : {}
  return feeding({ name: 'x', schema, mode, ...key, outOfOrderness: 0, rows: [], bad: [], wild: new Set() })
}

const changes = (...all: [step: number, weight: number, k: string, n: number][]) =>
  all.map(([step, weight, k, n]) => ({ step, weight, cells: [k, n] }))

test('an append output only adds', () => {
  assert.equal(indiscipline(node('append'), changes([1, 1, 'a', 1], [2, 2, 'a', 1])), undefined)
  assert.match(indiscipline(node('append'), changes([1, 1, 'a', 1], [1, -1, 'a', 1]))!, /takes a row away/)
})

test('an upsert output has one row a key after each step, in whatever order it writes within the step', () => {
  const replaced = changes([1, 1, 'a', 1], [2, 1, 'a', 2], [2, -1, 'a', 1])
  assert.equal(indiscipline(node('upsert'), replaced), undefined)
  assert.match(indiscipline(node('upsert'), changes([1, 1, 'a', 1], [2, 1, 'a', 2]))!, /more than one row/)
  assert.match(indiscipline(node('upsert'), changes([1, 2, 'a', 1]))!, /more than one row/)
})

test('what is taken away must be there at the end of the step', () => {
  const input = node('changelog')
  assert.equal(indiscipline(distinctNode(input), changes([1, -1, 'a', 1], [1, 1, 'a', 1])), undefined)
  assert.match(indiscipline(input, changes([1, -1, 'a', 1], [2, 1, 'a', 1]))!, /after step 1 .*not there/)
})

test('weights are not zero, and steps do not go back', () => {
  assert.match(indiscipline(node('append'), changes([1, 0, 'a', 1]))!, /weight 0/)
  assert.match(indiscipline(node('append'), changes([2, 1, 'a', 1], [1, 1, 'b', 1]))!, /earlier step/)
})
