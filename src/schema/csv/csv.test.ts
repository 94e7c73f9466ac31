import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { batchOfCells } from '../batch.ts'
import type { BadRecord } from '../decoder.ts'
import { rowsOf } from '../row.ts'
import { type Schema, t } from '../type.ts'
import { type CsvDecodeOptions, CsvDecoder } from './decode.ts'
import type { CsvOptions } from './dialect.ts'
import { CsvEncoder } from './encode.ts'

const schema = { id: t.int32(), name: t.nullable(t.string()) }

function read(text: string | Buffer, options: CsvDecodeOptions = {}, of: Schema = schema): unknown[] {
  const decoder = new CsvDecoder(of, options)
  decoder.push(typeof text === 'string' ? Buffer.from(text) : text)
  decoder.end()
  return rowsOf(decoder.take())
}

describe('reading', () => {
  const good: [string, string, unknown[]][] = [
    ['LF', 'id,name\n1,a\n', [{ id: 1, name: 'a' }]],
    [
      'CR LF',
      'id,name\r\n1,a\r\n2,\r\n',
      [
        { id: 1, name: 'a' },
        { id: 2, name: null },
      ],
    ],
    ['no line end at the end', 'id,name\n1,a', [{ id: 1, name: 'a' }]],
    ['a byte order mark', '\ufeffid,name\n1,a\n', [{ id: 1, name: 'a' }]],
    ['the header in another order', 'name,id\na,1\n', [{ id: 1, name: 'a' }]],
    ['columns that the schema lacks', 'x,id,y,name\n"q""\n",1,,a\n', [{ id: 1, name: 'a' }]],
    ['quoted names', '"id","name"\r\n1,a\n', [{ id: 1, name: 'a' }]],
    ['blank lines', 'id,name\n\n1,a\n\r\n\n', [{ id: 1, name: 'a' }]],
    [
      'null and empty text',
      'id,name\n1,\n2,""\n',
      [
        { id: 1, name: null },
        { id: 2, name: '' },
      ],
    ],
    [
      'quotes, delimiters and line ends in quotes',
      'id,name\n1,"a,""b""\r\nc"\n',
      [{ id: 1, name: 'a,"b"\r\nc' }],
    ],
    ['quoted numbers', 'id,name\n"+007","x"\n', [{ id: 7, name: 'x' }]],
    ['spaces belong to the text', 'id,name\n1, a \n', [{ id: 1, name: ' a ' }]],
    ['the header alone', 'id,name\n', []],
  ]
  for (const [what, text, rows] of good) test(what, () => assert.deepEqual(read(text), rows))

  test('without a header, and with another delimiter', () => {
    assert.deepEqual(read('1;"a;b"\n', { header: false, delimiter: ';' }), [{ id: 1, name: 'a;b' }])
  })

  test('one column: an empty line is a null', () => {
    assert.deepEqual(read('a\n\nx\n', {}, { a: t.nullable(t.string()) }), [{ a: null }, { a: 'x' }])
  })

  test('going on at a position, with the names of the header', () => {
    const bytes = Buffer.from('name,id\na,1\nb,2\n')
    const first = new CsvDecoder(schema)
    first.push(bytes.subarray(0, 13))
    assert.equal(first.position, 12)
    const rows = read(bytes.subarray(first.position), { offset: first.position, names: first.names! })
    assert.deepEqual(rows, [{ id: 2, name: 'b' }])
  })
})

