import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { files } from '../connector/files/files.ts'
import { generate } from '../connector/generate/endpoint.ts'
import { memory } from '../connector/memory/endpoint.ts'
import { print } from '../connector/print/endpoint.ts'
import { warehouse } from '../connector/warehouse/endpoint.ts'
import { avg, count, sum } from '../plan/builder/aggregate.ts'
import { tumbling } from '../plan/builder/window.ts'
import { open } from '../project/open.ts'
import { batchOfCells } from '../schema/batch.ts'
import { t } from '../schema/type.ts'
import { batch, microBatch, stream } from './mode.ts'
import { pipeline } from './pipeline.ts'

const schema = { at: t.timestamp(), who: t.string(), size: t.int64() }
const columns = {
  at: generate.sequence({ step: 1_000_000, jitter: 5_000_000 }),
  who: generate.oneOf(['a', 'b', 'c']),
  size: generate.uniform(0, 1000),
}
const eventTime = { column: 'at', outOfOrderness: '10 seconds' } as const
const rows = generate({ schema, columns, rows: 10_000, eventTime })
const endless = generate({ schema, columns, eventTime })
const perMinute = rows
  .window(tumbling('1 minute'))
  .groupBy('who')
  .agg({ n: count(), size: sum('size'), mean: avg('size') })

test('a pipeline has the same answer in every mode, and its rows are accounted for', async () => {
  const session = await open()
  const answers: string[][] = []
  for (const mode of [batch(), microBatch('1 second'), stream()]) {
    const collected = memory.collect({ like: perMinute })
    const report = await session.run(pipeline('p', perMinute, { to: collected }), { mode })
    answers.push(
      collected
        .rows()
        .map(row => JSON.stringify(row))
        .sort(),
    )
    assert.deepEqual(
      [report.mode, report.engine, report.rowsRead, report.processed, report.late],
      [mode.kind, mode.kind === 'batch' ? 'duckdb' : 'incremental', 10_000, 10_000, 0],
    )
    assert.equal(report.rowsWritten, collected.rows().length)
  }
  assert.ok(answers[0]!.length > 400)
  assert.deepEqual(answers[1], answers[0])
  assert.deepEqual(answers[2], answers[0])
  await session.close()
})

test('rows too late for their window are counted apart', async () => {
  const minute = (n: number) => `2024-01-01T00:0${n}:30Z`
  const timed = { at: t.timestamp() }
  // The watermark passes after each read, so each row is a batch.
  const arrivals = [minute(1), minute(5), minute(0)].map(at =>
    batchOfCells(timed, [[BigInt(Date.parse(at)) * 1000n]]),
  )
  const input = memory.batches(arrivals, { schema: timed, eventTime: { column: 'at' } })
  const perMinute = input.window(tumbling('1 minute')).agg({ n: count() })
  const collected = memory.collect({ like: perMinute })
  const session = await open()
  const report = await session.run(pipeline('p', perMinute, { to: collected, mode: stream() }))
  assert.deepEqual([report.rowsRead, report.processed, report.late], [3, 2, 1])
  assert.equal(collected.rows().length, 2)
  await session.close()
})

test('every target of a pipeline gets every row', async () => {
  const [a, b] = [memory.collect({ like: rows }), memory.collect({ like: rows })]
  const session = await open()
  await session.run(pipeline('p', rows, { to: [a, b] }))
  assert.equal(a.rows().length, 10_000)
  assert.deepEqual(b.rows(), a.rows())
  await session.close()
})

test('without a mode a pipeline is batch if its sources end, else stream', async () => {
  const session = await open()
  const report = await session.run(pipeline('p', rows, { to: memory.collect() }))
  assert.equal(report.mode, 'batch')
  const stop = new AbortController()
  const steps: number[] = []
  const running = session.run(pipeline('q', endless, { to: memory.collect() }), {
    signal: stop.signal,
    onProgress: progress => {
      if (steps.push(progress.rowsRead) === 3) stop.abort()
    },
  })
  await assert.rejects(running, { code: 'STOPPED' })
  assert.deepEqual(steps, [2048, 4096, 6144])
  await session.close()
})

