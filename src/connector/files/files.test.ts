import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { targetOf } from '../../plan/endpoint.ts'
import type { SourceNode } from '../../plan/node.ts'
import { batchOfCells, cellsAt } from '../../schema/batch.ts'
import type { Cell } from '../../schema/cell.ts'
import { type Schema, t } from '../../schema/type.ts'
import type { Range, Source } from '../../seam/source.ts'
import { files } from './files.ts'

let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headrace-files-'))
})
after(() => rm(folder, { recursive: true }))

const schema = { id: t.int64(), price: t.decimal(12, 2), at: t.timestamp(), note: t.nullable(t.string()) }
const formats = ['parquet', 'ndjson', 'json', 'csv'] as const
const ROWS = 20_000

function row(i: number): Cell[] {
  return [
    BigInt(i) - 5n,
    BigInt(i * 7),
    1_700_000_000_000_000n + BigInt(i),
    i % 3 === 0 ? null : `né "${i % 7}", x`,
  ]
}
const rows = Array.from({ length: ROWS }, (_, i) => row(i))

function sourceOf(format: (typeof formats)[number], path: string, as: Schema = schema): Source {
  return (files[format](path, { schema: as }).node as SourceNode).source
}

async function cellsOf(source: Source, range: Range = { from: 0 }): Promise<Cell[][]> {
  const [partition] = await source.partitions()
  const cells: Cell[][] = []
  let last = range.from
  for await (const { batch, position } of source.read(partition!, range, new AbortController().signal)) {
    for (let i = 0; i < batch.length; i++) cells.push(cellsAt(batch, i))
    last += batch.length
    assert.equal(position, last)
  }
  return cells
}

async function write(format: (typeof formats)[number], path: string): Promise<void> {
  const { sink } = targetOf(files[format](path))!
  const writer = await sink.open(0, { schema, mode: 'append' })
  for (let at = 0, epoch = 1; at < ROWS; at += 7000, epoch++) {
    await writer.write(epoch, batchOfCells(schema, rows.slice(at, at + 7000)))
    await writer.commit(epoch)
  }
  await writer.close(true)
}

for (const format of formats) {
  test(`${format}: what is written is read again, whole or any range of it`, async () => {
    const path = join(folder, `rows.${format}`)
    await write(format, path)
    const source = sourceOf(format, path)
    assert.deepEqual(await cellsOf(source), rows)
    for (const [from, to] of [
      [0, 1],
      [8191, 8193],
      [5, 5],
      [19_990, 30_000],
      [20_000, 20_001],
    ] as const) {
      assert.deepEqual(await cellsOf(source, { from, to }), rows.slice(from, to), `${from} to ${to}`)
    }
  })

  test(`${format}: columns may be left out and come in another order`, async () => {
    const path = join(folder, `few.${format}`)
    await write(format, path)
    const few = { note: t.nullable(t.string()), id: t.int64() }
    const expected = rows.map(([id, , , note]) => [note!, id!])
    assert.deepEqual(await cellsOf(sourceOf(format, path, few)), expected)
  })

  test(`${format}: a missing file, a folder and a missing column are named`, async () => {
    const missing = sourceOf(format, join(folder, 'missing'))
    await assert.rejects(cellsOf(missing), { code: 'NOT_FOUND', message: /missing/ })
    await assert.rejects(cellsOf(sourceOf(format, folder)), { code: 'READ_FAILED', message: /not a file/ })
    const path = join(folder, `column.${format}`)
    await write(format, path)
    const more = sourceOf(format, path, { ...schema, absent: t.int32() })
    await assert.rejects(cellsOf(more), { message: new RegExp(`column\\.${format}.*absent`) })
  })

  test(`${format}: a column of another type is named with what was expected`, async () => {
    const path = join(folder, `type.${format}`)
    await write(format, path)
    const other = sourceOf(format, path, { ...schema, note: t.nullable(t.int32()) })
    await assert.rejects(cellsOf(other), {
      code: format === 'parquet' ? 'SCHEMA_MISMATCH' : 'BAD_VALUE',
      message: new RegExp(`type\\.${format}.*note.*int32`),
    })
  })

  test(`${format}: a file of another format is refused`, async () => {
    const [other, wrong] =
      format === 'parquet' ? (['csv', /./] as const) : (['parquet', /files\.parquet/] as const)
    const path = join(folder, `other.${other}`)
    await write(other, path)
    await assert.rejects(cellsOf(sourceOf(format, path)), { code: 'READ_FAILED', message: wrong })
  })

  test(`${format}: a reader that stops early leaves the file`, async () => {
    const path = join(folder, `early.${format}`)
    await write(format, path)
    const source = sourceOf(format, path)
    const [partition] = await source.partitions()
    const stop = new AbortController()
    let batches = 0
    for await (const { batch } of source.read(partition!, { from: 0 }, stop.signal)) {
      batches += Math.min(1, batch.length)
      stop.abort()
    }
    assert.equal(batches, 1)
  })
}

