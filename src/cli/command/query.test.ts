import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { commandLine } from '../../../test/cli/command-line.ts'
import { memory } from '../../connector/memory/endpoint.ts'
import { warehouse } from '../../connector/warehouse/endpoint.ts'
import { pipeline } from '../../pipeline/pipeline.ts'
import { open } from '../../project/open.ts'
import { t } from '../../schema/type.ts'

let dir = ''

before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'headrace-query-cli-'))
  await using session = await open({ dir })
  const schema = {
    id: t.int64(),
    name: t.nullable(t.string()),
    price: t.decimal(12, 2),
    ts: t.timestamp(),
    tags: t.list(t.string()),
    info: t.json(),
  }
  const long = 'long '.repeat(30).trim()
  const rows = [
    {
      id: 2n ** 60n,
      name: long,
      price: '12.50',
      ts: '0001-01-01T00:00:00Z',
      tags: ['a', 'b'],
      info: { x: 1 },
    },
    { id: 2, name: null, price: '-1.00', ts: '2024-01-31T12:00:00.5Z', tags: [], info: 'y, "z"' },
  ]
  await session.run(pipeline('p', memory.rows(rows, { schema }), { to: warehouse.table('orders') }))
})

after(() => rmSync(dir, { recursive: true }))

const query = (...args: string[]) => commandLine(['query', ...args, '--dir', dir])

test('a table is aligned, with numbers to the right and nulls to be seen, and whole where no terminal is', async () => {
  const { status, out, err } = await query('SELECT id, price, name FROM orders ORDER BY id')
  assert.equal(status, 0, err)
  assert.deepEqual(out.split('\n'), [
    '                 id  price  name',
    '                  2  -1.00  null',
    `1152921504606846976  12.50  ${'long '.repeat(30).trim()}`,
  ])
  assert.equal((await query('SELECT id FROM orders WHERE false')).out, 'id')
})

test('control characters are escaped for people, and exact in CSV and JSON', async () => {
  const sql = `SELECT chr(27) || '[31m' AS s`
  assert.equal((await query(sql)).out, 's\n\\u001b[31m')
  assert.equal((await query('SELECT 1 AS "a\u001b" WHERE false')).out, 'a\\u001b')
  assert.equal((await query(sql, '--csv')).out, 's\n\u001b[31m')
  assert.deepEqual(JSON.parse((await query(sql, '--json')).out).rows, [{ s: '\u001b[31m' }])
  const { status, err } = await query(`SELECT error('boom' || chr(27) || '[31m') FROM orders`)
  assert.equal(status, 1)
  assert.match(err, /boom\\u001b\[31m/)
})

test('CSV and JSON keep every digit', async () => {
  const csv = await query(
    'SELECT id, price, ts, name IS NULL AS missing, info FROM orders ORDER BY id',
    '--csv',
  )
  assert.equal(
    csv.out,
    [
      'id,price,ts,missing,info',
      '2,-1.00,2024-01-31T12:00:00.500000Z,true,"""y, \\""z\\"""""',
      '1152921504606846976,12.50,0001-01-01T00:00:00Z,false,"{""x"":1}"',
    ].join('\n'),
  )
  const json = await query(
    'SELECT id, price, ts, tags, info FROM orders ORDER BY id DESC',
    '--json',
    '--limit',
    '1',
  )
  assert.deepEqual(JSON.parse(json.out), {
    columns: [
      { name: 'id', type: 'int64?' },
      { name: 'price', type: 'decimal(12,2)?' },
      { name: 'ts', type: 'timestamp?' },
      { name: 'tags', type: 'list(string?)?' },
      { name: 'info', type: 'json?' },
    ],
    rows: [
      {
        id: '1152921504606846976',
        price: '12.50',
        ts: '0001-01-01T00:00:00Z',
        tags: ['a', 'b'],
        info: { x: 1 },
      },
    ],
  })
})

test('--limit ends early, and says so; a table has a limit of its own', async () => {
  const few = await query('SELECT range AS n FROM range(1000000000)', '--limit', '2')
  assert.equal(few.out, 'n\n0\n1')
  assert.match(few.err, /the first 2 rows/)
  const many = await query('SELECT range AS n FROM range(1000000)')
  assert.equal(many.out.split('\n').length, 101)
  const all = await query('SELECT range AS n FROM range(3)', '--limit', '3')
  assert.equal(all.err, '')
  assert.equal((await query('SELECT range AS n FROM range(1000)', '--csv')).out.split('\n').length, 1001)
})

test('what is wrong is one error, and exit code 1; a wrong command line is 2', async () => {
  const wrong = await query('SELECT nope FROM orders')
  assert.equal(wrong.status, 1)
  assert.match(wrong.err, /^headrace: INVALID_SQL: query: .*"nope" not found/)
  assert.doesNotMatch(wrong.err, /node:|\.ts:/)
  assert.match((await query('DROP TABLE orders')).err, /INVALID_SQL: query: it only reads/)
  assert.equal((await query()).status, 2)
  assert.equal((await query('SELECT 1', 'FROM orders')).status, 2)
  assert.equal((await query('SELECT 1', '--csv', '--json')).status, 2)
  assert.equal((await query('SELECT 1', '--limit', '0')).status, 2)
  const empty = mkdtempSync(join(tmpdir(), 'headrace-query-empty-'))
  const missing = await query('SELECT 1', '--dir', empty, '--profile', 'none').finally(() => undefined)
  assert.equal(missing.status, 1)
  assert.equal(existsSync(join(empty, '.headrace')), false)
  rmSync(empty, { recursive: true })
})
