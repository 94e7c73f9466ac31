import assert from 'node:assert/strict'
import test from 'node:test'
import { batchOfCells } from '../../schema/batch.ts'
import { t } from '../../schema/type.ts'
import type { UpdateMode } from '../../seam/sink.ts'
import { printSink } from './sink.ts'

const schema = { city: t.string(), sold: t.nullable(t.decimal(12, 2)), tags: t.list(t.string()) }

async function printed(mode: UpdateMode, limit: number, weights?: number[]): Promise<string[]> {
  const lines: string[] = []
  const writer = await printSink({ limit, line: text => lines.push(text) }).open(0, { schema, mode })
  const rows = [
    ['Oslo', 1250n, ['a', 'b']],
    ['x\ny', null, []],
    ['L'.repeat(60), -5n, ['c']],
  ]
  await writer.write(1, batchOfCells(schema, rows, weights))
  await writer.commit(1)
  await writer.write(2, batchOfCells(schema, rows.slice(0, 1)))
  await writer.commit(2)
  await writer.close(true)
  return lines
}

test('rows stand in columns, numbers to the right, long text cut', async () => {
  const long = `${'L'.repeat(39)}…`
  assert.deepEqual(await printed('append', 10), [
    `city${' '.repeat(38)} sold  tags`,
    `Oslo${' '.repeat(36)}  12.50  [a, b]`,
    `x y${' '.repeat(37)}   null  []`,
    `${long}  -0.05  [c]`,
    `Oslo${' '.repeat(36)}  12.50  [a, b]`,
  ])
})

test('control characters of values and names are seen, and do nothing', async () => {
  const lines: string[] = []
  const schema = { '\u001b[2J': t.string() }
  const writer = await printSink({ limit: 5, line: text => lines.push(text) }).open(0, {
    schema,
    mode: 'append',
  })
  await writer.write(1, batchOfCells(schema, [['a\u001b[31m\0\u009b\t\n.']]))
  await writer.commit(1)
  await writer.close(true)
  assert.deepEqual(lines, ['\\u001b[2J', 'a\\u001b[31m\\u0000\\u009b  .'])
})

test('changes carry their sign', async () => {
  const lines = await printed('upsert', 10, [-1, 1, 1])
  assert.deepEqual(
    lines.map(line => line[0]),
    [' ', '−', '+', '+', '+'],
  )
})

test('no more rows than the limit are printed, and the others are counted', async () => {
  const lines = await printed('append', 1)
  assert.equal(lines.length, 3)
  assert.equal(lines[2], '… and 3 more')
})

test('a hundred thousand rows of one epoch are printed', async () => {
  const lines: string[] = []
  const schema = { n: t.int32() }
  const sink = printSink({ limit: 200_000, line: text => lines.push(text) })
  const writer = await sink.open(0, { schema, mode: 'append' })
  await writer.write(
    1,
    batchOfCells(
      schema,
      Array.from({ length: 150_000 }, (_, n) => [n]),
    ),
  )
  await writer.commit(1)
  assert.equal(lines.length, 150_001)
})

test('a line that throws is named', async () => {
  const broken = (): void => {
    throw new Error('no terminal')
  }
  const writer = await printSink({ line: broken }).open(0, { schema: { n: t.int32() }, mode: 'append' })
  await writer.write(1, batchOfCells({ n: t.int32() }, [[1]]))
  await assert.rejects(writer.commit(1), {
    code: 'USER_FUNCTION',
    message: /print: .*'line' threw: no terminal/,
  })
})
