import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seeded } from '../runtime/random.ts'
import { IntMap } from './int-map.ts'

test('finds what was added, and −1 for the rest', () => {
  const map = new IntMap()
  map.set(5, 50)
  map.set(0, 7)
  assert.deepEqual([map.get(5), map.get(0), map.get(1)], [50, 7, -1])
})

test('random keys, against a Map', () => {
  const seed = 3
  const random = seeded(seed)
  const map = new IntMap()
  const model = new Map<number, number>()
  for (let i = 0; i < 20_000; i++) {
    const key = Math.floor(random() * 2 ** (1 + Math.floor(random() * 30)))
    assert.equal(map.get(key), model.get(key) ?? -1, `seed ${seed}, operation ${i}`)
    if (model.has(key)) continue
    map.set(key, i)
    model.set(key, i)
  }
})

test('looks many keys up at once, and says whether all were there', () => {
  const map = new IntMap()
  for (let key = 0; key < 100; key += 2) map.set(key, key + 1)
  const values = new Int32Array(4)
  assert.equal(map.getAll(Int32Array.of(9, 4, 8, 9), 1, 3, values), true)
  assert.deepEqual([...values], [0, 5, 9, 0])
  assert.equal(map.getAll(Int32Array.of(4, 3), 0, 2, values), false)
  assert.deepEqual([...values.subarray(0, 2)], [5, -1])
})
