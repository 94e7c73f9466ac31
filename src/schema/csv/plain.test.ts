import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dirtyCsv } from '../../../test/bad-records/dirty-csv.ts'
import { seeded } from '../../runtime/random.ts'
import { cellsAt } from '../batch.ts'
import type { Cell } from '../cell.ts'
import type { BadRecord } from '../decoder.ts'
import { type Schema, t } from '../type.ts'
import { type CsvDecodeOptions, CsvDecoder } from './decode.ts'

const SEED = 20_261_123

/** Another text for null, which stands nowhere, keeps records from being read the fast way. */
const slowly: CsvDecodeOptions = { nulls: ['', 'stands nowhere'] }

interface Decoded {
  readonly cells: Cell[][]
  readonly bad: BadRecord[]
  readonly thrown?: string
}

function decode(schema: Schema, bytes: Buffer, piece: number, options: CsvDecodeOptions): Decoded {
  const cells: Cell[][] = []
  const bad: BadRecord[] = []
  try {
    const decoder = new CsvDecoder(schema, { ...options, onBadRecord: record => bad.push(record) })
    for (let at = 0; at < bytes.length; at += piece) decoder.push(bytes.subarray(at, at + piece))
    decoder.end()
    const batch = decoder.take()
    for (let row = 0; row < batch.length; row++) cells.push(cellsAt(batch, row))
    return { cells, bad }
  } catch (error) {
    return { cells, bad, thrown: (error as Error).message }
  }
}

test('the fast way gives the rows and the bad records of the slow one', () => {
  const random = seeded(SEED)
  let good = 0
  for (let i = 0; i < 3000; i++) {
    const { schema, bytes } = dirtyCsv(random, [0, 0.02, 0.2][i % 3]!)
    const piece = 1 + Math.floor(random() * bytes.length * 2)
    const fast = decode(schema, bytes, piece, {})
    assert.deepEqual(fast, decode(schema, bytes, piece, slowly), `seed ${SEED}, case ${i}: ${bytes}`)
    good += fast.cells.length
  }
  assert.ok(good > 10_000, `only ${good} rows`)
})

test('a delimiter or a quote that may stand in a number ends it', () => {
  const schema = { a: t.string(), b: t.float64() }
  for (const [text, options] of [
    ['x1215\n', { delimiter: '1' }],
    ['x-5-1\n', { delimiter: '-' }],
    ['x,5.1\n', { quote: '.' }],
  ] as const) {
    const { bad } = decode(schema, Buffer.from(text), 100, { ...options, header: false })
    assert.deepEqual(
      bad.map(({ code }) => code),
      ['BAD_RECORD'],
      text,
    )
  }
})
