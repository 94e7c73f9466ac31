import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { seeded } from '../../runtime/random.ts'
import { json, ndjson } from '../codec.ts'
import type { BadRecord } from '../decoder.ts'
import { rowsOf } from '../row.ts'
import { type Schema, t } from '../type.ts'
import { checkJson } from './check.ts'
import { MAX_DEPTH } from './scan.ts'

const orders = { id: t.int64(), price: t.decimal(12, 2), name: t.nullable(t.string()) }

function read(schema: Schema, text: string | Uint8Array): unknown[] {
  const decoder = ndjson.decoder(schema)
  decoder.push(typeof text === 'string' ? Buffer.from(text) : text)
  decoder.end()
  return rowsOf(decoder.take())
}

describe('records', () => {
  test('keys in any order, unknown keys left out, missing ones null', () => {
    const rows = read(
      { a: t.int32(), b: t.nullable(t.string()) },
      '{"b":"x","a":1}\n{"a":2,"c":{"a":[9,"\\"}"]}}\n { "c" : null , "a" : 3 , "b" : null } \r\n\n{"a":4}',
    )
    assert.deepEqual(rows, [
      { a: 1, b: 'x' },
      { a: 2, b: null },
      { a: 3, b: null },
      { a: 4, b: null },
    ])
  })

  test('keys are compared by their meaning, not their spelling', () => {
    const schema = { 'a"b': t.int32(), 'c\\n': t.int32(), Zürich: t.int32(), '': t.int32() }
    const rows = read(
      schema,
      '{"a\\u0022b":1,"c\\\\n":2,"Z\\u00fcrich":3,"":4}\n{"":8,"Zürich":7,"c\\\\n":6,"a\\"b":5}\n',
    )
    assert.deepEqual(
      rows.map(row => Object.values(row as object)),
      [
        [1, 2, 3, 4],
        [5, 6, 7, 8],
      ],
    )
  })

  test('a key twice is refused', () => {
    assert.throws(() => read({ a: t.int32() }, '{"a":1,"\\u0061":1}'), {
      code: 'BAD_RECORD',
      message: "Record 1 at line 1, byte 0, column 'a': the record has this key twice, found 1.",
    })
  })

  test('int64 and decimal are read from their digits, bare or quoted', () => {
    const rows = read(
      { a: t.int64(), b: t.decimal(38, 2) },
      `{"a":9007199254740993,"b":123456789012345678901234567890123456.78}
       {"a":"-9223372036854775808","b":"0.10"}
       {"a":1.5e3,"b":1e2}
       {"a":-0,"b":-0.0}
       {"a":12e-1,"b":0}`.replace('12e-1', '120e-1'),
    ) as { a: bigint; b: object }[]
    assert.deepEqual(
      rows.map(row => `${row.a} ${row.b}`),
      [
        '9007199254740993 123456789012345678901234567890123456.78',
        '-9223372036854775808 0.10',
        '1500 100.00',
        '0 0.00',
        '12 0.00',
      ],
    )
  })

  test('nested json is kept to the letter', () => {
    const decoder = ndjson.decoder({ a: t.json() })
    decoder.push(Buffer.from('{"a": { "x" : [1.0, 1e5 , "\\u0041" ] } }\n'))
    const column = decoder.take().columns[0]
    assert.deepEqual(column?.form === 'text' && column.dictionary, ['{ "x" : [1.0, 1e5 , "\\u0041" ] }'])
  })

  test('depth is bounded', () => {
    const deep = (n: number) => `${'['.repeat(n)}${']'.repeat(n)}`
    assert.equal(checkJson(deep(MAX_DEPTH)), undefined)
    assert.equal(checkJson(deep(MAX_DEPTH + 1))?.code, 'BAD_VALUE')
    assert.throws(() => read({ a: t.nullable(t.int32()) }, `{"b":${deep(100_000)}}`), { code: 'BAD_RECORD' })
  })

  test('bytes that are not UTF-8 are refused, in fields that are not read, too', () => {
    for (const bytes of [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xc0, 0x80]]) {
      const line = Buffer.concat([Buffer.from('{"z":"'), Buffer.from(bytes), Buffer.from('","id":1}\n')])
      assert.throws(() => read({ id: t.int64() }, line), { code: 'ILL_FORMED_TEXT' })
    }
  })

  test('a byte order mark is skipped at the beginning only', () => {
    assert.deepEqual(read({ a: t.int32() }, '\ufeff{"a":1}\n'), [{ a: 1 }])
    assert.throws(() => read({ a: t.int32() }, '{"a":1}\n\ufeff{"a":2}\n'), { code: 'BAD_RECORD' })
  })

  test('an NDJSON record ends at its line feed', () => {
    assert.throws(() => read({ a: t.int32() }, '{"a":\n1}\n'), { code: 'BAD_RECORD' })
    assert.throws(() => read({ a: t.int32() }, '{"a":1}{"a":2}\n'), { code: 'BAD_RECORD' })
    assert.throws(() => read({ a: t.string() }, '{"a":"x'), { code: 'BAD_RECORD' })
  })
})

