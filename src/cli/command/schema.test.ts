import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { commandLine } from '../../../test/cli/command-line.ts'
import { files } from '../../connector/files/files.ts'
import { warehouse } from '../../connector/warehouse/endpoint.ts'
import { pipeline } from '../../pipeline/pipeline.ts'
import type { Relation } from '../../plan/builder/dataset.ts'
import { open } from '../../project/open.ts'
import { type Schema, t } from '../../schema/type.ts'

let dir = ''

before(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'headrace-schema-')))
})

after(() => rmSync(dir, { recursive: true }))

const headrace = (...args: string[]) => commandLine([...args, '--dir', dir])

interface Document {
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly code: string
  readonly looked: string
}

/** What `schema` finds of a file: types by column, once the printed code has read the whole file without a bad record. */
async function found(name: string, content: string | Buffer | undefined, ...options: string[]) {
  if (content !== undefined) writeFileSync(join(dir, name), content)
  const { status, out, err } = await headrace('schema', join(dir, name), ...options, '--json')
  assert.equal(status, 0, err + out)
  const document = JSON.parse(out) as Document
  const dataset = new Function('files', 't', `return ${document.code}`)(files, t) as Relation<Schema>
  const session = await open({ dir })
  let rows = 0
  try {
    for await (const _ of session.rows(dataset)) rows++
  } finally {
    await session.close()
  }
  return { types: Object.fromEntries(document.columns.map(({ name, type }) => [name, type])), rows, document }
}

const csvText = `id,code,price,share,big,huge,ok,day,at,key,note,empty,mixed
1,007,12.50,1e-3,9007199254740993,12345678901234567890,true,2024-01-31,2024-01-31T12:00:00Z,00000000-0000-0000-0000-00000000000a,"a ""b"", c",,1
2,010,-3,2.5,1,-1,false,2024-02-29,2024-02-29 00:00:00,ffffffff-ffff-ffff-ffff-ffffffffffff,"two
lines",,x
`

test('the narrowest exact type of each column of a CSV file is printed, and reads it', async () => {
  const { types, rows, document } = await found('all.csv', csvText)
  assert.deepEqual(types, {
    id: 't.int64()',
    code: 't.string()',
    price: 't.decimal(18, 2)',
    share: 't.float64()',
    big: 't.int64()',
    huge: 't.decimal(20, 0)',
    ok: 't.bool()',
    day: 't.date()',
    at: 't.timestamp()',
    key: 't.uuid()',
    note: 't.string()',
    empty: 't.nullable(t.string())',
    mixed: 't.string()',
  })
  assert.equal(rows, 2)
  assert.match(document.looked, /^Rows looked at: all 2\. With room for others: /)
})

test('of a longer file the first rows are looked at, and the types leave room', async () => {
  const lines = Array.from({ length: 100 }, (_, i) => `${i * 1000},${i}.25,${i < 50 ? i : ''}`)
  const { types, rows, document } = await found(
    'long.csv',
    `n,price,half\n${lines.join('\n')}\n`,
    '--rows',
    '60',
  )
  assert.deepEqual(types, { n: 't.int64()', price: 't.decimal(18, 2)', half: 't.nullable(t.int64())' })
  assert.equal(rows, 100)
  assert.match(document.looked, /^Rows looked at: the first 60; what follows may not fit\. /)
  assert.equal((await found('long.csv', undefined)).types.half, 't.nullable(t.int64())')
})

