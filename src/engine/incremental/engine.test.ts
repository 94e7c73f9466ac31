import assert from 'node:assert/strict'
import { test } from 'node:test'
import { partitions, readings, traced } from '../../../test/incremental/trace.ts'
import { avg, count, countDistinct, first, quantile, stddev, sum } from '../../plan/builder/aggregate.ts'
import { hopping, tumbling } from '../../plan/builder/window.ts'
import type { Node } from '../../plan/node.ts'
import { seeded } from '../../runtime/random.ts'
import { systemRuntime } from '../../runtime/runtime.ts'
import { batchOfCells } from '../../schema/batch.ts'
import type { Cell } from '../../schema/cell.ts'
import { t } from '../../schema/type.ts'
import { failOnRejection } from '../rejection.ts'
import { incrementalEngine } from './engine.ts'

const still = { ...systemRuntime, now: () => 0 }

const schema = { k: t.nullable(t.string()), n: t.nullable(t.int64()), at: t.timestamp() }
const MINUTE = 60_000_000

/** Rows that come up to half a minute out of order. */
function rows(seed: number, count_: number): Cell[][] {
  const random = seeded(seed)
  return Array.from({ length: count_ }, (_, i) => [
    random() < 0.05 ? null : `key ${Math.floor(random() * 20)}`,
    random() < 0.05 ? null : BigInt(Math.floor((random() - 0.5) * 2 ** (1 + Math.floor(random() * 60)))),
    BigInt(Math.floor(i * 100_000 + random() * 30_000_000)),
  ])
}

/** What a run's changes add up to. */
function folded(lines: readonly string[]): string[] {
  const weights = new Map<string, number>()
  for (const line of lines) {
    const [, weight, row] = /^\d+: ([+-]\d+) (.*)$/.exec(line)!
    weights.set(row!, (weights.get(row!) ?? 0) + Number(weight))
  }
  return [...weights]
    .filter(([, weight]) => weight !== 0)
    .map(([row, weight]) => `${weight} ${row}`)
    .toSorted()
}

type Input = ReturnType<typeof inputOf>
const inputOf = (seed: number, perReading: number) => {
  const all = rows(seed, 3000)
  const parts = Array.from({ length: Math.ceil(all.length / perReading) }, (_, i) =>
    all.slice(i * perReading, (i + 1) * perReading),
  )
  const given = { eventTime: 'at', outOfOrderness: MINUTE / 2 } as const
  return partitions(schema, [parts.filter((_, i) => i % 3 > 0), parts.filter((_, i) => i % 3 === 0)], given)
}

const plans: Readonly<Record<string, (input: Input) => { readonly node: Node }>> = {
  'filter and project': input =>
    input.filter(c => c.n.gt(0n)).select(c => ({ k: c.k, n: c.n.mod(1000n), next: c.at.add('1 second') })),
  distinct: input => input.select(c => ({ k: c.k, n: c.n.mod(7n) })).distinct(),
  'aggregate by key': input =>
    input.groupBy('k').agg({ n: count('n'), sum: sum('n'), first: first('n'), mid: quantile('n', 0.5) }),
  'aggregate of aggregates': input =>
    input
      .groupBy('k')
      .agg({ n: count() })
      .agg({ keys: count(), rows: sum('n') }),
  'tumbling windows': input =>
    input
      .window(tumbling('1 minute'))
      .groupBy('k')
      .agg({ sum: sum('n'), avg: avg('n') }),
  'tumbling windows per step': input =>
    input
      .window(tumbling('1 minute'), { emit: 'per-step' })
      .groupBy('k')
      .agg({ sum: sum('n') }),
  'hopping windows': input =>
    input
      .window(hopping('1 minute', { slide: '20 seconds' }))
      .groupBy('k')
      .agg({ first: first('n'), values: countDistinct('n') }),
  'windows of windows': input =>
    input
      .window(tumbling('1 minute'))
      .groupBy('k')
      .agg({ n: count() })
      .window(tumbling('3 minutes'))
      .agg({ deviation: stddev('n') }),
}

for (const [name, plan] of Object.entries(plans)) {
  test(`steps of any size give the same result: ${name}`, async () => {
    const seed = 17
    const result = async (perReading: number, maxRows: number): Promise<string[]> =>
      folded((await traced(plan(inputOf(seed, perReading)), { maxRows })).lines)
    const whole = folded((await traced(plan(inputOf(seed, 3000)), 'once')).lines)
    assert.ok(whole.length > 0)
    assert.deepEqual(await result(500, 1), whole, `seed ${seed}, steps of 1`)
    assert.deepEqual(await result(10, 7), whole, `seed ${seed}, steps of 7`)
    assert.deepEqual(await result(100, 2048), whole, `seed ${seed}, steps of 2048`)
  })
}

