import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import {
  batch,
  count,
  files,
  generate,
  memory,
  microBatch,
  pipeline,
  type Relation,
  stream,
  sum,
  t,
  tumbling,
  warehouse,
} from '../index.ts'
import {
  asRows,
  type Given,
  gate,
  given,
  runOnRows,
  scriptedSink,
  scriptedSource,
  simulatedClock,
} from './index.ts'

const orders = files.csv('nowhere/orders.csv', {
  schema: { id: t.int64(), product: t.string(), price: t.decimal(12, 2), at: t.timestamp() },
  eventTime: { column: 'at' },
})
const products = files.parquet('nowhere/products.parquet', {
  schema: { product: t.string(), colour: t.string() },
})
const perMinute = orders
  .filter(c => c.price.gt(1))
  .window(tumbling('1 minute'))
  .groupBy('product')
  .agg({ revenue: sum('price'), n: count() })
const revenue = pipeline('revenue', perMinute, { to: files.parquet('nowhere/revenue.parquet') })

const order = (id: number, product: string, price: string, time: string) => ({
  id,
  product,
  price,
  at: `2024-01-01T${time}Z`,
})
const some = [
  order(1, 'apple', '2.50', '00:00:10'),
  order(2, 'bread', '0.50', '00:00:20'),
  order(3, 'apple', '4.00', '00:00:50'),
  order(4, 'bread', '3.00', '00:01:00'),
  order(5, 'apple', '9.00', '00:00:30'),
]
const minute = (n: number) => ({
  window_start: `2024-01-01T00:0${n}:00Z`,
  window_end: `2024-01-01T00:0${n + 1}:00Z`,
})

