import assert from 'node:assert/strict'
import test from 'node:test'
import { seeded } from '../../runtime/random.ts'
import { orderBy } from './order.ts'

test('indices are sorted by their keys, equal ones by themselves, at every length', () => {
  const random = seeded(9)
  for (const length of [0, 1, 2, 15, 16, 17, 31, 33, 64, 100, 1000, 4097]) {
    const keys = Float64Array.from({ length: 2 * length }, () => Math.floor(random() * length) / 2 - 5)
    const rows = Int32Array.from({ length }, (_, i) => 2 * i)
    const expected = [...rows].sort((a, b) => keys[a]! - keys[b]! || a - b)
    assert.deepEqual([...orderBy(keys, rows)], expected, `length ${length}`)
  }
})
