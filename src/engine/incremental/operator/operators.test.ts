import assert from 'node:assert/strict'
import { test } from 'node:test'
import { partitions, readings, trace, traced } from '../../../../test/incremental/trace.ts'
import { count, last, max, min, sum } from '../../../plan/builder/aggregate.ts'
import { columnOfCells } from '../../../schema/batch.ts'
import { t } from '../../../schema/type.ts'

const schema = { k: t.nullable(t.string()), n: t.nullable(t.int32()) }
const changing = { mode: 'changelog' } as const

test('filter keeps the rows for which the predicate is true, and counts the others', async () => {
  const input = readings(schema, [
    [
      ['a', 1],
      ['b', null],
      ['c', 3],
    ],
  ])
  const { lines, report } = await traced(
    input.filter(c => c.n.gt(1)),
    'once',
  )
  assert.deepEqual(lines, ['1: +1 c 3'])
  assert.deepEqual([...report.operators.values()].at(-1), { rowsIn: 3, rowsOut: 1, filtered: 2 })
})

test('a computed column sees only the rows that a filter has left', async () => {
  const input = readings({ n: t.int32() }, [[[2 ** 31 - 1], [1]]])
  const kept = input.filter(c => c.n.lt(5)).select(c => ({ next: c.n.add(1), n: c.n }))
  assert.deepEqual(await trace(kept, 10), ['1: +1 2 1'])
})

test('union keeps repeats and weights', async () => {
  const a = readings(schema, [
    [
      ['a', 1],
      ['a', 1],
    ],
  ])
  const b = readings(
    schema,
    [
      [
        ['b', 2, 1],
        ['b', 2, -1],
        ['c', 3, 2],
      ],
    ],
    changing,
  )
  assert.deepEqual((await traced(a.union(b), 'once')).lines, ['1: +2 a 1', '1: +2 c 3'])
})

test('distinct over added rows gives each row when it comes first, null equal to null', async () => {
  const input = readings(schema, [
    [
      ['a', 1],
      ['a', null],
      ['a', 1],
    ],
    [
      ['a', null],
      [null, 1],
    ],
  ])
  assert.deepEqual(await trace(input.distinct(), 3), ['1: +1 a 1', '1: +1 a null', '2: +1 null 1'])
})

test('distinct over changes gives a row while there is one of it', async () => {
  const input = readings(schema, [[['a', 1, 2]], [['a', 1, -1]], [['a', 1, -1]], [['a', 1, 1]]], changing)
  assert.deepEqual(await trace(input.distinct(), 1), ['1: +1 a 1', '3: -1 a 1', '4: +1 a 1'])
})

test('distinct holds a row that goes and comes within one step', async () => {
  const input = readings(
    schema,
    [
      [
        ['a', 1, 1],
        ['a', 1, -1],
        ['a', 1, 1],
      ],
      [['a', 1, -1]],
      [['b', 2, 1]],
    ],
    changing,
  )
  assert.deepEqual(await trace(input.distinct(), 3), ['1: +1 a 1', '2: -1 a 1', '2: +1 b 2'])
})

test('an aggregate by key emits what each step changed', async () => {
  const input = readings(schema, [
    [
      ['a', 1],
      [null, 5],
    ],
    [
      ['a', 2],
      [null, null],
    ],
    [
      ['b', 0],
      ['b', 0],
    ],
  ])
  assert.deepEqual(await trace(input.groupBy('k').agg({ n: sum('n') }), 2), [
    '1: +1 a 1',
    '1: +1 null 5',
    '2: -1 a 1',
    '2: +1 a 3',
    '3: +1 b 0',
  ])
})

test('a group whose rows have all gone is gone, and may come again', async () => {
  const input = readings(schema, [[['a', 1, 1]], [['a', 1, -1]], [['a', 7, 1]]], changing)
  assert.deepEqual(await trace(input.groupBy('k').agg({ n: sum('n'), rows: count() }), 1), [
    '1: +1 a 1 1',
    '2: -1 a 1 1',
    '3: +1 a 7 1',
  ])
})

for (const maxRows of [1, 3]) {
  test(`a group waits for rows that are taken away before they come: steps of ${maxRows}`, async () => {
    // So come the changes of several partitions, and the late rows of a relation that changes.
    const input = readings(schema, [[['a', 1, -1]], [['a', 1, 1]], [['a', 7, 1]]], changing)
    const groups = input.groupBy('k').agg({ n: sum('n'), rows: count(), least: min('n') })
    assert.deepEqual(await trace(groups, maxRows), [`${maxRows === 1 ? 3 : 1}: +1 a 7 1 7`])
  })
}