test('the delimiter is found in the header, and printed', async () => {
  const { document, rows } = await found('semi.csv', '\ufeffa;b\n1,5;x\n')
  assert.match(document.code, /delimiter: ';',/)
  assert.equal(rows, 1)
  assert.match(
    (await found('tab.tsv', 'a\tb\n1\tx\n')).document.code,
    /files\.csv\('tab\.tsv', \{\n {2}delimiter: '\\t',/,
  )
})

const json = [
  '{"id":1,"price":12.50,"at":"2024-01-31T12:00:00Z","tags":["a"],"who":{"name":"x"},"maybe":null,"ok":true,"any":1}',
  '{"id":12345678901234567890123,"price":3,"at":"2024-01-31T12:00:00.5Z","tags":[],"who":{"a [b], {c} \\"d\\"":1},"ok":false,"any":"x"}',
]
const jsonTypes = {
  id: 't.decimal(23, 0)',
  price: 't.decimal(18, 2)',
  at: 't.timestamp()',
  tags: 't.list(t.string())',
  who: 't.json()',
  maybe: 't.nullable(t.json())',
  ok: 't.bool()',
  any: 't.json()',
}

test('numbers of JSON are taken as they are written, and what has parts stays JSON', async () => {
  assert.deepEqual((await found('rows.ndjson', `${json.join('\n')}\n`)).types, jsonTypes)
  assert.deepEqual((await found('rows.json', `[\n${json.join(',\n')}\n]\n`)).types, jsonTypes)
  const { rows, document } = await found('more.json', '[{"a":1}, {"a":2}\n,{"a":3}]', '--rows', '2')
  assert.equal(rows, 3)
  assert.match(document.looked, /the first 2;/)
  assert.match(
    (await found('lines.json', '{"a":1}\n{"a":2}\n')).document.code,
    /^files\.ndjson\('lines\.json'/,
  )
})

test('Parquet says by its footer what it holds', async () => {
  const schema = {
    n: t.int64(),
    price: t.nullable(t.decimal(12, 2)),
    day: t.date(),
    'odd name': t.list(t.string()),
  }
  const source = files.ndjson(join(dir, 'p.ndjson'), { schema })
  writeFileSync(join(dir, 'p.ndjson'), '{"n":1,"price":null,"day":"2024-01-31","odd name":["x"]}\n')
  const session = await open({ dir })
  await session.run(pipeline('p', source, { to: files.parquet(join(dir, 'p.parquet')) }))
  await session.close()
  const { types, rows } = await found('p.parquet', undefined)
  assert.equal(rows, 1)
  assert.equal(types.n, 't.int64()')
  assert.equal(types.price, 't.nullable(t.decimal(12, 2))')
  assert.equal(types.day, 't.date()')
  assert.match(types['odd name']!, /t\.list\(t\.nullable\(t\.string\(\)\)\)/)
})

test('odd names are written so that they mean themselves', async () => {
  const { types, rows } = await found('odd.csv', '"a\nb","c"" d",__proto__,1,it\'s\n1,2,3,4,5\n')
  assert.deepEqual(Object.keys(types).sort(), ['1', '__proto__', 'a\nb', 'c" d', "it's"].sort())
  assert.equal(rows, 1)
})

test('a compressed file, and the first of many', async () => {
  assert.equal((await found('z.csv.gz', gzipSync('a\n1\n'))).rows, 1)
  mkdirSync(join(dir, 'many'))
  for (const part of ['a', 'b']) writeFileSync(join(dir, 'many', `${part}.csv`), 'n\n1\n')
  const { document, rows } = await found('many/*.csv', undefined)
  assert.match(document.looked, /of .*a\.csv, the first of 2 files/)
  assert.equal(rows, 2)
})

test('the columns of Hive partitions are told from the names of all folders, and read from them', async () => {
  const folders = [
    'day=2024-01-31/region=007',
    'day=2024-02-01/region=eu%2Fwest',
    `day=2024-02-02/region=${'__HIVE_DEFAULT_PARTITION__'}`,
  ]
  for (const folder of folders) {
    mkdirSync(join(dir, 'lake', folder), { recursive: true })
    writeFileSync(join(dir, 'lake', folder, 'part-0.csv'), 'id\n1\n2\n')
  }
  const { types, rows, document } = await found('lake', undefined)
  assert.deepEqual(types, { id: 't.int64()', day: 't.date()', region: 't.nullable(t.string())' })
  assert.equal(rows, 6)
  assert.match(document.code, /^ {2}partitionBy: \['day', 'region'\],$/m)
})

test('a table of the warehouse says what it holds', async () => {
  writeFileSync(join(dir, 't.ndjson'), '{"id":1,"price":"2.50"}\n')
  const schema = { id: t.int64(), price: t.nullable(t.decimal(12, 2)) }
  const session = await open({ dir })
  try {
    const source = files.ndjson(join(dir, 't.ndjson'), { schema })
    await session.run(pipeline('load', source, { to: warehouse.table('raw.orders') }))
  } finally {
    await session.close()
  }
  const { status, out } = await headrace('schema', 'raw.orders')
  assert.equal(status, 0)
  assert.match(out, /^warehouse\.table\('raw\.orders', \{\n {2}schema: \{\n {4}id: t\..*int64/m)
  const wrong = await headrace('schema', 'raw.order')
  assert.match(wrong.err, /no table 'raw\.order' — did you mean 'raw\.orders'\? It has: raw\.orders\./)
})

test('what cannot be described is refused in words', async () => {
  const refused = async (status: number, message: RegExp, ...args: string[]) => {
    const done = await headrace('schema', ...args)
    assert.match(done.err, message)
    assert.equal(done.status, status)
  }
  writeFileSync(join(dir, 'empty.csv'), '')
  writeFileSync(join(dir, 'data.txt'), 'x')
  await refused(1, /NOT_FOUND: There is no file nowhere\.csv/, 'nowhere.csv')
  await refused(
    1,
    /NOT_FOUND: There is no file orders, and (no warehouse|the warehouse has no table)/,
    'orders',
  )
  await refused(1, /READ_FAILED: .*it is empty/, join(dir, 'empty.csv'))
  writeFileSync(join(dir, 'twice.csv'), 'a,a\n1,2\n')
  await refused(1, /SCHEMA_MISMATCH: .*twice\.csv: .*names a twice/, join(dir, 'twice.csv'))
  await refused(2, /does not tell its format. Give --format csv/, join(dir, 'data.txt'))
  await refused(2, /no format "cvs" — did you mean 'csv'/, join(dir, 'data.txt'), '--format', 'cvs')
})
