import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dirtyCsv } from '../../../test/bad-records/dirty-csv.ts'
import { seeded } from '../../runtime/random.ts'
import { type Schema, t } from '../type.ts'
import { CsvDecoder } from './decode.ts'
import { dialectOf } from './dialect.ts'
import { CHECK_SLACK, canBePlain, PlainCheck } from './plain-check.ts'

/** Records of a file with a header, or undefined where it is not plain. */
function plainRecords(schema: Schema, bytes: Buffer): number | undefined {
  const start = bytes.indexOf('\n') + 1
  const names = bytes.toString('utf8', 0, start - 1).split(',')
  const room = Buffer.concat([bytes, Buffer.alloc(CHECK_SLACK)])
  const check = new PlainCheck(schema, names, dialectOf({}))
  return check.check(room, start, bytes.length) ? check.records : undefined
}

test('what is plain is good to our codec, record by record', () => {
  const seed = 20_261_124
  const random = seeded(seed)
  let plain = 0
  for (let i = 0; i < 6000; i++) {
    const { schema, bytes } = dirtyCsv(random, [0, 0.005, 0.05][i % 3]!)
    const header = Buffer.from(bytes.subarray(0, bytes.indexOf('\n') + 1)).toString()
    const isUsual = canBePlain(schema) && bytes.at(-1) === 10 && /^[c\d,]+\n$/.test(header)
    if (!isUsual) continue
    const records = plainRecords(schema, bytes)
    if (records === undefined) continue
    const decoder = new CsvDecoder(schema, {
      onBadRecord: bad => assert.fail(`seed ${seed}, case ${i}: ${bad.message}`),
    })
    decoder.push(bytes)
    decoder.end()
    assert.equal(records, decoder.rows, `seed ${seed}, case ${i}: ${bytes}`)
    plain++
  }
  assert.ok(plain > 1000, `only ${plain} files were plain`)
})

test('usual spellings are plain', () => {
  const schema: Schema = {
    id: t.int64(),
    n: t.int32(),
    price: t.nullable(t.decimal(12, 2)),
    at: t.timestamp(),
    day: t.date(),
    paid: t.bool(),
    score: t.float64(),
    note: t.nullable(t.string()),
  }
  const head = `${Object.keys(schema).join(',')},other\n`
  const lines = [
    '999999999999999999,-999999999,9999999999.99,2024-02-29T23:59:59.123456Z,0001-01-01,true,-0.0009765625,é 😀,x\n',
    '0,0,,2024-01-31 00:00:00,9999-12-31,false,0,,\n',
  ]
  assert.equal(plainRecords(schema, Buffer.from(head + lines.join(''))), 2)
})
