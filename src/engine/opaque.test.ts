import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as z from 'zod'
import { type HeadraceError, memory } from '../index.ts'
import type { MapNode } from '../plan/node.ts'
import { type Batch, batchOfCells, cellsAt } from '../schema/batch.ts'
import { type Schema, t } from '../schema/type.ts'
import { Opaque } from './opaque.ts'

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

test('what a function throws is named, at once, later, or while its rows are read', async () => {
  const cause = new Error('no luck')
  const fail = () => {
    throw cause
  }
  const failing = [
    opaque('map', fail),
    opaque('mapBatch', fail),
    opaque('mapBatch', () => Promise.reject(cause)),
    opaque('flatMap', function* () {
      yield { n: 1 }
      fail()
    }),
  ]
  for (const each of failing) {
    await assert.rejects(each.apply(input), (error: HeadraceError) => {
      assert.deepEqual([error.code, error.cause], ['USER_FUNCTION', cause])
      assert.match(error.message, /^(map|flatMap|mapBatch) 'f' threw: no luck$/)
      return true
    })
  }
})

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
    await assert.rejects(opaque.apply(input), { code: 'INVALID_ROW', message })
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
    await assert.rejects(each.apply(input), { code: 'INVALID_ROW', message: /'n' .* zod refuses: Too big/ })
  }
})
