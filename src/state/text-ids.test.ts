import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NULL_ID, TextIds } from './text-ids.ts'

function encoded(
  ids: TextIds,
  dictionary: readonly string[],
  codes: readonly number[],
  valid?: readonly number[],
) {
  const words = new Int32Array(2 * codes.length)
  const column = { form: 'text', values: Int32Array.from(codes), dictionary } as const
  ids.encode(valid ? { ...column, valid: Uint8Array.from(valid) } : column, codes.length, words, 1, 2)
  return [...words].filter((_, i) => i % 2 === 1)
}

test('a text has one id in all dictionaries; null has its own', () => {
  const ids = new TextIds()
  assert.deepEqual(encoded(ids, ['a', 'b', 'a'], [2, 1, 0]), [1, 2, 1])
  assert.deepEqual(encoded(ids, ['c', 'b'], [1, 0, 0], [1, 1, 0]), [2, 3, NULL_ID])
  assert.equal(ids.entry(3), 'c')
})

test('collecting frees the ids of texts that are not used, for other texts', () => {
  const ids = new TextIds()
  encoded(ids, ['a', 'b', 'c'], [0, 1, 2])
  ids.collect([2])
  assert.equal(ids.size, 1)
  const dictionary = ['b', 'd']
  assert.deepEqual(encoded(ids, dictionary, [0, 1]), [2, 3])
  assert.deepEqual(encoded(ids, ['a'], [0]), [1])
  assert.equal(ids.entry(3), 'd')
})

test('collecting pays when most texts are dead, and there are many', () => {
  const ids = new TextIds()
  const many = Array.from({ length: 5000 }, (_, i) => `text ${i}`)
  encoded(ids, many, [...many.keys()])
  assert.equal(ids.worthCollecting(2400), true)
  assert.equal(ids.worthCollecting(2600), false)
})
