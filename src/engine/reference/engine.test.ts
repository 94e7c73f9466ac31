import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memory } from '../../connector/memory/endpoint.ts'
import { memorySource } from '../../connector/memory/memory.ts'
import { aggregate, argMax, count, first, last, sum } from '../../plan/builder/aggregate.ts'
import { desc } from '../../plan/builder/order.ts'
import { hopping, tumbling } from '../../plan/builder/window.ts'
import type { AggregateNode, Node, SourceNode } from '../../plan/node.ts'
import { systemRuntime } from '../../runtime/runtime.ts'
import { batchOfCells, cellsAt } from '../../schema/batch.ts'
import type { Cell } from '../../schema/cell.ts'
import { t } from '../../schema/type.ts'
import { failOnRejection } from '../rejection.ts'
import { referenceEngine } from './engine.ts'
import { Computation, type Given } from './relation.ts'

type Row = readonly Cell[]

async function run(dataset: { readonly node: Node }, signal = new AbortController().signal): Promise<Row[]> {
  const rows: Row[] = []
  await referenceEngine.run(
    {
      outputs: [
        {
          node: dataset.node,
          write: async (step, batch) => {
            assert.equal(step, 1)
            for (let i = 0; i < batch.length; i++) rows.push(cellsAt(batch, i))
          },
        },
      ],
      steps: 'once',
      runtime: systemRuntime,
      careful: true,
      reject: failOnRejection,
      stepped: async () => {},
    },
    signal,
  )
  return rows
}

const SECOND = 1_000_000
const sales = memory.rows(
  [
    { shop: 'a', n: 1, at: -1 },
    { shop: 'a', n: 2, at: 0 },
    { shop: 'b', n: 4, at: 59 * SECOND },
    { shop: 'a', n: 8, at: 60 * SECOND },
    { shop: null, n: 16, at: null },
  ],
  {
    schema: { shop: t.nullable(t.string()), n: t.int32(), at: t.nullable(t.timestamp()) },
    eventTime: { column: 'at' },
  },
)

test('filter keeps what is true, select computes, union keeps repeats, distinct does not', async () => {
  const small = sales.filter(c => c.n.lt(5)).select(c => ({ double: c.n.mul(2) }))
  assert.deepEqual(await run(small), [[2], [4], [8]])
  const twice = small.union(small)
  assert.equal((await run(twice)).length, 6)
  assert.deepEqual(await run(twice.distinct()), [[2], [4], [8]])
  assert.deepEqual(await run(sales.filter(c => c.shop.eq('a')).select(c => ({ n: c.n }))), [[1], [2], [8]])
})

test('groups form by key, null being one, and an aggregate of nothing is one row', async () => {
  assert.deepEqual(await run(sales.groupBy('shop').agg({ n: count(), total: sum('n') })), [
    ['a', 3n, 11n],
    ['b', 1n, 4n],
    [null, 1n, 16n],
  ])
  const none = sales.filter(c => c.n.lt(0))
  assert.deepEqual(await run(none.agg({ n: count(), total: sum('n') })), [[0n, null]])
  assert.deepEqual(await run(none.groupBy('shop').agg({ n: count() })), [])
})

test('windows are aligned to the epoch, half-open, below zero too, and a null time is in none', async () => {
  const minute = 60n * BigInt(SECOND)
  const perMinute = sales.window(tumbling('1 minute')).agg({ total: sum('n') })
  assert.deepEqual(await run(perMinute), [
    [-minute, 0n, 1n],
    [0n, minute, 6n],
    [minute, 2n * minute, 8n],
  ])
  const half = minute / 2n
  const sliding = sales.window(hopping('1 minute', { slide: '30 seconds' })).agg({ total: sum('n') })
  assert.deepEqual(await run(sliding), [
    [-half, half, 3n],
    [-minute, 0n, 1n],
    [0n, minute, 6n],
    [half, 3n * half, 12n],
    [minute, 2n * minute, 8n],
  ])
})