test('min, max and last give way to the next when theirs is taken away', async () => {
  const timed = { n: t.int32(), at: t.timestamp() }
  const rows = [
    [
      [1, 1n, 1],
      [5, 3n, 1],
      [3, 2n, 1],
    ],
    [[5, 3n, -1]],
    [[1, 1n, -1]],
  ]
  const input = readings(timed, rows, { ...changing, eventTime: 'at' })
  assert.deepEqual(await trace(input.agg({ min: min('n'), max: max('n'), last: last('n') }), 3), [
    '1: +1 1 5 5',
    '2: -1 1 5 5',
    '2: +1 3 3 3',
  ])
})

test('an aggregate without keys has one row at all times, also for no input', async () => {
  const none = readings(schema, [])
  assert.deepEqual(await trace(none.agg({ n: sum('n'), rows: count() }), 5), ['1: +1 null 0'])
  const some = readings(schema, [[['a', 1, 1]], [['a', 1, -1]]], changing)
  assert.deepEqual(await trace(some.agg({ rows: count() }), 1), ['1: +1 1', '2: -1 1', '2: +1 0'])
})

test('what a step adds and takes away again is not written', async () => {
  const input = readings(
    schema,
    [
      [
        ['a', 1, 1],
        ['b', 2, 1],
        ['a', 1, -1],
      ],
    ],
    changing,
  )
  assert.deepEqual(await trace(input, 3), ['1: +1 b 2'])
})

test('a column that a projection drops can make changes cancel', async () => {
  const input = readings(schema, [
    [
      ['a', 1],
      ['a', 3],
    ],
    [['a', 2]],
  ])
  const sums = input.groupBy('k').agg({ n: sum('n'), most: max('n') })
  assert.deepEqual(
    await trace(
      sums.select(c => ({ k: c.k, most: c.most })),
      2,
    ),
    ['1: +1 a 3'],
  )
})

const mapped = { out: { text: t.string() }, version: 1 }

test('map gives a row for a row, flatMap any number, each with its weight', async () => {
  const input = readings(
    schema,
    [
      [
        ['a', 2, 1],
        ['b', 1, -1],
      ],
    ],
    changing,
  )
  const map = input.map('shout', mapped, row => ({ text: `${row.k}!` }))
  assert.deepEqual(await trace(map, 5), ['1: -1 b!', '1: +1 a!'])
  const times = input.flatMap('times', mapped, function* (row) {
    for (let i = 0; i < row.n!; i++) yield { text: row.k! }
  })
  assert.deepEqual(await trace(times, 5), ['1: -1 b', '1: +2 a'])
})

test('mapBatch sees columns, and its weights are kept for it', async () => {
  const input = readings(
    schema,
    [
      [
        ['a', 2, 1],
        ['b', 1, -1],
      ],
    ],
    changing,
  )
  const upper = input.mapBatch('upper', mapped, async batch => {
    assert.equal(batch.weights, undefined)
    return { ...batch, schema: mapped.out, columns: [columnOfCells(t.string(), ['A', 'B'])] }
  })
  assert.deepEqual(await trace(upper, 5), ['1: -1 B', '1: +1 A'])
})

test('what a user function throws, and rows that do not fit, are named', async () => {
  const input = readings(schema, [[['a', 2]]])
  const failing = input.map('broken', mapped, () => {
    throw new Error('no')
  })
  await assert.rejects(trace(failing, 1), { code: 'USER_FUNCTION', message: "map 'broken' threw: no" })
  const wrong = input.map('wrong', mapped, () => ({ text: 7 as never }))
  await assert.rejects(trace(wrong, 1), {
    code: 'INVALID_ROW',
    message: /map 'wrong' .*'text'.*not a string/,
  })
  const narrow = input.mapBatch('narrow', mapped, batch => ({ ...batch, schema: mapped.out, columns: [] }))
  await assert.rejects(trace(narrow, 1), { code: 'INVALID_ROW', message: /mapBatch 'narrow' .* 0 columns/ })
})

test('two readers of one operator share its work', async () => {
  let calls = 0
  const input = partitions(schema, [[[['a', 1]]]]).map('counted', mapped, row => {
    calls++
    return { text: row.k! }
  })
  assert.deepEqual(await trace(input.union(input), 5), ['1: +1 a', '1: +1 a'])
  assert.equal(calls, 1)
})