test('what this version does not do is refused before anything is read', async () => {
  const session = await open()
  const to = memory.collect()
  const refused = (definition: Parameters<typeof session.run>[0], message: RegExp): Promise<void> =>
    assert.rejects(session.run(definition), { code: 'REFUSED', message })
  await refused(pipeline('p', rows, { to, mode: batch({ schedule: '0 1 * * *' }) }), /schedules/)
  await refused(pipeline('p', rows, { to, freshness: '5 minutes' }), /freshness/)
  await refused(pipeline('p', endless, { to, mode: batch() }), /no end/)
  const joined = rows.join(rows.select(c => ({ who: c.who })).distinct(), { on: 'who' })
  await refused(pipeline('p', joined, { to, mode: stream() }), /join/)
  assert.deepEqual(to.rows(), [])
  await session.close()
})

test('rows of a dataset come typed, and a reader may stop early', async () => {
  const session = await open()
  const sizes: bigint[] = []
  for await (const row of session.rows(rows.filter(c => c.who.eq('a')))) {
    sizes.push(row.size)
    assert.equal(row.who, 'a')
  }
  assert.ok(sizes.length > 3000)
  for await (const row of session.rows(rows)) {
    assert.equal(typeof row.at, 'number')
    break
  }
  await session.close()
})

test('closing a session stops what it runs, and a closed one runs nothing', async () => {
  const session = await open()
  const running = assert.rejects(session.run(pipeline('p', endless, { to: memory.collect() })), {
    code: 'STOPPED',
  })
  await session.close()
  await running
  await assert.rejects(session.run(pipeline('p', rows, { to: memory.collect() })), { code: 'STOPPED' })
  await assert.rejects(session.rows(rows).next(), { code: 'STOPPED' })
})

test('a session may be closed twice, also at once, and with await using', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'headrace-session-'))
  try {
    await using session = await open({ dir })
    const few = memory.rows([{ n: 1 }], { schema: { n: t.int32() } })
    await session.run(pipeline('p', few, { to: warehouse.table('few') }))
    await Promise.all([session.close(), session.close()])
    await session.close()
  } finally {
    rmSync(dir, { recursive: true })
  }
})

test('a session closes while a reader of its rows has not come back', async () => {
  const many = generate({ schema, columns, rows: 100_000 })
  const session = await open()
  const reader = session.rows(many)
  assert.equal((await reader.next()).done, false)
  await session.close()
  await assert.rejects(
    async () => {
      for await (const row of reader) assert.ok(row)
    },
    { code: 'STOPPED' },
  )
})

test('what is not a pipeline is not run', async () => {
  const session = await open()
  // @ts-expect-error: a dataset is not a pipeline
  await assert.rejects(session.run(rows), { code: 'INVALID_ARGUMENT', message: /rows\(dataset\)/ })
  await session.close()
})

test('a mode by its name, or the function that makes it, is not a mode', async () => {
  const session = await open()
  const p = pipeline('p', rows, { to: memory.collect() })
  const message = /the mode is .*Write batch\(\)/
  // @ts-expect-error: a mode is made by a function
  await assert.rejects(session.run(p, { mode: 'stream' }), { code: 'INVALID_ARGUMENT', message })
  // @ts-expect-error: and that function is called
  await assert.rejects(session.run(p, { mode: stream }), { code: 'INVALID_ARGUMENT', message })
  await session.close()
})

test('what is no dataset has no rows and is no pipeline', async () => {
  const session = await open()
  const written = files.csv('x.csv')
  const message = /an endpoint without a schema can only be written/
  // @ts-expect-error: without a schema it cannot be read
  assert.throws(() => pipeline('p', written, { to: memory.collect() }), { code: 'INVALID_ARGUMENT', message })
  // @ts-expect-error: nor here
  await assert.rejects(session.rows(written).next(), { code: 'INVALID_ARGUMENT', message })
  // @ts-expect-error: nothing at all
  await assert.rejects(session.rows(undefined).next(), {
    code: 'INVALID_ARGUMENT',
    message: /undefined is no dataset/,
  })
  await session.close()
})

test('a sink that fails ends a run at once, though its source is silent', async () => {
  const second = generate({ schema, columns, eventTime, rate: 1 })
  const failing = print({
    line: () => {
      throw new Error('scripted')
    },
  })
  const session = await open()
  const begin = performance.now()
  await assert.rejects(session.run(pipeline('p', rows.union(second), { to: failing })), {
    code: 'USER_FUNCTION',
  })
  assert.ok(performance.now() - begin < 800)
  await session.close()
})
