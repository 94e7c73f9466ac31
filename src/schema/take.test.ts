import assert from 'node:assert/strict'
import test from 'node:test'
import { type Batch, batchOfCells, cellsAt } from './batch.ts'
import type { Cell } from './cell.ts'
import { concat, slice, take } from './take.ts'
import { t } from './type.ts'

const schema = {
  yes: t.bool(),
  small: t.nullable(t.int32()),
  big: t.int64(),
  exact: t.decimal(38, 2),
  real: t.float64(),
  text: t.nullable(t.string()),
  bytes: t.bytes(),
  list: t.nullable(t.list(t.string())),
}

function row(i: number): Cell[] {
  return [
    i % 2 === 0,
    i % 3 === 0 ? null : i,
    BigInt(i) * 2n ** 40n - 5n,
    -(10n ** 30n) * BigInt(i),
    i / 8,
    i % 4 === 1 ? null : `text ${i % 5}`,
    Uint8Array.of(i),
    i % 5 === 2 ? null : Array.from({ length: i % 4 }, (_, j) => `${i}.${j}`),
  ]
}

const rows = (from: number, to: number): Cell[][] =>
  Array.from({ length: to - from }, (_, i) => row(from + i))
const rowsOf = (batch: Batch): Cell[][] => Array.from({ length: batch.length }, (_, i) => cellsAt(batch, i))

test('a slice has the rows of its range, of every form', () => {
  const batch = batchOfCells(schema, rows(0, 20))
  for (const [from, to] of [
    [0, 20],
    [0, 7],
    [7, 13],
    [19, 20],
    [5, 5],
  ] as const) {
    assert.deepEqual(rowsOf(slice(batch, from, to)), rows(from, to))
  }
})

test('take gathers rows in any order and more than once, also out of a slice', () => {
  const batch = slice(batchOfCells(schema, rows(0, 20)), 4, 18)
  const taken = take(batch, Int32Array.of(13, 0, 5, 5, 1))
  assert.deepEqual(rowsOf(taken), [row(17), row(4), row(9), row(9), row(5)])
})

test('concat joins slices whose dictionaries and children differ', () => {
  const a = slice(batchOfCells(schema, rows(0, 10)), 2, 9)
  const b = batchOfCells(schema, rows(10, 14))
  assert.deepEqual(rowsOf(concat([a, b, a])), [...rows(2, 9), ...rows(10, 14), ...rows(2, 9)])
})

test('concat keeps a shared dictionary, and of different ones only what is in use', () => {
  const whole = batchOfCells({ text: t.string() }, [['a'], ['b'], ['c']])
  const same = concat([slice(whole, 0, 1), slice(whole, 2, 3)])
  assert.equal(
    (same.columns[0] as { dictionary: unknown }).dictionary,
    (whole.columns[0] as { dictionary: unknown }).dictionary,
  )
  let carried = slice(whole, 0, 1)
  for (let i = 0; i < 50; i++) {
    carried = slice(concat([carried, batchOfCells({ text: t.string() }, [[`${i}`]])]), 0, 1)
  }
  assert.deepEqual(rowsOf(carried), [['a']])
  assert.equal((carried.columns[0] as { dictionary: readonly string[] }).dictionary.length, 2)
})

test('weights follow their rows; a batch without them counts as +1 each', () => {
  const weighted = batchOfCells({ n: t.int32() }, [[1], [2], [3]], [1, -1, 2])
  const plain = batchOfCells({ n: t.int32() }, [[4]])
  assert.deepEqual([...slice(weighted, 1, 3).weights!], [-1, 2])
  assert.deepEqual([...take(weighted, Int32Array.of(2, 1)).weights!], [2, -1])
  assert.deepEqual([...concat([weighted, plain]).weights!], [1, -1, 2, 1])
})