test('a window over windows takes a result at the last instant of its window', async () => {
  const perMinute = sales.window(tumbling('1 minute')).groupBy('shop').agg({ n: count() })
  const perTwo = perMinute.window(tumbling('2 minutes')).agg({ windows: count() })
  const minute = 60n * BigInt(SECOND)
  assert.deepEqual(await run(perTwo), [
    [-2n * minute, 0n, 1n],
    [0n, 2n * minute, 3n],
  ])
})

test('first, last and argMax go by event time, then by whole row', async () => {
  const rows = memory.rows(
    [
      { k: 1, v: 'late', at: 9 },
      { k: 1, v: 'z', at: 5 },
      { k: 1, v: 'b', at: 5 },
      { k: 2, v: 'x', at: 7 },
    ],
    { schema: { k: t.int32(), v: t.string(), at: t.timestamp() }, eventTime: { column: 'at' } },
  )
  const found = rows.groupBy('k').agg({ first: first('v'), last: last('v'), top: argMax('v', 'k') })
  assert.deepEqual(await run(found), [
    [1, 'b', 'late', 'b'],
    [2, 'x', 'x', 'x'],
  ])
})

test('joins match equal keys, null equals nothing, and each way keeps what it says', async () => {
  const left = memory.rows(
    [
      { k: 1, a: 'x' },
      { k: 2, a: 'y' },
      { k: null, a: 'z' },
    ],
    {
      schema: { k: t.nullable(t.int32()), a: t.string() },
    },
  )
  const right = memory.rows(
    [
      { k: 2, b: 'p' },
      { k: 2, b: 'q' },
      { k: 3, b: 'r' },
      { k: null, b: 's' },
    ],
    {
      schema: { k: t.nullable(t.int32()), b: t.string() },
    },
  )
  const pairs = [
    [2, 'y', 'p'],
    [2, 'y', 'q'],
  ]
  const leftOnly = [
    [1, 'x', null],
    [null, 'z', null],
  ]
  const rightOnly = [
    [3, null, 'r'],
    [null, null, 's'],
  ]
  assert.deepEqual(await run(left.join(right, { on: 'k' })), pairs)
  assert.deepEqual(await run(left.join(right, { on: 'k', how: 'left' })), [...pairs, ...leftOnly])
  assert.deepEqual(await run(left.join(right, { on: 'k', how: 'right' })), [...pairs, ...rightOnly])
  assert.deepEqual(await run(left.join(right, { on: 'k', how: 'full' })), [
    ...pairs,
    ...leftOnly,
    ...rightOnly,
  ])
  assert.deepEqual(await run(left.join(right, { on: 'k', how: 'semi' })), [[2, 'y']])
  assert.deepEqual(await run(left.join(right, { on: 'k', how: 'anti' })), [
    [1, 'x'],
    [null, 'z'],
  ])
})

test('orderBy puts nulls last both ways, ties by whole row, and limit takes a slice', async () => {
  const byShop = sales.orderBy('shop').limit(10)
  assert.deepEqual(
    (await run(byShop)).map(row => row[1]),
    [1, 2, 8, 4, 16],
  )
  const down = sales.orderBy(desc('shop')).limit(2, { offset: 1 })
  assert.deepEqual(
    (await run(down)).map(row => row[1]),
    [1, 2],
  )
})

test('opaque functions see row values, and what does not fit their schema is refused', async () => {
  const out = { label: t.string() }
  const label = (row: { shop: string | null; n: number }) => ({ label: `${row.shop}${row.n}` })
  assert.deepEqual((await run(sales.map('label', { out, version: 1 }, label)))[4], ['null16'])
  const twice = sales.flatMap('twice', { out, version: 1 }, row =>
    row.n > 8 ? [label(row), label(row)] : [],
  )
  assert.deepEqual(await run(twice), [['null16'], ['null16']])
  const batch = sales.mapBatch('count', { out: { rows: t.int32() }, version: 1 }, ({ length }) =>
    batchOfCells({ rows: t.int32() }, [[length]]),
  )
  assert.deepEqual(await run(batch), [[5]])
  const wrong = sales.map('wrong', { out, version: 1 }, () => ({ label: 1 as unknown as string }))
  await assert.rejects(run(wrong), { code: 'INVALID_ROW', message: /wrong.*'label'/ })
  const throwing = sales.map('throwing', { out, version: 1 }, () => {
    throw new Error('no luck')
  })
  await assert.rejects(run(throwing), { code: 'USER_FUNCTION', message: /throwing.*no luck/ })
})

