import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seeded } from '../runtime/random.ts'
import { WordTable } from './word-table.ts'

function numbersOf(table: WordTable, keys: readonly (readonly number[])[]): number[] {
  const out = new Int32Array(keys.length)
  table.add(Int32Array.from(keys.flat()), keys.length, out)
  return [...out]
}

test('numbers count up from 0, and equal keys share one', () => {
  const table = new WordTable(2)
  assert.deepEqual(
    numbersOf(table, [
      [1, 2],
      [1, 3],
      [1, 2],
      [-1, 2],
    ]),
    [0, 1, 0, 2],
  )
  assert.equal(table.size, 3)
  assert.deepEqual([table.word(1, 0), table.word(1, 1)], [1, 3])
})

test('a table without words has one key', () => {
  assert.deepEqual(numbersOf(new WordTable(0), [[], [], []]), [0, 0, 0])
})

test('the number of a removed key is used again', () => {
  const table = new WordTable(1)
  numbersOf(table, [[10], [20], [30]])
  table.remove(1)
  assert.equal(table.size, 2)
  assert.deepEqual(numbersOf(table, [[30], [40], [10], [20]]), [2, 1, 0, 3])
})

for (const width of [1, 3]) {
  test(`random additions and removals of keys of ${width} words, against a Map`, () => {
    const seed = 20 + width
    const random = seeded(seed)
    const table = new WordTable(width)
    const model = new Map<string, number>()
    for (let round = 0; round < 400; round++) {
      // Few different words make long runs of occupied slots, and removals inside them.
      const keys = Array.from({ length: 50 }, () =>
        Array.from({ length: width }, () => Math.floor(random() * (width === 1 ? 600 : 9)) * 1024),
      )
      const numbers = numbersOf(table, keys)
      keys.forEach((key, i) => {
        const known = model.get(key.join())
        if (known === undefined) model.set(key.join(), numbers[i]!)
        else assert.equal(numbers[i], known, `seed ${seed}, round ${round}`)
      })
      assert.equal(
        new Set(model.values()).size,
        model.size,
        `seed ${seed}, round ${round}: one number, one key`,
      )
      for (const [key, number] of [...model]) {
        if (random() < 0.7) continue
        table.remove(number)
        model.delete(key)
      }
      assert.equal(table.size, model.size)
    }
    assert.ok(table.limit <= 1000, 'numbers are used again')
  })
}
