import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as z from 'zod'
import { type HeadraceError, memory } from '../index.ts'
import type { MapNode } from '../plan/node.ts'
import { type Batch, batchOfCells, cellsAt } from '../schema/batch.ts'
import { type Schema, t } from '../schema/type.ts'
import type { Rejection } from './engine.ts'
import { Opaque } from './opaque.ts'
import { errorOf } from './rejection.ts'

const schema = { n: t.int32() }
const input = batchOfCells(schema, [[1], [2], [3]])
const rows = memory.rows([], { schema }) as unknown as Record<
  MapNode['each'],
  (...args: unknown[]) => { node: MapNode }
>

/** A function as plain JavaScript might give it, without the help of the compiler. */
const opaque = (each: MapNode['each'], apply: unknown, out: Schema = schema, options: object = {}) =>
  new Opaque(rows[each]('f', { out, version: 1, ...options }, apply).node)

const cells = (batch: Batch) => Array.from({ length: batch.length }, (_, row) => cellsAt(batch, row))
const batch = (out: Schema, values: (number | string | null)[]) => () =>
  batchOfCells(
    out,
    values.map(v => [v]),
  )

test('rows say from which row they came', async () => {
  const made = await opaque('flatMap', (row: { n: number }) =>
    Array(row.n - 1).fill({ n: row.n * 10 }),
  ).apply(input)
  assert.deepEqual(cells(made.batch), [[20], [30], [30]])
  assert.deepEqual([...made.origin!], [1, 2, 2])
})

test('mapBatch may take its time', async () => {
  const made = await opaque('mapBatch', async () => batchOfCells(schema, [[7]])).apply(input)
  assert.deepEqual([cells(made.batch), made.origin], [[[7]], undefined])
})

const cause = new Error('no luck')
const fail = () => {
  throw cause
}

test('a row of which a function makes nothing is rejected, and nothing of it is kept', async () => {
  const failing = [
    opaque('map', (row: { n: number }) => (row.n === 2 ? fail() : row)),
    opaque('flatMap', function* (row: { n: number }) {
      yield row
      // Rows are made while they are read, and this one changes what it was given.
      if (row.n === 2) row.n = fail()
    }),
    opaque('flatMap', (row: { n: number }) => (row.n === 2 ? [row, fail] : [row])),
  ]
  for (const each of failing) {
    const { batch, origin, rejected } = await each.apply({ ...input, weights: Int32Array.of(1, -1, 1) })
    assert.deepEqual(
      [cells(batch), [...origin!]],
      [
        [[1], [3]],
        [0, 2],
      ],
    )
    assert.deepEqual(
      rejected.map(({ row, weight }) => [row, weight]),
      [[{ n: 2 }, -1]],
    )
  }
})

test('what a function throws is named', async () => {
  for (const each of ['map', 'flatMap'] as const) {
    const { rejected } = await opaque(each, fail).apply(input)
    assert.equal(rejected.length, 3)
    const [first] = rejected
    assert.deepEqual(
      [first!.code, first!.message, first!.cause],
      ['USER_FUNCTION', `${each} 'f' threw: no luck`, cause],
    )
  }
  for (const each of [opaque('mapBatch', fail), opaque('mapBatch', () => Promise.reject(cause))]) {
    await assert.rejects(each.apply(input), (error: HeadraceError) => {
      assert.deepEqual(
        [error.code, error.message, error.cause],
        ['USER_FUNCTION', "mapBatch 'f' threw: no luck", cause],
      )
      return true
    })
  }
})