test('text is written as one would by hand', async () => {
  const small = { n: t.int32(), s: t.nullable(t.string()) }
  const expected = { ndjson: '{"n":1,"s":null}\n', json: '[\n{"n":1,"s":null}\n]\n', csv: 'n,s\n1,\n' }
  for (const format of ['ndjson', 'json', 'csv'] as const) {
    const path = join(folder, `hand.${format}`)
    const writer = await targetOf(files[format](path))!.sink.open(0, { schema: small, mode: 'append' })
    await writer.write(1, batchOfCells(small, [[1, null]], [1]))
    await writer.close(true)
    const text = await readFile(path, 'utf8')
    assert.equal(text.replaceAll(/\s+/g, ''), expected[format].replaceAll(/\s+/g, ''))
  }
})

test('a bad record is named by its file', async () => {
  const path = join(folder, 'bad.ndjson')
  await writeFile(path, '{"n":1}\n{"n":"x"}\n')
  await assert.rejects(cellsOf(sourceOf('ndjson', path, { n: t.int32() })), {
    message: /bad\.ndjson.*Record 2/,
  })
})

test('what is not one local file is refused by name', () => {
  for (const [path, what] of [
    ['s3://bucket/x.parquet', /a URL/],
    ['data/*.parquet', /pattern/],
    ['data/{yyyy}-{MM}.parquet', /dated/],
    ['x.csv.gz', /compressed/],
    ['out/', /folder/],
  ] as const) {
    assert.throws(() => files.parquet(path), { code: 'REFUSED', message: what })
  }
  assert.throws(() => files.csv(''), { code: 'INVALID_ARGUMENT' })
  // @ts-expect-error: no such option
  assert.throws(() => files.csv('x.csv', { schema, wrte: 'append' }), {
    code: 'UNKNOWN_OPTION',
    message: /'write'/,
  })
})

test('what is no Parquet file, or half of one, is told apart', async () => {
  const whole = join(folder, 'whole.parquet')
  const writer = await targetOf(files.parquet(whole))!.sink.open(0, { schema, mode: 'append' })
  await writer.close(true)
  const bytes = await readFile(whole)
  const broken: [Buffer | string, RegExp][] = [
    ['id,price\n1,2\n', /does not begin as one.*files\.csv/],
    ['', /does not begin as one/],
    ['PAR', /does not begin as one/],
    [bytes.subarray(0, bytes.length - 1), /cut off/],
  ]
  const path = join(folder, 'broken.parquet')
  for (const [content, message] of broken) {
    await writeFile(path, content)
    const source = sourceOf('parquet', path)
    await assert.rejects(source.partitions(), { code: 'READ_FAILED', message })
    await assert.rejects(source.scan!(), { code: 'READ_FAILED', message })
  }
})
