import assert from 'node:assert/strict'
import { test } from 'node:test'
import { partitions, readings, trace, traced } from '../../../../test/incremental/trace.ts'
import { count, last, sum } from '../../../plan/builder/aggregate.ts'
import { hopping, tumbling } from '../../../plan/builder/window.ts'
import { t } from '../../../schema/type.ts'

const schema = { k: t.string(), n: t.int32(), at: t.nullable(t.timestamp()) }
const SECOND = 1_000_000
/** A row of a key, a number, and a second. */
const row = (k: string, n: number, second: number) => [k, n, BigInt(second * SECOND)]
const timed = { eventTime: 'at' } as const
const minute = (n: number): string => `${n * 60 * SECOND} ${(n + 1) * 60 * SECOND}`

test('a window is emitted once the watermark has passed its end, and the last ones at the end of input', async () => {
  const input = readings(
    schema,
    [[row('a', 1, 0), row('b', 2, 59)], [row('a', 4, 60)], [row('a', 8, 119)]],
    timed,
  )
  const sums = input
    .window(tumbling('1 minute'))
    .groupBy('k')
    .agg({ n: sum('n') })
  assert.deepEqual(await trace(sums, 2), [
    `2: +1 a ${minute(0)} 1`,
    `2: +1 b ${minute(0)} 2`,
    `3: +1 a ${minute(1)} 12`,
  ])
})

test('a window closes one microsecond after its last instant, not before', async () => {
  const end = BigInt(60 * SECOND)
  const at = (last: bigint) =>
    readings(schema, [[['a', 1, 0n]], [['a', 1, last]], [['a', 1, end * 9n]]], timed)
  const steps = async (last: bigint) =>
    (await trace(at(last).window(tumbling('1 minute')).agg({ n: count() }), 1)).map(line => line.slice(0, 1))
  // The watermark lies 1 µs behind the latest event time.
  assert.deepEqual(await steps(end - 1n), ['3', '4'])
  assert.deepEqual(await steps(end), ['2', '3', '4'])
})

test('out-of-orderness holds the watermark back', async () => {
  const late = [[row('a', 1, 0)], [row('a', 1, 64)], [row('a', 1, 59)], [row('a', 1, 65)]]
  const input = readings(schema, late, { ...timed, outOfOrderness: 5 * SECOND })
  assert.deepEqual(await trace(input.window(tumbling('1 minute')).agg({ n: count() }), 1), [
    `4: +1 ${minute(0)} 2`,
    `5: +1 ${minute(1)} 2`,
  ])
})

test('a late row is counted, kept out of the window, and is a row of late', async () => {
  const input = readings(schema, [[row('a', 1, 10)], [row('a', 1, 60)], [row('b', 7, 59)]], timed)
  const windows = input.window(tumbling('1 minute'))
  const { lines, report } = await traced(windows.agg({ n: count() }), { maxRows: 1 })
  assert.deepEqual(lines, [`2: +1 ${minute(0)} 1`, `4: +1 ${minute(1)} 1`])
  const counters = [...report.operators.values()].find(({ late }) => late !== undefined)
  assert.deepEqual(counters, { rowsIn: 3, rowsOut: 2, late: 1, nullTimes: 0 })
  assert.deepEqual(await trace(windows.agg({ n: count() }).late, 1), [`3: +1 b 7 ${59 * SECOND}`])
})

test('rows of a batch are late by the watermark before it, not by each other', async () => {
  const input = readings(schema, [[row('a', 1, 120), row('a', 1, 10)], [row('a', 1, 10)]], timed)
  const { report } = await traced(input.window(tumbling('1 minute')).agg({ n: count() }), { maxRows: 100 })
  assert.deepEqual([...report.operators.values()].at(-1), { rowsIn: 3, rowsOut: 2, late: 1, nullTimes: 0 })
})

test('a row without a time is in no window, and counted', async () => {
  const input = readings(schema, [[['a', 1, null], row('a', 1, 1)]], timed)
  const { lines, report } = await traced(input.window(tumbling('1 minute')).agg({ n: count() }), 'once')
  assert.deepEqual(lines, [`1: +1 ${minute(0)} 1`])
  assert.equal([...report.operators.values()].at(-1)!.nullTimes, 1)
})

test('with allowed lateness a closed window is refined: its old row goes, its new one comes', async () => {
  const rows = [
    [row('a', 1, 10)],
    [row('a', 1, 60)],
    [row('a', 4, 20)],
    [row('b', 5, 30)],
    [row('a', 1, 71)],
    [row('a', 9, 50)],
  ]
  const windows = readings(schema, rows, timed).window(tumbling('1 minute'), {
    allowedLateness: '10 seconds',
  })
  assert.deepEqual(await trace(windows.groupBy('k').agg({ n: sum('n') }), 1), [
    `2: +1 a ${minute(0)} 1`,
    `3: -1 a ${minute(0)} 1`,
    `3: +1 a ${minute(0)} 5`,
    `4: +1 b ${minute(0)} 5`,
    `7: +1 a ${minute(1)} 2`,
  ])
})