test('a row that no function can be given is rejected with its values as text', async () => {
  const large = { id: t.int64({ as: 'number' }), n: t.int32() }
  const { node } = (memory.rows([], { schema: large }) as unknown as typeof rows).map(
    'f',
    { out: schema, version: 1 },
    (row: { n: number }) => ({ n: row.n }),
  )
  const made = await new Opaque(node).apply(
    batchOfCells(large, [
      [1n, 1],
      [2n ** 60n, 2],
    ]),
  )
  assert.deepEqual(cells(made.batch), [[1]])
  const [{ row, code, message }] = made.rejected as [(typeof made.rejected)[0]]
  assert.deepEqual([row, code], [{ id: '1152921504606846976', n: 2 }, 'OUT_OF_RANGE'])
  assert.match(message, /^map 'f' cannot be given its row: The int64 1152921504606846976 is beyond 2\^53/)
})

test('a validator that answers later ends the run: no row could pass it', async () => {
  const validate = { n: z.number().refine(async () => true) }
  const later = opaque('map', (row: unknown) => row, schema, { validate })
  await assert.rejects(later.apply(input), { code: 'INVALID_ARGUMENT', message: /asynchronously/ })
})

/** What a rejected row is called when it ends a run. */
const failureOf = (rejected: Rejection | undefined) =>
  rejected === undefined ? 'nothing was rejected' : errorOf(rejected)

const wrong: readonly (readonly [what: string, opaque: Opaque, message: RegExp])[] = [
  ['no row', opaque('map', () => null), /null in place of a row/],
  ['a row that comes later', opaque('map', async () => ({ n: 1 })), /a promise in place of a row/],
  ['no rows', opaque('flatMap', () => undefined), /undefined in place of rows/],
  ['a text', opaque('flatMap', () => 'ab'), /ab in place of rows/],
  ['a value of another type', opaque('map', () => ({ n: 'x' })), /for column 'n' of type int32 a value/],
  ['no batch', opaque('mapBatch', () => undefined), /undefined in place of a batch/],
  ['other columns', opaque('mapBatch', batch({ m: t.int32() }, [1])), /\(m int32\) in place of \(n int32\)/],
  ['weights', opaque('mapBatch', () => ({ ...input, weights: Int32Array.of(1, 1, 1) })), /weights/],
  ['too few columns', opaque('mapBatch', () => ({ ...input, columns: [] })), /0 columns in place of 1/],
  [
    'another form',
    opaque('mapBatch', () => ({ ...input, schema: { n: t.string() } }), { n: t.string() }),
    /not 3 rows of string/,
  ],
  ['too few rows', opaque('mapBatch', () => ({ ...input, length: 4 })), /not 4 rows of int32/],
  ['a null', opaque('mapBatch', batch({ n: t.nullable(t.int32()) }, [null])), /a null in column 'n'/],
  [
    'NaN',
    opaque('mapBatch', batch({ x: t.float64() }, [1, Number.NaN]), { x: t.float64() }),
    /NaN, which is not finite/,
  ],
  [
    'half a character',
    opaque('mapBatch', batch({ s: t.string() }, ['\ud800']), { s: t.string() }),
    /well-formed/,
  ],
]
for (const [what, opaque, message] of wrong) {
  test(`${what} in place of what was declared is refused`, async () => {
    const refused = opaque.apply(input).then(({ rejected }) => assert.fail(failureOf(rejected[0])))
    await assert.rejects(refused, { code: 'INVALID_ROW', message })
  })
}

test('validators see what rows and batches hold, and what they make of it is kept', async () => {
  const validate = {
    n: z
      .number()
      .max(2)
      .transform(n => -n),
  }
  const two = batchOfCells(schema, [[1], [2]])
  const functions = [
    opaque('map', (row: unknown) => row, schema, { validate }),
    opaque('mapBatch', (b: unknown) => b, schema, { validate }),
  ]
  for (const each of functions) {
    assert.deepEqual(cells((await each.apply(two)).batch), [[-1], [-2]])
    const refused = each.apply(input).then(({ rejected }) => assert.fail(failureOf(rejected[0])))
    await assert.rejects(refused, { code: 'INVALID_ROW', message: /'n' .* zod refuses: Too big/ })
  }
})
