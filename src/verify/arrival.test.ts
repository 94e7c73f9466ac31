import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cellsAt } from '../schema/batch.ts'
import { arrange, disguised, legal, toBatch } from './arrival.ts'
import { randomInput } from './generate/data.ts'
import { Random } from './generate/random.ts'
import { compareRows, fold, type WeightedRow } from './relation.ts'

const row = (k: string, weight: number): WeightedRow => ({ cells: [k], weight })
const sorted = (rows: readonly WeightedRow[]) =>
  rows.toSorted((a, b) => compareRows(a.cells, b.cells) || a.weight - b.weight)

test('a taking away waits for what it takes, and is dropped where that never comes', () => {
  assert.deepEqual(legal([row('a', -1), row('b', 1), row('a', 1)]), [row('b', 1), row('a', 1), row('a', -1)])
  assert.deepEqual(legal([row('a', -1), row('a', -1), row('a', 2)]), [
    row('a', 2),
    row('a', -1),
    row('a', -1),
  ])
  assert.deepEqual(legal([row('a', -1), row('b', 1)]), [row('b', 1)])
})

test('every arrival holds the same rows, and shuffled ones are not displaced beyond the out-of-orderness', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = new Random(seed)
    const mode = random.pick(['append', 'changelog', 'upsert'] as const)
    const input = randomInput('x', random, { rows: 80, mode })
    const shuffled = arrange(input, 'shuffled', random)
    assert.deepEqual(sorted(shuffled), sorted(input.rows), `seed ${seed}`)
    assert.deepEqual(sorted(fold(arrange(input, 'late', random))), sorted(fold(input.rows)), `seed ${seed}`)
    if (mode !== 'append') continue
    let latest = -(2n ** 62n)
    for (const { cells } of shuffled) {
      const time = cells[1] as bigint | null
      if (time === null) continue
      assert.ok(time >= latest - BigInt(input.outOfOrderness), `seed ${seed}`)
      if (time > latest) latest = time
    }
  }
})

test('a batch in disguise has the same cells and weights', () => {
  for (let seed = 1; seed <= 30; seed++) {
    const random = new Random(seed)
    const { schema, rows } = randomInput('x', random, { rows: 20, mode: 'changelog' })
    const batch = toBatch(schema, rows)
    const other = disguised(batch, random)
    assert.deepEqual(
      rows.map((_, i) => cellsAt(other, i)),
      rows.map((_, i) => cellsAt(batch, i)),
      `seed ${seed}`,
    )
    assert.deepEqual(
      rows.map((_, i) => other.weights?.[i] ?? 1),
      rows.map(r => r.weight),
    )
  }
})