describe('runOnRows', () => {
  test('gives typed rows, as one would write them', async () => {
    const { rows, report } = await runOnRows(revenue, { inputs: [given(orders, some)] })
    const expected = asRows(perMinute, [
      { product: 'apple', revenue: '15.50', n: 3, ...minute(0) },
      { product: 'bread', revenue: '3.00', n: 1, ...minute(1) },
    ])
    assert.deepEqual(rows, expected)
    assert.equal(rows[0]!.n + 1, 4)
    assert.equal(rows[0]!.revenue?.toString(), '15.50')
    // @ts-expect-error: there is no such column
    assert.equal(rows[0]!.count, undefined)
    assert.deepEqual([report.mode, report.rowsRead], ['batch', 5])
    const source = [...report.operators.keys()].find(name => name.includes('source'))
    assert.match(source!, /orders\.csv/)
  })

  test('outside of batch mode rows come one by one, and the late ones are told', async () => {
    for (const mode of [stream(), microBatch('1 second')]) {
      const { rows, changes, late, report } = await runOnRows(revenue, {
        inputs: [given(orders, some)],
        mode,
      })
      assert.deepEqual(
        rows,
        asRows(perMinute, [
          { product: 'apple', revenue: '6.50', n: 2, ...minute(0) },
          { product: 'bread', revenue: '3.00', n: 1, ...minute(1) },
        ]),
      )
      assert.ok(changes.every(({ weight, epoch }) => weight === 1 && epoch >= 1))
      assert.deepEqual(late, [
        { operator: 'revenue/aggregate(product, 1 minute)', row: asRows(orders, [some[4]!])[0] },
      ])
      assert.deepEqual([report.processed, report.late], [4, 1])
      assert.equal([...report.operators.keys()].includes(undefined as never), false)
    }
  })

  test('late rows that the pipeline writes are told too', async () => {
    const late = pipeline('late', perMinute.late, { to: memory.collect(), mode: stream() })
    const ran = await runOnRows(late, { inputs: [given(orders, some)] })
    assert.deepEqual(ran.rows, asRows(orders, [some[4]!]))
    assert.deepEqual(
      ran.late.map(({ row }) => row),
      ran.rows,
    )
  })

  test('every source but rows in memory must be given, once, and none that is not read', async () => {
    const joined = orders.join(products, { on: 'product' })
    const p = pipeline('joined', joined, { to: memory.collect() })
    const refused = (inputs: Given[], message: RegExp) =>
      assert.rejects(runOnRows(p, { inputs }), { code: 'INVALID_ARGUMENT', message })
    await refused([], /no rows are given for .*orders\.csv \(id, product, price, at\) and .*products/)
    await refused([given(orders, [])], /no rows are given for .*products\.parquet \(product, colour\)\./)
    const other = generate({ schema: { n: t.int64() }, columns: { n: generate.sequence() } })
    await refused([given(orders, []), given(other, [])], /it does not read generate\. It reads .*orders/)
    await refused([given(orders, []), given(orders, [])], /two inputs are for the same source/)
    const inMemory = memory.rows([{ product: 'apple', colour: 'red' }], { schema: products.node.schema })
    const dimension = pipeline('d', orders.join(inMemory, { on: 'product' }), { to: memory.collect() })
    assert.equal((await runOnRows(dimension, { inputs: [given(orders, some)] })).rows.length, 3)
    // @ts-expect-error: a dataset is no pipeline
    await assert.rejects(runOnRows(joined), { code: 'INVALID_ARGUMENT', message: /what pipeline\(…\) gives/ })
  })

  test('a dataset that is computed is not given, nor a row that does not fit', () => {
    assert.throws(() => given(perMinute, []), { code: 'INVALID_ARGUMENT', message: /computed \(aggregate\)/ })
    assert.throws(() => given(orders, [order(1, 'apple', '1.005', '00:00:00')]), {
      message: /Row 1, column 'price'/,
    })
    // @ts-expect-error: a column is missing
    assert.throws(() => given(orders, [{ id: 1 }]), { message: /column 'product'/ })
  })

  test('an interval leaves out what lies outside it', async () => {
    const { rows } = await runOnRows(revenue, {
      inputs: [given(orders, some)],
      from: '2024-01-01T00:01:00Z',
      to: '2024-01-02',
    })
    assert.deepEqual(
      rows.map(({ product }) => product),
      ['bread'],
    )
  })

  test('dated paths, tables and SQL of the warehouse are replaced as files are', async () => {
    const schema = { id: t.int64(), at: t.timestamp() }
    const dated = files.ndjson('nowhere/{yyyy}-{MM}-{dd}.ndjson', { schema })
    const table = warehouse.table('orders', { schema, eventTime: { column: 'at' } })
    const computed = warehouse.sql('SELECT 1 AS id, now() AS at', { schema })
    const rows = ['2024-01-01', '2024-01-02'].map((day, id) => ({ id, at: `${day}T00:00:00Z` }))
    const idsOf = async (dataset: Relation<typeof schema, 'append'>, from?: string) => {
      const p = pipeline('p', dataset, { to: memory.collect() })
      const ran = await runOnRows(p, {
        inputs: [given(dataset, rows)],
        ...(from === undefined ? {} : { from }),
      })
      return ran.rows.map(({ id }) => Number(id))
    }
    assert.deepEqual(await idsOf(table), [0, 1])
    assert.deepEqual(await idsOf(table, '2024-01-02'), [1])
    assert.deepEqual(await idsOf(computed), [0, 1])
    // Rows of a dated path without an event time are those of the files inside the interval.
    assert.deepEqual(await idsOf(dated, '2024-01-02'), [0, 1])
  })

  test('a pipeline over a source without end is a stream, whose rows end here', async () => {
    const endless = generate({ schema: { n: t.int64() }, columns: { n: generate.sequence() } })
    const p = pipeline('p', endless, { to: memory.collect() })
    const { report, rows } = await runOnRows(p, { inputs: [given(endless, [{ n: 7 }, { n: 8 }])] })
    assert.equal(report.mode, 'stream')
    assert.deepEqual(rows, [{ n: 7n }, { n: 8n }])
  })

  test('bad records are told, and so are rows that a function did not take', async () => {
    const script = scriptedSource(orders, [{ rows: [some[0]!] }, { bad: 'x' }, { rows: [some[3]!] }])
    const checked = orders.map('check', { out: { id: t.int64() }, version: 1 }, ({ id }) => {
      if (id === 4n) throw new Error('four')
      return { id }
    })
    for (const mode of [batch(), stream()]) {
      const p = pipeline('p', checked, { to: memory.collect(), mode })
      const { rows, rejected, report } = await runOnRows(p, { inputs: [given(orders, script)] })
      assert.deepEqual([report.deadLettered, report.deadLetters], [2, undefined])
      assert.deepEqual(rows, [{ id: 1n }])
      assert.deepEqual(
        rejected.map(({ operator, code, row, record }) => [operator, code, row?.id, record?.place]),
        [
          ['p/source(scripted)', 'BAD_RECORD', undefined, 'scripted'],
          ['p/map(check)', 'USER_FUNCTION', 4n, undefined],
        ],
      )
    }
  })

  test('a simulated clock ends the steps of a micro-batch', async () => {
    const clock = simulatedClock()
    const held = gate()
    const script = scriptedSource(orders, [
      { rows: [some[0]!] },
      { pause: 40_000 },
      { rows: [some[1]!] },
      { pause: held },
      { rows: [some[2]!] },
    ])
    const also = scriptedSink()
    const p = pipeline('p', orders, { to: memory.collect(), mode: microBatch('1 minute') })
    const running = runOnRows(p, { inputs: [given(orders, script)], clock, also })
    await clock.asleep(2)
    await clock.advance(59_999)
    await held.reached
    assert.deepEqual(also.rows(), [])
    await clock.advance(1)
    assert.deepEqual(
      also.changes().map(({ epoch }) => epoch),
      [1, 1],
    )
    held.open()
    const { changes } = await running
    assert.deepEqual(
      changes.map(({ epoch, row }) => [epoch, row.id]),
      [
        [1, 1n],
        [1, 2n],
        [2, 3n],
      ],
    )
  })

  test('generated rows at a rate come by the clock', async () => {
    const clock = simulatedClock()
    const ticks = generate({ schema: { n: t.int32() }, columns: { n: generate.sequence() }, rate: 10 })
    const also = scriptedSink()
    const stop = new AbortController()
    const p = pipeline('p', ticks, { to: memory.collect() })
    const running = runOnRows(p, { inputs: [given(ticks, ticks)], clock, also, signal: stop.signal })
    const stopped = assert.rejects(running, { code: 'STOPPED' })
    await clock.asleep()
    await clock.advance(999)
    assert.equal(also.rows().length, 9)
    await clock.advance(1)
    assert.equal(also.rows().length, 10)
    stop.abort()
    await stopped
  })

  test('a run that is stopped rejects, and leaves nothing behind', async () => {
    // A folder that no other test writes to.
    const { TMPDIR } = process.env
    process.env.TMPDIR = mkdtempSync(join(tmpdir(), 'headrace-left-'))
    const stop = new AbortController()
    const script = scriptedSource(orders, [{ rows: some }, { pause: 'until stopped' }])
    const also = scriptedSink({ like: orders })
    const p = pipeline('p', orders, { to: memory.collect(), mode: stream() })
    const running = runOnRows(p, { inputs: [given(orders, script)], signal: stop.signal, also })
    while (also.rows().length < some.length) await new Promise(setImmediate)
    stop.abort()
    await assert.rejects(running, { code: 'STOPPED' })
    assert.deepEqual(readdirSync(process.env.TMPDIR), [])
    rmSync(process.env.TMPDIR, { recursive: true })
    if (TMPDIR === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = TMPDIR
    assert.equal(existsSync('nowhere'), false)
  })
})
