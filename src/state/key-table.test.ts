import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seeded } from '../runtime/random.ts'
import { columnOfCells } from '../schema/batch.ts'
import { type Cell, cellAt, cellKey } from '../schema/cell.ts'
import { type ColumnType, t } from '../schema/type.ts'
import { KeyTable } from './key-table.ts'

function numbersOf(
  table: KeyTable,
  types: readonly ColumnType[],
  rows: readonly (readonly Cell[])[],
): number[] {
  const columns = types.map((type, c) =>
    columnOfCells(
      type,
      rows.map(row => row[c]!),
    ),
  )
  return [...table.numbers(columns, rows.length)]
}

const cells = (table: KeyTable, numbers: readonly number[]): Cell[][] => {
  const columns = table.columnsOf(Int32Array.from(numbers))
  return numbers.map((_, row) => columns.map(column => cellAt(column, row)))
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)

const samples: readonly (readonly [ColumnType, readonly Cell[]])[] = [
  [t.bool(), [true, false]],
  [t.int32(), [0, -1, 2 ** 31 - 1]],
  [t.int64(), [0n, -1n, 2n ** 63n - 1n, 2n ** 32n]],
  [t.decimal(38, 2), [0n, -1n, 10n ** 38n - 1n, 2n ** 64n]],
  [t.float64(), [0, 1.5, -1e300]],
  [t.string(), ['', 'a', 'ä€😀']],
  [t.bytes(), [bytes(), bytes(0), bytes(0, 255)]],
  [t.date(), [0, -719_162]],
]

for (const [type, values] of samples) {
  for (const nullable of [false, true]) {
    test(`keys of ${type.kind}${nullable ? ' or null' : ''} keep their value`, () => {
      const types = [nullable ? t.nullable(type) : type]
      const rows = [...values, ...(nullable ? [null] : []), ...values].map(value => [value])
      const table = new KeyTable(types)
      const numbers = numbersOf(table, types, rows)
      assert.equal(table.size, values.length + (nullable ? 1 : 0))
      assert.deepEqual(cells(table, numbers), rows)
    })
  }
}

test('keys of several columns, null among them', () => {
  const types = [t.nullable(t.string()), t.nullable(t.int64()), t.bool()]
  const rows = [
    ['a', 1n, true],
    ['a', null, true],
    [null, 1n, true],
    ['a', 1n, false],
    [null, 1n, true],
  ]
  const table = new KeyTable(types)
  assert.deepEqual(numbersOf(table, types, rows), [0, 1, 2, 3, 2])
  assert.deepEqual(cells(table, [3, 2, 1]), [rows[3], rows[2], rows[1]])
})

test('−0 is 0', () => {
  assert.deepEqual(numbersOf(new KeyTable([t.float64()]), [t.float64()], [[0], [-0]]), [0, 0])
})

test('texts are one key in any dictionary, and a dictionary may grow', () => {
  const table = new KeyTable([t.string()])
  const dictionary = ['x', 'y']
  const number = (codes: number[], of: string[]): number[] => [
    ...table.numbers([{ form: 'text', values: Int32Array.from(codes), dictionary: of }], codes.length),
  ]
  assert.deepEqual(number([0, 1, 0], dictionary), [0, 1, 0])
  dictionary.push('z', 'x')
  assert.deepEqual(number([3, 2], dictionary), [0, 2])
  assert.deepEqual(number([1, 0], ['y', 'w']), [3, 1])
})

test('a released key is forgotten by all dictionaries', () => {
  const table = new KeyTable([t.string()])
  const dictionary = ['x', 'y']
  const column = { form: 'text', values: Int32Array.of(0, 1), dictionary } as const
  for (const number of table.numbers([column], 2)) table.retain(number)
  table.release(0)
  table.collect()
  assert.equal(table.size, 1)
  assert.deepEqual([...table.numbers([{ ...column, dictionary: ['y', 'new'] }], 2)], [1, 0])
  assert.deepEqual([...table.numbers([column], 2)], [2, 1])
})

test('texts of forgotten keys are freed, those in use are kept', () => {
  const types = [t.string(), t.int32()]
  const table = new KeyTable(types)
  const seed = 5
  const random = seeded(seed)
  const live = new Map<number, Cell[]>()
  for (let round = 0; round < 60; round++) {
    const rows = Array.from({ length: 500 }, (_, i) => [`${round}:${Math.floor(random() * 400)}`, i % 3])
    const numbers = numbersOf(table, types, rows)
    numbers.forEach((number, i) => {
      if (live.has(number)) assert.equal(cellKey(live.get(number)!), cellKey(rows[i]!), `seed ${seed}`)
      else table.retain(number)
      live.set(number, rows[i]!)
    })
    for (const number of [...live.keys()].slice(0, live.size - 300)) {
      table.release(number)
      live.delete(number)
    }
    table.collect()
    assert.deepEqual(cells(table, [...live.keys()]), [...live.values()], `seed ${seed}, round ${round}`)
  }
  assert.equal(table.size, 300)
  assert.ok(table.limit < 2000, 'numbers are used again')
})