describe('refusing', () => {
  const bad: [string, string, string, RegExp][] = [
    ['a missing column', 'id\n1\n', 'SCHEMA_MISMATCH', /does not name name. It has: id/],
    ['a column twice', 'id,name,id\n', 'SCHEMA_MISMATCH', /names id twice/],
    [
      'lines that end with carriage returns',
      'id,name\r1,a\r',
      'SCHEMA_MISMATCH',
      /It has: id, name\\r1, a\. Carriage returns alone/,
    ],
    ['no header at all', '', 'SCHEMA_MISMATCH', /no header/],
    ['a broken header', '"id"x,name\n', 'BAD_RECORD', /'x,name'/],
    [
      'too few fields',
      'id,name\n1\n',
      'BAD_RECORD',
      /^Record 1 at line 2, byte 8: has 1 fields instead of 2/,
    ],
    ['too many fields', 'id,name\n1,a,b\n', 'BAD_RECORD', /more fields than the 2/],
    ['a quote within a field', 'id,name\n1,a"b"\n', 'BAD_RECORD', /column 'name': a quote stands/],
    ['text after quotes', 'id,name\n1,"a"b\n', 'BAD_RECORD', /followed by more/],
    [
      'an open quote',
      'id,name\n1,"a\n2,b\n',
      'BAD_RECORD',
      /^Record 1 at line 2, byte 8, column 'name': a quoted field does not end/,
    ],
    ['a lone carriage return', 'id,name\n1,a\rb\n', 'BAD_RECORD', /carriage return/],
    [
      'a null where none is allowed',
      'id,name\n,a\n',
      'NULL_VALUE',
      /column 'id': expected int32, found an empty field, which is null unless it is written ""/,
    ],
    [
      'a bad value',
      'id,name\n1,a\nx y,b\n',
      'BAD_VALUE',
      /^Record 2 at line 3, byte 12, column 'id': expected int32, found x y, which is not a whole number\.$/,
    ],
  ]
  for (const [what, text, code, message] of bad) {
    test(what, () => assert.throws(() => read(text), { code, message }))
  }

  test('bytes that are not UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from('id,name\n1,a\n2,'), Buffer.of(0xff), Buffer.from('\n')])
    assert.throws(() => read(bytes), { code: 'ILL_FORMED_TEXT', message: /^Record 2/ })
  })

  test('lists and impossible delimiters', () => {
    assert.throws(() => new CsvDecoder({ a: t.list(t.int32()) }), {
      code: 'NOT_EXPRESSIBLE',
      message: /'a'.*list\(int32\)/,
    })
    assert.throws(() => new CsvEncoder({ a: t.list(t.int32()) }), { code: 'NOT_EXPRESSIBLE' })
    for (const delimiter of ['', '"', '\n', '::', 'é']) {
      assert.throws(() => new CsvDecoder(schema, { delimiter }), { code: 'INVALID_ARGUMENT' })
    }
  })

  test('a bad record that is not to fail the read is handed over', () => {
    const bad: BadRecord[] = []
    const text = 'id,name\n1,a\n2,"b\n",c\nx,""""\n4,d\n'
    const rows = read(text, { onBadRecord: record => bad.push(record) })
    assert.deepEqual(rows, [
      { id: 1, name: 'a' },
      { id: 4, name: 'd' },
    ])
    assert.deepEqual(
      bad.map(record => [record.record, record.offset, record.code, Buffer.from(record.bytes).toString()]),
      [
        [2, 12, 'BAD_RECORD', '2,"b\n",c'],
        [3, 21, 'BAD_VALUE', 'x,""""'],
      ],
    )
  })
})

test('quotes are written only where they are needed', () => {
  const encoder = new CsvEncoder(schema)
  const batch = batchOfCells(schema, [
    [1, 'plain text'],
    [2, ''],
    [3, null],
    [4, 'a "b", c'],
  ])
  const text = Buffer.concat([encoder.head(), encoder.encode(batch), encoder.tail()]).toString()
  assert.equal(text, 'id,name\n1,plain text\n2,""\n3,\n4,"a ""b"", c"\n')
})

