import assert from 'node:assert/strict'
import test from 'node:test'
import { targetOf } from '../../plan/endpoint.ts'
import type { Node, SourceNode } from '../../plan/node.ts'
import { type Batch, cellsAt } from '../../schema/batch.ts'
import { Decimal } from '../../schema/decimal.ts'
import { t } from '../../schema/type.ts'
import { memory } from './endpoint.ts'

const schema = { id: t.int64(), price: t.decimal(12, 2), at: t.timestamp(), note: t.nullable(t.string()) }
const noon = '2024-01-31T12:00:00Z'
const noonMicros = 1_706_702_400_000_000n

async function read(node: Node): Promise<Batch[]> {
  const batches: Batch[] = []
  const { source } = node as SourceNode
  for await (const { batch } of source.read('0', { from: 0 }, new AbortController().signal))
    batches.push(batch)
  return batches
}

test('rows may be written in exact short forms, and come in their order', async () => {
  const dataset = memory.rows(
    [
      { id: 1, price: '12.50', at: noon, note: 'x' },
      { id: 2n, price: new Decimal(5n, 2), at: new Date(noon), note: null },
    ],
    { schema, key: 'id', eventTime: { column: 'at', outOfOrderness: '5 seconds' } },
  )
  const [batch] = await read(dataset.node)
  assert.deepEqual(cellsAt(batch!, 0), [1n, 1250n, noonMicros, 'x'])
  assert.deepEqual(cellsAt(batch!, 1), [2n, 5n, noonMicros, null])
  assert.deepEqual([dataset.node.mode, dataset.node.key, dataset.node.eventTime], ['append', ['id'], 'at'])
})

test('a row that does not fit its schema is named when it is given', () => {
  const bad = { id: 1, price: '12.505', at: noon, note: null }
  assert.throws(() => memory.rows([bad], { schema }), { message: /Row 1, column 'price'/ })
  // @ts-expect-error: a price is no boolean
  assert.throws(() => memory.rows([{ id: 1, price: true, at: noon, note: null }], { schema }), {
    code: 'BAD_VALUE',
  })
})

test('changes carry their weights, of many rows too', async () => {
  const list = Array.from({ length: 10_000 }, (_, i) => [{ n: i >> 1 }, i % 2 === 0 ? 3 : -2] as const)
  const batches = await read(memory.changes(list, { schema: { n: t.int32() } }).node)
  const all = batches.flatMap(batch =>
    Array.from({ length: batch.length }, (_, i) => [cellsAt(batch, i)[0], batch.weights![i]]),
  )
  assert.deepEqual(
    all,
    list.map(([{ n }, weight]) => [n, weight]),
  )
  assert.throws(() => memory.changes([[{ n: 1 }, 0]], { schema: { n: t.int32() } }), {
    code: 'INVALID_ARGUMENT',
  })
})

test('changes take away only what is there', () => {
  const schema = { n: t.int32() }
  const changes = (...weights: number[]) =>
    memory.changes(
      weights.map(weight => [{ n: 1 }, weight] as const),
      { schema },
    )
  assert.doesNotThrow(() => changes(2, -1, -1, 1))
  assert.throws(() => changes(1, -2), { code: 'INVALID_ARGUMENT', message: /change 2 takes away/ })
  assert.throws(() => changes(-1, 1), { code: 'INVALID_ARGUMENT', message: /change 1 takes away/ })
})

test('a collector gives the relation and its changes, and begins anew with each run', async () => {
  const like = memory.changes([[{ n: 1 }, 1]], { schema: { n: t.int32() } })
  const [batch] = await read(
    memory.changes(
      [
        [{ n: 1 }, 1],
        [{ n: 2 }, 1],
        [{ n: 1 }, -1],
      ],
      { schema: { n: t.int32() } },
    ).node,
  )
  const collected = memory.collect({ like })
  assert.deepEqual(collected.rows(), [])
  const { sink } = targetOf(collected)!
  for (let run = 0; run < 2; run++) {
    const writer = await sink.open(0, { schema: { n: t.int32() }, mode: 'changelog' })
    await writer.write(1, batch!)
    await writer.commit(1)
    await writer.write(2, batch!)
    await writer.close(false)
    assert.deepEqual(
      collected.rows().map(({ n }) => n),
      [2],
    )
    assert.deepEqual(
      collected.changes().map(({ epoch, row, weight }) => [epoch, row.n, weight]),
      [
        [1, 1, 1],
        [1, 2, 1],
        [1, 1, -1],
      ],
    )
  }
})

test('what is no schema and what is no list is refused by name', () => {
  const refused = (make: () => unknown, message: RegExp) =>
    assert.throws(make, { name: 'HeadraceError', message })
  // @ts-expect-error: a schema is needed
  refused(() => memory.rows([]), /takes an object with schema/)
  // @ts-expect-error: types are made by t
  refused(() => memory.rows([], { schema: { id: 'int64' } }), /column 'id' is "int64"/)
  // @ts-expect-error: a function is no type
  refused(() => memory.rows([], { schema: { id: t.int64 } }), /column 'id' is a function/)
  // @ts-expect-error: rows are a list
  refused(() => memory.rows({}, { schema }), /a list of rows, not object/)
})
