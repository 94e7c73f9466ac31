import assert from 'node:assert/strict'
import test from 'node:test'
import { cellsAt } from '../../schema/batch.ts'
import type { Cell } from '../../schema/cell.ts'
import { type Schema, t } from '../../schema/type.ts'
import type { Range, Source } from '../../seam/source.ts'
import { type ColumnGenerator, oneOf, sequence, uniform, withNulls } from './columns.ts'
import { generatedSource } from './source.ts'

async function cellsOf(source: Source, range: Range = { from: 0 }): Promise<Cell[][]> {
  const rows: Cell[][] = []
  for await (const { batch } of source.read('0', range, new AbortController().signal)) {
    for (let i = 0; i < batch.length; i++) rows.push(cellsAt(batch, i))
  }
  return rows
}

async function column(type: Schema[string], generator: ColumnGenerator, rows = 20_000): Promise<Cell[]> {
  const source = generatedSource({ schema: { x: type! }, columns: { x: generator }, rows, seed: 11 })
  return (await cellsOf(source)).map(row => row[0]!)
}

test('a sequence counts in the units of its type, beyond 32 bits and below zero', async () => {
  assert.deepEqual(await column(t.int64(), sequence({ from: -2, step: 2 ** 33 }), 3), [
    -2n,
    2n ** 33n - 2n,
    2n ** 34n - 2n,
  ])
  assert.deepEqual(await column(t.decimal(10, 2), sequence({ from: 1, step: 0.05 }), 3), [100n, 105n, 110n])
  assert.deepEqual(await column(t.decimal(38, 2), sequence({ from: -1 }), 2), [-100n, 0n])
  assert.deepEqual(await column(t.float64(), sequence({ step: 0.5 }), 3), [0, 0.5, 1])
  assert.deepEqual(await column(t.date(), sequence({ from: -1 }), 2), [-1, 0])
})

test('timestamps begin at a text and move by durations', async () => {
  const ticks = sequence({ from: '1970-01-01T00:01:00Z', step: '10 milliseconds' })
  assert.deepEqual(await column(t.timestamp(), ticks, 3), [60_000_000n, 60_010_000n, 60_020_000n])
  await assert.rejects(column(t.int64(), sequence({ step: '1 second' })), {
    message: /'x' is int64.*'1 second'/,
  })
  await assert.rejects(column(t.timestamp(), sequence({ from: 'noon' })), { message: /'x': from/ })
})

test('jitter moves each value by no more than itself, and both ways', async () => {
  const moved = await column(t.timestamp(), sequence({ step: 10, jitter: 100 }))
  const by = moved.map((value, row) => Number(value) - 10 * row)
  assert.equal(Math.max(...by), 100)
  assert.equal(Math.min(...by), -100)
})

test('uniform reaches both ends and is even', async () => {
  const values = (await column(t.int32(), uniform(-3, 6), 50_000)) as number[]
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  assert.deepEqual(
    [...counts.keys()].sort((a, b) => a - b),
    [-3, -2, -1, 0, 1, 2, 3, 4, 5, 6],
  )
  for (const count of counts.values()) assert.ok(Math.abs(count - 5000) < 300, `${count} of 50000 in a tenth`)
  const wide = (await column(t.int64(), uniform(0, 2 ** 52), 50_000)) as bigint[]
  assert.ok(new Set(wide.map(value => value & 0xffn)).size === 256, 'the low byte of wide numbers varies')
})

test('any range gives the rows that the whole gives there', async () => {
  const schema = { n: t.int64(), s: t.nullable(t.string()), x: t.nullable(t.decimal(30, 4)) }
  const columns = {
    n: uniform(0, 1e15),
    s: withNulls(0.3, oneOf(['a', 'b', 'c'])),
    x: withNulls(0.1, uniform(-5, 5)),
  }
  const source = generatedSource({ schema, columns, rows: 20_000, seed: 3 })
  const whole = await cellsOf(source)
  assert.equal(whole.length, 20_000)
  assert.ok(whole.filter(row => row[1] === null).length > 5000)
  for (const [from, to] of [
    [0, 1],
    [8191, 8193],
    [100, 100],
    [19_999, 30_000],
    [5, 16_500],
  ] as const) {
    assert.deepEqual(await cellsOf(source, { from, to }), whole.slice(from, to))
  }
  const other = generatedSource({ schema, columns, rows: 20_000, seed: 4 })
  assert.notDeepEqual(await cellsOf(other), whole)
})

test('what the type cannot hold is refused, naming the column', async () => {
  assert.throws(
    () => generatedSource({ schema: { x: t.int32() }, columns: { x: uniform(0, 2 ** 31) }, seed: 1 }),
    {
      code: 'INVALID_ARGUMENT',
      message: /'x'.*int32/,
    },
  )
  await assert.rejects(column(t.int32(), sequence({ step: 1_000_000 })), { code: 'INVALID_ARGUMENT' })
  await assert.rejects(column(t.string(), uniform(0, 1)), { code: 'INVALID_ARGUMENT', message: /oneOf/ })
  await assert.rejects(column(t.int32(), withNulls(0.5, uniform(0, 1))), { message: /not nullable/ })
})

test('a rate spreads rows over time, and an abort ends an endless source', async () => {
  const source = generatedSource({
    schema: { x: t.int32() },
    columns: { x: sequence() },
    seed: 1,
    rate: 1000,
  })
  assert.equal(source.bounded, false)
  const stop = new AbortController()
  const begin = performance.now()
  let rows = 0
  for await (const { batch } of source.read('0', { from: 0 }, stop.signal)) {
    rows += batch.length
    if (rows >= 300) stop.abort()
  }
  assert.equal(rows, 300)
  assert.ok(performance.now() - begin > 250)
})

test('values to choose from are those of the column, written as rows are', async () => {
  assert.deepEqual(await column(t.decimal(5, 2), oneOf(['1.5']), 2), [150n, 150n])
  assert.deepEqual(await column(t.timestamp(), oneOf(['1970-01-01T00:00:01Z']), 1), [1_000_000n])
  await assert.rejects(column(t.int32(), oneOf(['a'])), { code: 'BAD_VALUE', message: /'x'/ })
  await assert.rejects(column(t.enum('a'), oneOf(['b'])), { code: 'BAD_VALUE' })
  await assert.rejects(column(t.string(), oneOf(['a', null])), { code: 'NULL_VALUE' })
})

test('nulls of two generators add up', async () => {
  const both = withNulls(0.5, oneOf(['a', null]))
  const nulls = (await column(t.nullable(t.string()), both)).filter(cell => cell === null)
  assert.ok(Math.abs(nulls.length / 20_000 - 0.75) < 0.02, `${nulls.length} of 20,000`)
  await assert.rejects(column(t.nullable(t.string()), withNulls(50, oneOf(['a']))), {
    message: /from 0 to 1/,
  })
})

test('a step that the type cannot hold is refused, not rounded', async () => {
  await assert.rejects(column(t.int32(), sequence({ step: 0.5 })), { message: /'x' is int32.* 0\.5 exactly/ })
  await assert.rejects(column(t.decimal(5, 2), uniform(0, 0.005)), { code: 'INVALID_ARGUMENT' })
  assert.deepEqual(await column(t.decimal(5, 2), sequence({ step: 1.1 }), 2), [0n, 110n])
})
