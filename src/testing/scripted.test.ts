import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memory, open, pipeline, stream, t } from '../index.ts'
import { targetOf } from '../plan/endpoint.ts'
import type { SourceNode } from '../plan/node.ts'
import { rowsOf } from '../schema/row.ts'
import type { Read, Source } from '../seam/source.ts'
import { gate, scriptedSink, scriptedSource, sinkLaws, type sinkSchema, sourceLaws } from './index.ts'

const schema = { n: t.int32(), at: t.timestamp() }
const second = (n: number): string => new Date(n * 1000).toISOString()
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({ n: from + i, at: second(from + i) }))
const sourceOf = (dataset: { readonly node: unknown }): Source => (dataset.node as SourceNode).source

async function readAll(source: Source, signal = new AbortController().signal): Promise<Read[]> {
  const reads: Read[] = []
  for (const partition of await source.partitions()) {
    for await (const read of source.read(partition, { from: 0 }, signal)) reads.push(read)
  }
  return reads
}

sourceLaws('scriptedSource', {
  rows: 30,
  rejected: 1,
  make: async () => {
    const watermark = second(3)
    const a = [{ rows: numbers(0, 10) }, { watermark }, { pause: 1 }, { bad: '?' }, { rows: numbers(10, 12) }]
    return sourceOf(scriptedSource(schema, { a, b: [{ rows: numbers(12, 30) }] }, { bounded: true }))
  },
})

sinkLaws('scriptedSink', {
  make: async () => {
    const target = scriptedSink<typeof sinkSchema>()
    return {
      sink: targetOf(target)!.sink,
      rows: async () => target.rows().map(({ k, n }) => [k as string, n as number] as const),
    }
  },
})

test('a script is played step by step, and ends', async () => {
  const source = sourceOf(
    scriptedSource(
      schema,
      [
        { rows: numbers(0, 2) },
        { watermark: second(1) },
        { bad: 'x,y', message: 'two fields' },
        { rows: numbers(2, 3) },
      ],
      { name: 'orders', key: 'n', eventTime: { column: 'at' } },
    ),
  )
  assert.deepEqual([source.name, source.bounded], ['orders', true])
  const reads = await readAll(source)
  assert.deepEqual(
    reads.map(({ batch, position, watermark }) => [rowsOf(batch).map(({ n }) => n), position, watermark]),
    [
      [[0, 1], 2, undefined],
      [[], 2, 1_000_000n],
      [[], 3, undefined],
      [[2], 4, undefined],
    ],
  )
  const [bad] = reads[2]!.rejected!
  assert.deepEqual(
    { ...bad, bytes: Buffer.from(bad!.bytes).toString() },
    { place: 'orders', position: 2, bytes: 'x,y', code: 'BAD_RECORD', message: 'two fields' },
  )
})

test('a read that fails does so with the error of the script', async () => {
  const fails = (fail: string | Error) => readAll(sourceOf(scriptedSource(schema, [{ rows: [] }, { fail }])))
  await assert.rejects(fails('the wire was cut'), { code: 'READ_FAILED', message: 'the wire was cut' })
  await assert.rejects(fails(new RangeError('mine')), RangeError)
})

test('a source that pauses has no end for engines, unless it is said', async () => {
  const pausing = [{ pause: 'until stopped' }] as const
  const source = sourceOf(scriptedSource(schema, pausing))
  assert.equal(source.bounded, false)
  assert.equal(sourceOf(scriptedSource(schema, pausing, { bounded: true })).bounded, true)
  const stop = new AbortController()
  const reading = readAll(source, stop.signal)
  stop.abort()
  assert.deepEqual(await reading, [])
})

test('what is no step, and what is no row, is refused where it is defined', () => {
  // @ts-expect-error: there is no such step
  assert.throws(() => scriptedSource(schema, [{ row: [] }]), {
    code: 'INVALID_ARGUMENT',
    message: /one of rows, watermark, pause, bad, fail/,
  })
  // @ts-expect-error: a column is missing
  assert.throws(() => scriptedSource(schema, [{ rows: [{ n: 1 }] }]), { message: /Row 1, column 'at'/ })
  assert.throws(() => scriptedSource(schema, [{ watermark: 'noon' }]), { message: /watermark is "noon"/ })
  // @ts-expect-error: a fault has a moment
  assert.throws(() => scriptedSink({ faults: [{ fail: 'during write' }] }), { code: 'INVALID_ARGUMENT' })
})

test('rows that came before a gate are written while the source waits at it', async () => {
  const held = gate()
  const input = scriptedSource(schema, [{ rows: numbers(0, 2) }, { pause: held }, { rows: numbers(2, 3) }])
  const sink = scriptedSink({ like: input })
  const session = await open()
  const running = session.run(pipeline('p', input, { to: sink, mode: stream() }))
  await held.reached
  while (sink.rows().length < 2) await new Promise(setImmediate)
  assert.deepEqual(
    sink.rows().map(({ n }) => n),
    [0, 1],
  )
  held.open()
  await running
  assert.equal(sink.rows().length, 3)
  await session.close()
})

test('"wrote, then reported failure": the run fails, and what was committed is there', async () => {
  const input = scriptedSource(schema, [{ rows: numbers(0, 3000) }])
  const sink = scriptedSink({ like: input, faults: [{ fail: 'after commit', epoch: 1 }] })
  const p = pipeline('p', input, { to: sink, mode: stream() })
  const session = await open()
  await assert.rejects(session.run(p), {
    code: 'WRITE_FAILED',
    message: 'The script fails after commit of epoch 1.',
  })
  assert.equal(sink.rows().length, 2048)
  assert.deepEqual(sink.calls(), [
    { call: 'open' },
    { call: 'write', epoch: 1, rows: 2048 },
    { call: 'commit', epoch: 1, failed: true },
    { call: 'close', ended: false },
  ])
  await session.run(p)
  assert.equal(sink.rows().length, 3000)
  await session.close()
})

test('each call of a sink can fail, before its work and after it', async () => {
  const session = await open()
  const committed = async (fail: 'before' | 'after', call: 'open' | 'write' | 'commit' | 'close') => {
    const input = memory.rows(numbers(0, 1), { schema })
    const sink = scriptedSink({ like: input, faults: [{ fail: `${fail} ${call}`, error: `no ${call}` }] })
    await assert.rejects(session.run(pipeline('p', input, { to: sink })), { message: `no ${call}` })
    return sink.rows().length
  }
  for (const when of ['before', 'after'] as const) {
    assert.equal(await committed(when, 'open'), 0)
    assert.equal(await committed(when, 'write'), 0)
    assert.equal(await committed(when, 'commit'), when === 'before' ? 0 : 1)
    assert.equal(await committed(when, 'close'), 1)
  }
  await session.close()
})
