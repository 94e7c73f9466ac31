import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Cell } from '../schema/cell.ts'
import { t } from '../schema/type.ts'
import { difference } from './compare.ts'

const schema = { k: t.string(), x: t.nullable(t.float64()) }
const rows = (...all: [k: string, x: Cell, weight?: number][]) =>
  all.map(([k, x, weight = 1]) => ({ cells: [k, x], weight }))

test('results are equal as multisets, whatever the order and the way they came about', () => {
  assert.equal(difference(schema, rows(['a', 1], ['b', 2], ['a', 1]), rows(['a', 1, 2], ['b', 2])), undefined)
  assert.equal(difference(schema, rows(['b', 2]), rows(['a', 1], ['b', 2], ['a', 1, -1])), undefined)
  assert.equal(difference(schema, rows(['a', -0]), rows(['a', 0])), undefined)
})

test('a repeat too few, a null in place of a zero, and a missing row are differences', () => {
  assert.ok(difference(schema, rows(['a', 1], ['a', 1]), rows(['a', 1])))
  assert.ok(difference(schema, rows(['a', 0]), rows(['a', null])))
  assert.ok(difference(schema, rows(['a', 1]), []))
  assert.ok(difference(schema, [], rows(['a', 1, -1])))
})

test('floats may differ in the last digits, or by what was summed into them', () => {
  assert.equal(difference(schema, rows(['a', 1]), rows(['a', 1 + 1e-10])), undefined)
  assert.ok(difference(schema, rows(['a', 1]), rows(['a', 1 + 1e-8])))
  const scale = () => 1e6
  assert.equal(difference(schema, rows(['a', 0]), rows(['a', 1e-4]), { scale }), undefined)
  assert.ok(difference(schema, rows(['a', 0]), rows(['a', 1e-2]), { scale }))
})

test('near floats cancel one to one', () => {
  const want = rows(['a', 1], ['a', 1 + 1e-10])
  assert.equal(difference(schema, want, rows(['a', 1 - 1e-10, 2])), undefined)
  assert.equal(difference(schema, want, rows(['a', 1, 3]))?.count, 1)
})

test('the first difference shows all rows of its key on both sides', () => {
  const found = difference(schema, rows(['a', 1], ['b', 2]), rows(['a', 1], ['b', 3], ['c', 4]), {
    key: ['k'],
  })
  assert.deepEqual(found, {
    key: ['k'],
    at: ['b'],
    expected: rows(['b', 2]),
    got: rows(['b', 3]),
    count: 3,
  })
})
