import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Codec, csv, json, ndjson } from './codec.ts'
import { type BadRecord, KEPT_BYTES, MAX_RECORD_BYTES } from './decoder.ts'
import { rowsOf } from './row.ts'
import { t } from './type.ts'

const schema = { n: t.int32(), s: t.nullable(t.string()) }
const PIECE = Buffer.alloc(1_000_000, 'x')

interface Decoded {
  readonly n: unknown[]
  readonly bad: readonly Pick<BadRecord, 'record' | 'line' | 'offset' | 'length' | 'code'>[]
  readonly kept: readonly number[]
}

/** Decodes a text around a filling of some bytes, in pieces of a given size. */
function decode(codec: Codec, before: string, filling: number, after: string, piece: number): Decoded {
  const bad: BadRecord[] = []
  const decoder = codec.decoder(schema, { onBadRecord: record => bad.push(record) })
  const push = (bytes: Buffer) => {
    for (let at = 0; at < bytes.length; at += piece) decoder.push(bytes.subarray(at, at + piece))
  }
  push(Buffer.from(before))
  for (let left = filling; left > 0; left -= PIECE.length) push(PIECE.subarray(0, left))
  push(Buffer.from(after))
  decoder.end()
  return {
    n: rowsOf(decoder.take()).map(row => row.n),
    bad: bad.map(({ record, line, offset, length, code }) => ({
      record,
      line,
      offset,
      length,
      code,
    })) as never,
    kept: bad.map(record => record.bytes.length),
  }
}

const formats: readonly (readonly [
  string,
  Codec,
  before: string,
  open: string,
  close: string,
  after: string,
])[] = [
  ['NDJSON', ndjson, '{"n":1}\n', '{"n":2,"s":"', '"}', '\n{"n":3}\n'],
  ['JSON', json, '[{"n":1}', ',{"n":2,"s":"', '"}', ',{"n":3}]'],
  ['CSV', csv(), 'n,s\n1,a\n', '2,', '', '\n3,c\n'],
  ['CSV in quotes', csv(), 'n,s\n1,a\n', '2,"', '"', '\n3,c\n'],
]

const LINE = formats.find(([name]) => name === 'CSV in quotes')!

test('a record of the longest length is read', () => {
  const [, codec, before, open, close, after] = LINE
  const filling = MAX_RECORD_BYTES - open.length - close.length
  const found = decode(codec, before + open, filling, close + after, PIECE.length)
  assert.deepEqual([found.n, found.bad], [[1, 2, 3], []])
})

describe('a record that is a byte longer is bad, and the ones around it are read', () => {
  for (const [name, codec, before, open, close, after] of formats) {
    test(name, () => {
      // The comma between elements is of none.
      const filling = MAX_RECORD_BYTES + 1 - open.replace(/^,/, '').length - close.length
      const found = decode(codec, before + open, filling, close + after, PIECE.length)
      assert.deepEqual([found.n, found.kept], [[1, 3], [KEPT_BYTES]])
      const [bad] = found.bad
      assert.deepEqual([bad!.record, bad!.length, bad!.code], [2, MAX_RECORD_BYTES + 1, 'BAD_RECORD'])
    })
  }
})

test('a quote that is not closed costs its first line, and lines go on being counted', () => {
  const before = 'n,s\n1,a\n2,"open\n3,c\n'
  const line = '4,dddddddddddd\n'
  const bad: BadRecord[] = []
  const decoder = csv().decoder(schema, { onBadRecord: record => bad.push(record) })
  decoder.push(Buffer.from(before))
  const lines = Buffer.from(line.repeat(100_000))
  let rows = 0
  let pushed = 0
  for (; pushed < MAX_RECORD_BYTES; pushed += lines.length) {
    decoder.push(lines)
    rows += decoder.take().length
  }
  decoder.push(Buffer.from('x,last\n5,e\n'))
  decoder.end()
  rows += decoder.take().length
  const count = (pushed / lines.length) * 100_000
  assert.equal(rows, 2 + count + 1)
  assert.deepEqual(
    bad.map(record => [record.record, record.line, Buffer.from(record.bytes).toString()]),
    [
      [2, 3, '2,"open'],
      [3 + count + 1, 4 + count + 1, 'x,last'],
    ],
  )
})

test('a first line without end is no CSV', () => {
  assert.throws(() => decode(csv(), '', MAX_RECORD_BYTES + 1, '\n', PIECE.length), {
    code: 'BAD_RECORD',
    message: /first line.*Is this CSV/,
  })
})