describe('messages name record, offset, column, what was expected and what was found', () => {
  const cases: [string, string][] = [
    [
      '{"id":1}',
      "Record 2 at line 2, byte 24, column 'price': expected decimal(12,2), found no such field, which a column that is not nullable cannot hold.",
    ],
    [
      '{"id":"x"}',
      'Record 2 at line 2, byte 24, column \'id\': expected int64, found "x", which is not a whole number.',
    ],
    [
      '{"price":[1, 2]}',
      "Record 2 at line 2, byte 24, column 'price': expected decimal(12,2), found [1, 2], which is not a number.",
    ],
    [
      '{"price":0.125}',
      "Record 2 at line 2, byte 24, column 'price': expected decimal(12,2), found 0.125, which has more than 10 digits before or 2 after the point.",
    ],
    ['{"id":1 "price":2}', "Record 2 at line 2, byte 24: expected ',' or '}', found \"price\"."],
    ['{"id":nul}', "Record 2 at line 2, byte 24, column 'id': expected null, found nul}."],
  ]
  for (const [line, message] of cases) {
    test(line, () => {
      assert.throws(() => read(orders, `{"id":1,"price":1.00  }\n${line}\n`), { message })
    })
  }
})

describe('a bad record that is not to fail the read', () => {
  const lines = [
    '{"id":1,"price":1}',
    '{"id":2,"price":"x"}',
    '{"id":3',
    '{"id":4,"price":4}',
    'é',
    '{"id":5,"price":5}',
  ]

  for (const [name, codec, text] of [
    ['NDJSON', ndjson, lines.join('\n')],
    ['JSON', json, `[${lines.toSpliced(2, 1).join(',\n')}]`],
  ] as const) {
    test(`${name}: is handed over with its bytes, and leaves no trace`, () => {
      const bad: BadRecord[] = []
      const decoder = codec.decoder(orders, { onBadRecord: record => bad.push(record) })
      decoder.push(Buffer.from(text))
      decoder.end()
      assert.deepEqual(
        rowsOf(decoder.take()).map(row => row.id),
        [1n, 4n, 5n],
      )
      for (const record of bad) {
        const bytes = Buffer.from(text).subarray(record.offset, record.offset + record.bytes.length)
        assert.deepEqual(Buffer.from(record.bytes), bytes)
      }
      assert.deepEqual(
        bad.map(record => [record.record, record.code, Buffer.from(record.bytes).toString().trim()]),
        name === 'NDJSON'
          ? [
              [2, 'BAD_VALUE', lines[1]],
              [3, 'BAD_RECORD', lines[2]],
              [5, 'BAD_RECORD', 'é'],
            ]
          : [
              [2, 'BAD_VALUE', lines[1]],
              [4, 'BAD_RECORD', 'é'],
            ],
      )
    })
  }

  test('lists of a bad record are taken back', () => {
    const decoder = ndjson.decoder({ a: t.list(t.nullable(t.int32())) }, { onBadRecord: () => {} })
    decoder.push(Buffer.from('{"a":[1]}\n{"a":[7,null,"x"]}\n{"a":[2,3]}\n{"a":[]}\n'))
    assert.deepEqual(rowsOf(decoder.take()), [{ a: [1] }, { a: [2, 3] }, { a: [] }])
  })
})

