import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { seeded } from '../runtime/random.ts'
import { torture } from '../testing/torture.ts'
import { altered } from '../testing/torture-refusals.ts'
import { type Batch, batchOfCells, cellsAt } from './batch.ts'
import { DICTIONARY_STRINGS } from './builder.ts'
import type { Cell } from './cell.ts'
import { type Codec, csv, json, ndjson } from './codec.ts'
import { type ColumnType, type Schema, t } from './type.ts'

const codecs: Readonly<Record<string, Codec>> = {
  ndjson,
  json,
  csv: csv(),
  'csv without header': csv({ header: false, delimiter: '\t' }),
}

const SEED = 7_001

/** Random batches of torture values: columns of all types, nullable or not, under awkward names. */
function randomBatch(random: () => number, lists: boolean): Batch {
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!
  const names = ['a', 'b"', 'c,\t', 'd\n', 'é', '', '__x', 'a b', '\ufeff', 'i\\']
  const count = 1 + Math.floor(random() * 6)
  const rows = Math.floor(random() * 12)
  const entries: [string, ColumnType][] = []
  const columns: Cell[][] = []
  while (entries.length < count) {
    const { type, cells } = pick(torture)
    if (type.kind === 'list' && !lists) continue
    const nullable = random() < 0.5
    const steady = Object.entries(cells).filter(
      ([name, cell]) =>
        (nullable || cell !== null) &&
        !altered.some(a => a.kind === type.kind && a.value === name) &&
        size(cell) < 3000,
    )
    entries.push([names[entries.length]!, { ...type, nullable }])
    columns.push(Array.from({ length: rows }, () => pick(steady)[1]))
  }
  return batchOfCells(
    Object.fromEntries(entries),
    Array.from({ length: rows }, (_, row) => columns.map(column => column[row]!)),
  )
}

const size = (cell: Cell): number =>
  typeof cell === 'string' || cell instanceof Uint8Array ? cell.length : 0

const rowsOfCells = (batch: Batch): Cell[][] =>
  Array.from({ length: batch.length }, (_, row) => cellsAt(batch, row))

function encode(codec: Codec, batches: readonly Batch[]): Buffer {
  const encoder = codec.encoder(batches[0]!.schema)
  return Buffer.concat([encoder.head(), ...batches.map(batch => encoder.encode(batch)), encoder.tail()])
}

/** Decodes in pieces that end at the given positions; takes the rows after every piece. */
function decode(codec: Codec, schema: Schema, bytes: Buffer, cuts: readonly number[]): Cell[][] {
  const decoder = codec.decoder(schema)
  const rows: Cell[][] = []
  let start = 0
  for (const cut of [...cuts, bytes.length]) {
    // A copy, so that a decoder which keeps a view of it is found out.
    const piece = Buffer.from(bytes.subarray(start, cut))
    decoder.push(piece)
    piece.fill(0x7b)
    start = cut
    rows.push(...rowsOfCells(decoder.take()))
  }
  decoder.end()
  rows.push(...rowsOfCells(decoder.take()))
  return rows
}

for (const [name, codec] of Object.entries(codecs)) {
  describe(name, () => {
    test('what is written is read back, wherever the pieces end', () => {
      const random = seeded(SEED)
      for (let i = 0; i < 300; i++) {
        const batch = randomBatch(random, !name.startsWith('csv'))
        const bytes = encode(codec, [batch, batch])
        const expected = [...rowsOfCells(batch), ...rowsOfCells(batch)]
        const cuts = Array.from({ length: Math.floor(random() * 20) }, () =>
          Math.floor(random() * bytes.length),
        )
        const context = `seed ${SEED}, case ${i}`
        assert.deepEqual(decode(codec, batch.schema, bytes, []), expected, context)
        assert.deepEqual(
          decode(
            codec,
            batch.schema,
            bytes,
            cuts.sort((a, b) => a - b),
          ),
          expected,
          context,
        )
      }
    })

    test('every place to cut, and a byte at a time', () => {
      const schema = { a: t.nullable(t.string()), b: t.decimal(12, 2) }
      const rows: Cell[][] = [
        ['é,"\n', 1n],
        [null, -250n],
        ['', 0n],
        ['😀\r\n', 99_999n],
      ]
      const bytes = encode(codec, [batchOfCells(schema, rows)])
      for (let cut = 0; cut <= bytes.length; cut++)
        assert.deepEqual(decode(codec, schema, bytes, [cut]), rows)
      assert.deepEqual(decode(codec, schema, bytes, Array.from(bytes.keys())), rows)
    })

    test('no rows', () => {
      const batch = batchOfCells({ a: t.int32() }, [])
      assert.deepEqual(decode(codec, batch.schema, encode(codec, [batch]), []), [])
    })

    test('a row taken away cannot be written', () => {
      const batch = batchOfCells({ a: t.int32() }, [[1], [2]], [1, -1])
      assert.throws(() => encode(codec, [batch]), { code: 'NOT_EXPRESSIBLE' })
    })
  })
}

test('batches of one decoder share a dictionary, until it has grown too large', () => {
  const decoder = ndjson.decoder({ a: t.string() })
  const next = (count: number, prefix: string) => {
    decoder.push(Buffer.from(Array.from({ length: count }, (_, i) => `{"a":"${prefix}${i}"}\n`).join('')))
    const column = decoder.take().columns[0]
    assert.ok(column?.form === 'text')
    return column.dictionary
  }
  const first = next(10, 'a')
  assert.equal(next(10, 'a'), first)
  assert.equal(first.length, 10)
  assert.equal(next(DICTIONARY_STRINGS, 'b'), first)
  const second = next(10, 'a')
  assert.notEqual(second, first)
  assert.equal(second.length, 10)
})