describe('dialects', () => {
  const texts = [
    null,
    '',
    'a',
    'NA',
    '"',
    "'",
    '\\',
    '\\"',
    'a;b',
    'a,b',
    'x\r\ny',
    '# no',
    '\ufeffz',
    '\\N',
    'a"b\'c\\d',
  ]
  const dialects: readonly CsvOptions[] = [
    { delimiter: ';' },
    { delimiter: '\t', header: false },
    { quote: "'" },
    { quote: '"', escape: '\\' },
    { quote: "'", escape: '^', comment: '#', delimiter: '|' },
    { nulls: ['NA', ''] },
    { nulls: ['\\N'] },
    { comment: '#' },
    { nulls: ['-'], escape: '\\', comment: '%', header: false },
  ]
  const of = { id: t.int32(), 'na"m;e#': t.nullable(t.string()), more: t.nullable(t.string()) }
  const cells = texts.flatMap((a, i) => texts.map((b, j) => [i * 100 + j, a, b]))
  for (const dialect of dialects) {
    test(`what is written is read back: ${JSON.stringify(dialect)}`, () => {
      const encoder = new CsvEncoder(of, dialect)
      const bytes = Buffer.concat([encoder.head(), encoder.encode(batchOfCells(of, cells))])
      const expected = cells.map(([id, a, b]) => ({ id, 'na"m;e#': a, more: b }))
      assert.deepEqual(read(bytes, dialect, of), expected)
      // A byte at a time, so that an escape ends a piece.
      const decoder = new CsvDecoder(of, dialect)
      for (const byte of bytes) decoder.push(Buffer.of(byte))
      decoder.end()
      assert.deepEqual(rowsOf(decoder.take()), expected)
    })
  }

  test('nulls are texts without quotes, and an empty field is what it is where it is none', () => {
    const text = 'id,name\n1,NA\n2,"NA"\n3,\n4,NAN\n'
    const names = read(text, { nulls: ['NA'] }).map(row => (row as { name: unknown }).name)
    assert.deepEqual(names, [null, 'NA', '', 'NAN'])
    assert.throws(() => read('id,name\nNA,a\n', { nulls: ['NA'] }), {
      code: 'NULL_VALUE',
      message: /column 'id': expected int32, found NA, which is null unless it stands in quotes/,
    })
    assert.throws(() => read('id,name\n,a\n', { nulls: ['NA'] }), { code: 'BAD_VALUE' })
  })

  test('comments stand before the header and between records, and may hold anything', () => {
    const bad: BadRecord[] = []
    const text = '# it\'s "open\nid,name\n#\n1,a\n#"\nx,b\n2,"#\n#"\n# end'
    const rows = read(text, { comment: '#', onBadRecord: record => bad.push(record) })
    assert.deepEqual(rows, [
      { id: 1, name: 'a' },
      { id: 2, name: '#\n#' },
    ])
    assert.deepEqual(
      bad.map(record => [record.record, record.line]),
      [[2, 6]],
    )
  })

  test('without quotes a quote is a character, and what would need quotes cannot be written', () => {
    assert.deepEqual(read('id,name\n1,"a"b\n', { quote: false }), [{ id: 1, name: '"a"b' }])
    const encoder = new CsvEncoder(schema, { quote: false })
    const encode = (name: string) => Buffer.from(encoder.encode(batchOfCells(schema, [[1, name]]))).toString()
    assert.equal(encode('"a"'), '1,"a"\n')
    for (const name of ['a,b', 'a\nb', '']) {
      assert.throws(() => encode(name), { code: 'NOT_EXPRESSIBLE', message: /Column 'name'/ })
    }
  })

  test('a null cannot be written where nothing means null', () => {
    const encoder = new CsvEncoder(schema, { nulls: [] })
    assert.throws(() => encoder.encode(batchOfCells(schema, [[1, null]])), {
      code: 'NOT_EXPRESSIBLE',
      message: /'name'.*nulls: \[\]/,
    })
  })

  test('what could not be told apart is refused', () => {
    const refused: [CsvOptions, RegExp][] = [
      [{ delimiter: '"' }, /different/],
      [{ quote: '""' }, /quote must be one ASCII/],
      [{ escape: ',' }, /different/],
      [{ comment: '\n' }, /comment must be one/],
      [{ quote: false, escape: '\\' }, /escape has no use/],
      [{ nulls: ['a"'] }, /nulls has "a\\""/],
      [{ nulls: ['#x'], comment: '#' }, /nulls/],
      [{ nulls: 'NA' as never }, /list of texts/],
      [{ header: 'yes' as never }, /header must be true or false/],
    ]
    for (const [options, message] of refused) {
      assert.throws(() => new CsvDecoder(schema, options), { code: 'INVALID_ARGUMENT', message })
    }
  })
})

describe('lines of bad records', () => {
  test('count line ends in quotes, blank lines and the header', () => {
    const text = 'id,name\n\n1,"a\n\nb"\nx,1\n\r\n2,"\n"\ny,"\n2"\n3,c\nz,3\n'
    const lines = text.split('\n')
    for (const piece of [1, 2, 3, 7, 1000]) {
      const bad: BadRecord[] = []
      const decoder = new CsvDecoder(schema, { onBadRecord: record => bad.push(record) })
      const bytes = Buffer.from(text)
      for (let at = 0; at < bytes.length; at += piece) decoder.push(bytes.subarray(at, at + piece))
      decoder.end()
      const found = bad.map(record => [record.line, Buffer.from(record.bytes).toString().split('\n')[0]])
      assert.deepEqual(
        found,
        [6, 10, 13].map(line => [line, lines[line - 1]]),
        `pieces of ${piece}`,
      )
    }
  })

  test('show control characters as JSON writes them', () => {
    const messages: string[] = []
    const text = 'id,name\n1\u001b[31m\0,a\n2\u007f\u009b,b\n3,"c"\r,d\n'
    read(text, { onBadRecord: record => messages.push(record.message) })
    assert.deepEqual(
      messages.map(message => /(?:found|before) (.*?)(?:, which.*)?$/.exec(message)?.[1]),
      ['1\\u001b[31m\\u0000', '2\\u007f\\u009b', "'\\r,d'."],
    )
  })

  test('a quote that is not closed costs its line alone', () => {
    const bad: BadRecord[] = []
    const rows = read('id,name\n1,a\n2,"b\n3,c\n4,"d"\n', { onBadRecord: record => bad.push(record) })
    assert.deepEqual(
      rows.map(row => (row as { id: number }).id),
      [1, 3, 4],
    )
    assert.deepEqual(
      bad.map(record => [record.record, record.line, record.offset, Buffer.from(record.bytes).toString()]),
      [[2, 3, 12, '2,"b']],
    )
  })
})