describe('JSON arrays', () => {
  const readArray = (text: string) => {
    const decoder = json.decoder({ a: t.int32() })
    decoder.push(Buffer.from(text))
    decoder.end()
    return rowsOf(decoder.take())
  }

  test('empty, spread over lines, with a byte order mark', () => {
    assert.deepEqual(readArray('[]'), [])
    assert.deepEqual(readArray(' [ \n ] '), [])
    assert.deepEqual(readArray('\ufeff[\n{"a":\n1},\n{"a":2}\n]\n'), [{ a: 1 }, { a: 2 }])
  })

  for (const text of [
    '',
    '{"a":1}',
    '[{"a":1}',
    '[{"a":1},]',
    '[,{"a":1}]',
    '[{"a":1}] x',
    '[{"a":1}{"a":2}]',
    '[1]',
    '[[]]',
    '[{"a":1]}]',
  ]) {
    test(`${text} is refused`, () => assert.throws(() => readArray(text), { code: 'BAD_RECORD' }))
  }

  test('cannot be entered in the middle', () => {
    assert.throws(() => json.decoder(orders, { offset: 10 }), { code: 'INVALID_ARGUMENT' })
  })
})

describe('positions', () => {
  test('another decoder goes on where one stopped', () => {
    const bytes = Buffer.from('{"a":1}\n{"a":2}\n{"a":3}')
    const first = ndjson.decoder({ a: t.int32() })
    first.push(bytes.subarray(0, 12))
    assert.equal(first.position, 8)
    const second = ndjson.decoder({ a: t.int32() }, { offset: first.position })
    second.push(bytes.subarray(first.position))
    second.end()
    assert.deepEqual(rowsOf(second.take()), [{ a: 2 }, { a: 3 }])
    assert.equal(second.position, bytes.length)
  })
})

describe('the verdict is that of JSON.parse', () => {
  const SEED = 20_260_101
  const random = seeded(SEED)
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!

  const document = (depth: number): unknown => {
    const kind = depth > 4 ? Math.floor(random() * 5) : Math.floor(random() * 7)
    if (kind === 0) return null
    if (kind === 1) return random() < 0.5
    if (kind === 2) return pick([0, -0, 1, -1.5, 1e21, 1e-7, random() * 1e9, 123_456])
    if (kind < 5) return pick(['', 'a', '"', '\\', '\n\t\b', 'é😀\u2028', '\u0000', 'x'.repeat(20)])
    if (kind === 5) return Array.from({ length: Math.floor(random() * 4) }, () => document(depth + 1))
    return Object.fromEntries(
      Array.from({ length: Math.floor(random() * 4) }, (_, i) => [
        pick(['a', 'b', '"', '']) + i,
        document(depth + 1),
      ]),
    )
  }

  /** Changes, removes or adds one character: nearly JSON. */
  const damaged = (text: string): string => {
    const at = Math.floor(random() * text.length)
    const insert = pick([
      '',
      '',
      '"',
      ',',
      ':',
      '{',
      '}',
      '[',
      ']',
      '0',
      '-',
      '.',
      'e',
      '\\',
      'u',
      ' ',
      '\n',
      't',
      'null',
    ])
    return (text.slice(0, at) + insert + text.slice(at + Math.floor(random() * 2))).toWellFormed()
  }

  test('on random documents, whole and damaged', () => {
    let good = 0
    for (let i = 0; i < 6000; i++) {
      const whole = JSON.stringify(document(0), null, pick([0, 1]))
      const text = i % 3 === 0 ? whole : damaged(whole)
      let parses = true
      try {
        JSON.parse(text)
      } catch {
        parses = false
      }
      if (parses) good++
      assert.equal(checkJson(text) === undefined, parses, `seed ${SEED}, case ${i}: ${text}`)
    }
    assert.ok(good > 2000 && good < 5000, `${good} good ones`)
  })

  test('and so are the values', () => {
    for (let i = 0; i < 2000; i++) {
      const x = document(0)
      const s = pick(['a', '"', '\\', 'é😀\u2028', '\u0000', ''])
      const n = pick([0, -0, 1.5, 1e21, -1e-7, random(), 1 / 3])
      const record = pick([
        { x, s, n },
        { n, x, s },
        { s, skipped: document(2), n, x },
      ])
      const text = JSON.stringify(record)
      const [row] = read({ x: t.nullable(t.json()), s: t.string(), n: t.float64() }, text)
      const { x: px, s: ps, n: pn } = JSON.parse(text)
      assert.deepEqual(row, { x: px, s: ps, n: pn }, `seed ${SEED}, case ${i}: ${text}`)
    }
  })
})