test('per-step emission gives what each step changed, and nothing where the result stays', async () => {
  const rows = [
    [row('a', 1, 1), row('b', 1, 2)],
    [row('a', 2, 3), row('b', 0, 4)],
  ]
  const windows = readings(schema, rows, timed).window(tumbling('1 minute'), { emit: 'per-step' })
  assert.deepEqual(await trace(windows.groupBy('k').agg({ n: sum('n') }), 2), [
    `1: +1 a ${minute(0)} 1`,
    `1: +1 b ${minute(0)} 1`,
    `2: -1 a ${minute(0)} 1`,
    `2: +1 a ${minute(0)} 3`,
  ])
})

test('windows before 1970 and beyond the exact range of a double are aligned alike', async () => {
  const year2300 = 10_413_792_000_000_000n
  const rows = [
    ['a', 1, -1n],
    ['a', 1, year2300 + 59_999_999n],
  ]
  assert.deepEqual(
    await trace(readings(schema, [rows], timed).window(tumbling('1 minute')).agg({ n: count() }), 2),
    [`1: +1 ${-60 * SECOND} 0 1`, `2: +1 ${year2300} ${year2300 + 60_000_000n} 1`],
  )
})

test('the watermark of several partitions is the least of theirs', async () => {
  const slow = [[row('a', 1, 1)], [row('a', 1, 2)], [row('a', 1, 61)]]
  const fast = [[row('b', 1, 100)], [row('b', 1, 101)], [row('b', 1, 102)]]
  const input = partitions(schema, [slow, fast], timed)
  assert.deepEqual(await trace(input.window(tumbling('1 minute')).agg({ n: count() }), 1), [
    `5: +1 ${minute(0)} 2`,
    `7: +1 ${minute(1)} 4`,
  ])
})

const hops = hopping('1 minute', { slide: '20 seconds' })
const window = (start: number): string => `${start * SECOND} ${(start + 60) * SECOND}`

for (const allowedLateness of ['0 seconds', '1 second'] as const) {
  const how = allowedLateness === '0 seconds' ? 'panes put together' : 'an aggregate for each window'
  test(`a row lies in every hopping window over it: ${how}`, async () => {
    const rows = [[row('a', 1, 5), row('a', 2, 25)], [row('a', 4, 300)]]
    const windows = readings(schema, rows, timed).window(hops, { allowedLateness })
    assert.deepEqual(await trace(windows.groupBy('k').agg({ n: sum('n') }), 2), [
      `1: +1 a ${window(-40)} 1`,
      `2: +1 a ${window(-20)} 3`,
      `2: +1 a ${window(0)} 3`,
      `2: +1 a ${window(20)} 2`,
      `2: +1 a ${window(260)} 4`,
      `2: +1 a ${window(280)} 4`,
      `2: +1 a ${window(300)} 4`,
    ])
  })
}

test('a row is late for all its hopping windows once the first has closed', async () => {
  const input = readings(schema, [[row('a', 1, 60)], [row('a', 1, 39)], [row('a', 1, 20)]], timed)
  const { report } = await traced(input.window(hops).agg({ n: last('n') }), {
    maxRows: 1,
  })
  // The watermark is just before 60 s. The first window over 39 s ends at 40 s.
  assert.equal([...report.operators.values()].at(-1)!.late, 2)
})

test('rows taken away leave their window; a window without rows is not emitted', async () => {
  const schema = { n: t.int32(), at: t.timestamp() }
  const changing = [
    [
      [1, 0n, 1],
      [2, 1n, 1],
      [7, BigInt(60 * SECOND), 1],
    ],
    [
      [2, 1n, -1],
      [7, BigInt(60 * SECOND), -1],
    ],
  ]
  const input = readings(schema, changing, {
    eventTime: 'at',
    mode: 'changelog',
    outOfOrderness: 3600 * SECOND,
  })
  assert.deepEqual(await trace(input.window(tumbling('1 minute')).agg({ n: sum('n') }), 3), [
    `2: +1 ${minute(0)} 1`,
  ])
})

test('windows over windows: the event time of a result is the last instant of its window', async () => {
  const rows = [[row('a', 1, 1), row('a', 1, 61)], [row('a', 1, 121)], [row('a', 1, 200)]]
  const minutes = readings(schema, rows, timed).window(tumbling('1 minute')).agg({ n: count() })
  const twos = minutes.window(tumbling('2 minutes')).agg({ n: sum('n') })
  const two = (n: number) => `${n * 120 * SECOND} ${(n + 1) * 120 * SECOND}`
  assert.deepEqual(await trace(twos, 2), [`2: +1 ${two(0)} 2`, `3: +1 ${two(1)} 2`])
})