test("a user's aggregate folds row values", async () => {
  const longest = aggregate('longest', {
    in: t.string(),
    out: t.string(),
    fold: {
      zero: () => '',
      add: (longest: string, text: string) => (text.length > longest.length ? text : longest),
      result: (longest: string) => longest,
    },
  })
  const words = memory.rows([{ w: 'a' }, { w: 'abc' }, { w: 'ab' }], { schema: { w: t.string() } })
  assert.deepEqual(await run(words.agg({ longest: longest('w') })), [['abc']])
  assert.deepEqual(await run(words.filter(c => c.w.eq('')).agg({ longest: longest('w') })), [[null]])
})

test('changes are folded first, and taking away what is not there is a mistake', async () => {
  const schema = { n: t.int32() }
  const changes = memory.changes(
    [
      [{ n: 1 }, 1],
      [{ n: 2 }, 3],
      [{ n: 1 }, -1],
      [{ n: 2 }, -1],
    ],
    { schema },
  )
  assert.deepEqual(await run(changes), [[2], [2]])
  const source = memorySource([batchOfCells(schema, [[1]], [-1])])
  const node: SourceNode = { ...(changes.node as SourceNode), source }
  await assert.rejects(run({ node }), /takes away a row/)
})

const relationOf = (of: Node, given: Given) => new Computation(given).rowsOf(of)

test('a computation gives the batch answer without the rows that a run found late', async () => {
  const perShop = sales
    .window(tumbling('1 minute'))
    .groupBy('shop')
    .agg({ total: sum('n') })
  const node = perShop.node as AggregateNode
  const rows: Row[] = [
    ['a', 1, 5n],
    ['a', 2, 5n],
    ['a', 2, 5n],
  ]
  const inputs = new Map([[node.input as SourceNode, rows]])
  const late = new Map([[node, [rows[1]!]]])
  const lateNode: Node = { kind: 'late', of: node, schema: node.input.schema, mode: 'append' }
  assert.equal((await relationOf(node, { inputs }))[0]!.at(-1), 5n)
  assert.equal((await relationOf(node, { inputs, late }))[0]!.at(-1), 3n)
  assert.deepEqual(await relationOf(lateNode, { inputs, late }), [rows[1]])
  const kept = new Map([[node, [['a', 10, 5n]]]])
  assert.equal((await relationOf(node, { inputs, late, kept }))[0]!.at(-1), 13n)
  const never = new Map([[node, [['b', 1, 5n]]]])
  await assert.rejects(relationOf(node, { inputs, late: never }), /not there/)
})

test('each operator reports its rows, what it left out, and null event times', async () => {
  const perShop = sales
    .filter(c => c.n.lt(10).or(c.n.eq(16)))
    .filter(c => c.n.ne(1))
    .window(tumbling('1 minute'))
  const counted = perShop.agg({ n: count() })
  const { operators } = await referenceEngine.run(
    {
      outputs: [{ node: counted.node, write: async () => {} }],
      steps: 'once',
      runtime: systemRuntime,
      careful: true,
      reject: failOnRejection,
      stepped: async () => {},
    },
    new AbortController().signal,
  )
  const byKind = [...operators].map(([node, counters]) => [node.kind, counters])
  assert.deepEqual(byKind, [
    ['source', { rowsIn: 5, rowsOut: 5, rejected: 0 }],
    ['filter', { rowsIn: 5, rowsOut: 5, filtered: 0 }],
    ['filter', { rowsIn: 5, rowsOut: 4, filtered: 1 }],
    ['aggregate', { rowsIn: 4, rowsOut: 2, late: 0, nullTimes: 1 }],
  ])
})

test('steps are refused, and an aborted run ends with STOPPED', async () => {
  assert.equal(referenceEngine.refuses([sales.node], 'once'), undefined)
  assert.equal(referenceEngine.refuses([sales.node], { maxRows: 10 })?.code, 'REFUSED')
  await assert.rejects(run(sales, AbortSignal.abort()), { code: 'STOPPED' })
})
