import assert from 'node:assert/strict'
import test from 'node:test'
import { type Batch, batchOfCells, cellsAt } from '../schema/batch.ts'
import type { Cell } from '../schema/cell.ts'
import { t } from '../schema/type.ts'
import { addedRows, Fold } from './fold.ts'

const schema = { id: t.int32(), name: t.nullable(t.string()) }
const batch = (rows: Cell[][], weights?: number[]): Batch => batchOfCells(schema, rows, weights)
const cells = (batches: Iterable<Batch>): Cell[][] =>
  [...batches].flatMap(each => Array.from({ length: each.length }, (_, row) => cellsAt(each, row)))

test('weights of equal rows add up, over batches and in any order', () => {
  const fold = new Fold(schema)
  fold.add(
    batch(
      [
        [1, 'a'],
        [2, null],
        [1, 'a'],
      ],
      [1, -1, 2],
    ),
  )
  fold.add(
    batch(
      [
        [2, null],
        [1, 'a'],
        [3, 'c'],
      ],
      [1, -2, 1],
    ),
  )
  assert.deepEqual(cells(fold.batches()), [
    [1, 'a'],
    [3, 'c'],
  ])
})

test('large relations come out in several batches', () => {
  const fold = new Fold(schema)
  for (let i = 0; i < 5; i++) fold.add(batch(Array.from({ length: 5000 }, (_, id) => [id, null])))
  const batches = [...fold.batches()]
  assert.equal(cells(batches).length, 25_000)
  assert.ok(batches.length > 1)
})

test('taking away what is not there is a mistake of the engine', () => {
  const fold = new Fold(schema)
  fold.add(batch([[1, 'a']], [-1]))
  assert.throws(() => cells(fold.batches()), /not there/)
})

test('with a key the last row wins', () => {
  const fold = new Fold(schema, ['id'])
  fold.add(
    batch([
      [1, 'a'],
      [2, 'b'],
      [1, null],
    ]),
  )
  assert.deepEqual(cells(fold.batches()), [
    [1, null],
    [2, 'b'],
  ])
})

test('rows that are only added stand as often as their weight says', () => {
  assert.deepEqual(
    cells([
      addedRows(
        batch(
          [
            [1, 'a'],
            [2, 'b'],
          ],
          [1, 3],
        ),
      ),
    ]),
    [
      [1, 'a'],
      [2, 'b'],
      [2, 'b'],
      [2, 'b'],
    ],
  )
  assert.equal(addedRows(batch([[1, 'a']], [1])).weights, undefined)
  assert.throws(() => addedRows(batch([[1, 'a']], [-1])), /takes one away/)
})

test('the same relation comes out in the same order, however its changes came', () => {
  const rows: Cell[][] = [
    [2, null],
    [1, 'é'],
    [2, 'a'],
    [1, 'z'],
    [-1, 'b'],
  ]
  for (const order of [rows, rows.toReversed(), rows.toSorted()]) {
    const fold = new Fold(schema)
    for (const row of order) fold.add(batch([row]))
    assert.deepEqual(cells(fold.batches()), [
      [-1, 'b'],
      [1, 'z'],
      [1, 'é'],
      [2, 'a'],
      [2, null],
    ])
  }
})
