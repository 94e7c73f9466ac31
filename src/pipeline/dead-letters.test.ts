import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, relative, sep } from 'node:path'
import test, { after } from 'node:test'
import { memory } from '../connector/memory/endpoint.ts'
import type { Rejection } from '../engine/engine.ts'
import type { MapNode, SourceNode } from '../plan/node.ts'
import { Decimal } from '../schema/decimal.ts'
import { t } from '../schema/type.ts'
import type { RejectedRecord } from '../seam/source.ts'
import { DeadLetters, letterOf } from './dead-letters.ts'
import { intervalOf } from './interval.ts'
import { letterFiles } from './letter-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'headrace-letters-'))
after(() => rmSync(folder, { recursive: true }))

const rows = memory.rows([], { schema: { id: t.int32() } })
const source = rows.node as SourceNode
const map = rows.map('check', { out: { id: t.int32() }, version: 1 }, row => row).node as MapNode

function letter(record: Partial<RejectedRecord>): Record<string, unknown> {
  const whole = {
    place: 'a.csv',
    position: 3,
    bytes: Buffer.from('x'),
    code: 'BAD_RECORD',
    message: 'm',
  } as const
  return JSON.parse(
    JSON.stringify(letterOf('p', { node: source, record: { ...whole, ...record } }, new Map())),
  )
}

const place = (name: string, from?: string, to?: string): string => {
  const interval = from === undefined ? undefined : intervalOf('run', { from, ...(to && { to }) })
  return relative(folder, letterFiles(folder, name, interval).published)
    .split(sep)
    .join('/')
}

test('letters lie under the name of their pipeline, those of an interval in a folder of that name', () => {
  assert.equal(place('daily-revenue'), 'daily-revenue.ndjson')
  assert.equal(place('sales.daily', '2024-01-01', '2024-01-02'), 'sales.daily/2024-01-01_2024-01-02.ndjson')
  assert.equal(place('p', '2024-01-01T12:30:00Z'), 'p/2024-01-01T123000Z_end.ndjson')
  assert.equal(letterFiles(folder, 'p', undefined).failed, join(folder, 'p.failed.ndjson'))
})

test('a name that is no file name is written as one, different names differently', () => {
  const odd = [
    'a/b',
    '../p',
    '..',
    '.',
    'a\\b',
    'a:b',
    'a*',
    'a b',
    'é',
    'con',
    'nul.x',
    'x.failed',
    'x.ndjson',
    'a%2Fb',
  ]
  const long = ['x'.repeat(300), `${'x'.repeat(300)}y`]
  const names = [...odd, ...long, 'p', 'x', '\ud800', 'a.'].map(name => place(name))
  for (const name of names) {
    assert.match(name, /^(?!con\.|nul\.)[A-Za-z0-9_%][A-Za-z0-9_.%~-]{0,220}\.ndjson$/)
    assert.ok(!/\.(failed|ndjson)\.ndjson$/.test(name), name)
  }
  assert.equal(new Set(names).size, names.length)
  assert.equal(place('a/b'), 'a%2Fb.ndjson')
})

test('bytes are text where they are UTF-8, else base64', () => {
  assert.equal(letter({ bytes: Buffer.from('7,Zoë\n') }).text, '7,Zoë\n')
  const bytes = Buffer.from([0x37, 0x2c, 0xff])
  const { text, base64 } = letter({ bytes })
  assert.deepEqual([text, Buffer.from(String(base64), 'base64')], [undefined, bytes])
})

test('a letter says where the record stood', () => {
  assert.deepEqual(letter({ line: 7, byte: 120, code: 'NULL_VALUE' }), {
    pipeline: 'p',
    source: 'memory',
    place: 'a.csv',
    line: 7,
    byte: 120,
    position: 3,
    text: 'x',
    code: 'NULL_VALUE',
    message: 'm',
  })
})

test('of a long record the first MiB is kept, in whole characters, and its length', () => {
  const MiB = 1024 * 1024
  for (const character of ['x', 'ë', '水', '🎈']) {
    const bytes = Buffer.from(` ${character.repeat(MiB)}`)
    const { text, base64, length } = letter({ bytes })
    assert.deepEqual([base64, length], [undefined, bytes.length])
    const kept = Buffer.byteLength(String(text))
    assert.ok(kept <= MiB && kept > MiB - 4, String(kept))
    assert.ok(bytes.toString().startsWith(String(text)))
    // As a source gives it that has cut the record itself.
    assert.deepEqual(letter({ bytes: bytes.subarray(0, MiB), length: bytes.length }), letter({ bytes }))
  }
  const torn = letter({ bytes: Buffer.alloc(MiB + 1, 0xff) })
  assert.equal(Buffer.from(String(torn.base64), 'base64').length, MiB)
  assert.equal(letter({ bytes: Buffer.alloc(MiB) }).length, undefined)
})

test('a row is written with values that JSON has no form for as text', async () => {
  const row = {
    id: 2n ** 60n,
    price: new Decimal(1250n, 2),
    raw: Buffer.from('hi'),
    ids: [1n, null],
    doc: { a: [1] },
  }
  const letters = new DeadLetters(letterFiles(folder, 'rows', undefined), rejection =>
    letterOf('rows', rejection, new Map([[map, 'rows/check']])),
  )
  await letters.add([{ node: map, row, weight: -1, code: 'USER_FUNCTION', message: 'no' }])
  const path = await letters.publish()
  assert.deepEqual(JSON.parse(readFileSync(path!, 'utf8')), {
    pipeline: 'rows',
    operator: 'rows/check',
    function: 'check',
    row: { id: '1152921504606846976', price: '12.50', raw: 'aGk=', ids: ['1', null], doc: { a: [1] } },
    weight: -1,
    code: 'USER_FUNCTION',
    message: 'no',
  })
})

test('nobody sees letters before they are published, and nothing of those that are dropped', async () => {
  const files = letterFiles(join(folder, 'hidden'), 'p', undefined)
  const seen = (): string[] => readdirSync(join(folder, 'hidden')).filter(name => !name.startsWith('.'))
  const of = (message: string): Rejection => ({
    node: source,
    record: { place: 'a', position: 0, bytes: Buffer.from('x'), code: 'BAD_RECORD', message },
  })
  const made = () => new DeadLetters(files, rejection => letterOf('p', rejection, new Map()))
  const first = made()
  await first.add([of('one')])
  assert.deepEqual(seen(), [])
  assert.equal(await first.publish(), files.published)
  const dropped = made()
  await dropped.add([of('two')])
  await dropped.drop()
  assert.deepEqual(readdirSync(join(folder, 'hidden')), [basename(files.published)])
  assert.match(readFileSync(files.published, 'utf8'), /"one"/)
  const failed = made()
  await failed.add([of('three')])
  await failed.fail()
  assert.deepEqual(seen().sort(), ['p.failed.ndjson', 'p.ndjson'])
  await made().fail()
  assert.equal(existsSync(files.failed), false)
})

test('letters that cannot be written end the run with the path', async () => {
  const blocked = join(folder, 'blocked')
  writeFileSync(blocked, 'a file where the folder should be')
  const letters = new DeadLetters(letterFiles(blocked, 'p', undefined), () => ({}))
  const rejection: Rejection = { node: map, row: {}, weight: 1, code: 'USER_FUNCTION', message: 'no' }
  await assert.rejects(letters.add([rejection]), { code: 'WRITE_FAILED', message: /blocked.p\.ndjson/ })
})