test('joins and sorts are refused by name, with the way out', () => {
  const input = readings(schema, [])
  const sorted = input.orderBy('n').limit(1)
  const refusal = incrementalEngine.refuses([sorted.node], 'once')
  assert.equal(refusal?.code, 'REFUSED')
  assert.match(refusal.message, /'sort'.*batch mode/)
  assert.equal(incrementalEngine.refuses([input.node], 'once'), undefined)
})

test('a step ends at its most rows, and the report counts them', async () => {
  const input = readings({ n: t.int32() }, [
    [[1], [2], [3]],
    [[4], [5]],
  ])
  const { lines, report } = await traced(input, { maxRows: 2 })
  assert.deepEqual(lines, ['1: +1 1', '1: +1 2', '2: +1 3', '2: +1 4', '3: +1 5'])
  assert.equal(report.rowsRead, 5)
  assert.equal(report.steps, 3)
})

test('a row whose weight is 2 in a relation that only grows is there twice', async () => {
  const batch = batchOfCells({ n: t.int32() }, [[1], [2]], [2, 1])
  const source = {
    name: 'twice',
    repeatable: true,
    bounded: true,
    partitions: async () => ['0'],
    read: async function* () {
      yield { batch, position: 2 }
    },
  }
  const node = { kind: 'source', source, schema: batch.schema, mode: 'append', outOfOrderness: 0 } as const
  const { lines } = await traced({ node }, 'once')
  assert.deepEqual(lines, ['1: +1 1', '1: +1 1', '1: +1 2'])
})

test('an abort stops the run after its step', async () => {
  const stopping = new AbortController()
  const input = readings({ n: t.int32() }, [[[1]], [[2]], [[3]]]).map(
    'stop',
    { out: { n: t.int32() }, version: 1 },
    row => {
      if (row.n === 2) stopping.abort()
      return row
    },
  )
  await assert.rejects(traced(input, { maxRows: 1 }, stopping.signal), { code: 'STOPPED', message: /step 2/ })
})

test('a run that fails ends the reads that are still waiting', async () => {
  let ended = false
  const source = {
    name: 'waiting',
    repeatable: true,
    bounded: false,
    partitions: async () => ['0'],
    read: async function* (_partition: string, _range: unknown, signal: AbortSignal) {
      yield { batch: batchOfCells({ n: t.int32() }, [[1]]), position: 1 }
      await new Promise(resolve => signal.addEventListener('abort', resolve))
      ended = true
    },
  }
  const node = {
    kind: 'source',
    source,
    schema: { n: t.int32() },
    mode: 'append',
    outOfOrderness: 0,
  } as const
  const output = {
    node,
    write: async () => {
      throw new Error('the sink is full')
    },
  }
  const job = {
    outputs: [output],
    steps: { maxRows: 1 },
    runtime: still,
    careful: true,
    reject: failOnRejection,
    stepped: async () => {},
  }
  await assert.rejects(incrementalEngine.run(job, new AbortController().signal), /the sink is full/)
  assert.ok(ended)
})

test('an endless source ends its step when it falls silent', async () => {
  const waiting = Promise.withResolvers<void>()
  const stopping = new AbortController()
  const one = (n: number) => ({ batch: batchOfCells({ n: t.int32() }, [[n]]), position: n })
  const source = {
    name: 'endless',
    repeatable: true,
    bounded: false,
    partitions: async () => ['0'],
    read: async function* () {
      yield one(1)
      yield one(2)
      await waiting.promise
      yield one(3)
    },
  }
  const node = {
    kind: 'source',
    source,
    schema: { n: t.int32() },
    mode: 'append',
    outOfOrderness: 0,
  } as const
  const steps: number[] = []
  const rows: number[] = []
  await incrementalEngine.run(
    {
      outputs: [
        { node, write: async (_, batch) => void rows.push(...(batch.columns[0]!.values as Int32Array)) },
      ],
      steps: { maxRows: 100 },
      runtime: still,
      careful: true,
      reject: failOnRejection,
      stepped: async (step, { rowsRead }) => {
        steps.push(rowsRead)
        if (step === 1) waiting.resolve()
      },
    },
    stopping.signal,
  )
  assert.deepEqual(rows, [1, 2, 3])
  assert.deepEqual(steps, [2, 3])
})
