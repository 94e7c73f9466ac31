import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { targetOf } from '../../plan/endpoint.ts'
import type { SourceNode } from '../../plan/node.ts'
import { batchOfCells, cellsAt } from '../../schema/batch.ts'
import type { Cell } from '../../schema/cell.ts'
import { type Schema, t } from '../../schema/type.ts'
import type { Range, RejectedRecord, Source } from '../../seam/source.ts'
import type { FileEndpoint } from './endpoint.ts'
import { files } from './files.ts'

/** An endpoint by the name of its format, with the options that all have. */
const endpointOf = (format: keyof typeof files): FileEndpoint<object> => files[format]

let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headrace-files-'))
  await mkdir(join(folder, 'empty'))
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
  return (endpointOf(format)(path, { schema: as }).node as SourceNode).source
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

async function rejectedOf(source: Source): Promise<RejectedRecord[]> {
  const found: RejectedRecord[] = []
  for (const partition of await source.partitions()) {
    for await (const { rejected } of source.read(partition, { from: 0 }, new AbortController().signal)) {
      found.push(...(rejected ?? []))
    }
  }
  return found
}

async function write(format: (typeof formats)[number], path: string): Promise<void> {
  const { sink } = targetOf(endpointOf(format)(path))!
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
    await assert.rejects(sourceOf(format, join(folder, 'empty')).partitions(), {
      code: 'NOT_FOUND',
      message: /empty/,
    })
    const path = join(folder, `column.${format}`)
    await write(format, path)
    const more = sourceOf(format, path, { ...schema, absent: t.int32() })
    const message = new RegExp(`column\\.${format}.*absent`)
    // JSON has no header: what is missing is missing in a record.
    if (format === 'parquet' || format === 'csv') await assert.rejects(cellsOf(more), { message })
    else assert.match((await rejectedOf(more))[0]!.message, message)
  })

  test(`${format}: a column of another type is named with what was expected`, async () => {
    const path = join(folder, `type.${format}`)
    await write(format, path)
    const other = sourceOf(format, path, { ...schema, note: t.nullable(t.int32()) })
    const message = new RegExp(`type\\.${format}.*note.*int32`)
    if (format === 'parquet') await assert.rejects(cellsOf(other), { code: 'SCHEMA_MISMATCH', message })
    else {
      const [bad] = await rejectedOf(other)
      assert.equal(bad!.code, 'BAD_VALUE')
      assert.match(bad!.message, message)
    }
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
    const writer = await targetOf(endpointOf(format)(path))!.sink.open(0, { schema: small, mode: 'append' })
    await writer.write(1, batchOfCells(small, [[1, null]], [1]))
    await writer.close(true)
    const text = await readFile(path, 'utf8')
    assert.equal(text.replaceAll(/\s+/g, ''), expected[format].replaceAll(/\s+/g, ''))
  }
})

test('a bad record is named by its file', async () => {
  const path = join(folder, 'bad.ndjson')
  await writeFile(path, '{"n":1}\n\n{"n":"x"}\n')
  const [bad, ...more] = await rejectedOf(sourceOf('ndjson', path, { n: t.int32() }))
  assert.equal(more.length, 0)
  const { message, bytes, ...place } = bad!
  assert.deepEqual(place, { place: path, position: 1, line: 3, byte: 9, code: 'BAD_VALUE' })
  assert.equal(Buffer.from(bytes).toString(), '{"n":"x"}')
  assert.match(message, /bad\.ndjson: Record 2 at line 3, byte 9, column 'n': expected int32, found "x"/)
})

test('what is not a local path, and options that make no sense, are refused by name', () => {
  const refused: [() => unknown, string, RegExp][] = [
    [() => files.parquet('s3://bucket/x.parquet'), 'REFUSED', /a URL/],
    [() => files.csv('x.csv.bz2'), 'REFUSED', /\.bz2.*gzip/],
    [() => files.csv('{MM}.csv'), 'REFUSED', /\{yyyy\}/],
    [() => files.csv(['a.csv', 'b-{yyyy}.csv'], { schema }), 'REFUSED', /'b-\{yyyy\}\.csv' in a list/],
    [() => files.csv(''), 'INVALID_ARGUMENT', /takes a path/],
    [() => files.csv([]), 'INVALID_ARGUMENT', /at least one/],
    [() => files.csv('x', { delimiter: 'ab' }), 'INVALID_ARGUMENT', /delimiter.*"ab"/],
    [() => files.csv('x', { quote: ',' }), 'INVALID_ARGUMENT', /different/],
    [() => files.csv('x', { quote: false, escape: '^' }), 'INVALID_ARGUMENT', /escape/],
    [() => files.csv('x', { nulls: ['a,b'] }), 'INVALID_ARGUMENT', /nulls/],
    // @ts-expect-error: no such column
    [() => files.csv('x', { schema, partitionBy: ['no'] }), 'UNKNOWN_COLUMN', /'no'.*id, price/],
    [() => files.csv('x', { partitionBy: [] }), 'INVALID_ARGUMENT', /partitionBy/],
    // @ts-expect-error: no such option
    [() => files.csv('x.csv', { schema, wrte: 'append' }), 'UNKNOWN_OPTION', /'write'/],
    // @ts-expect-error: an option of another format
    [() => files.ndjson('x', { delimiter: ';' }), 'UNKNOWN_OPTION', /'delimiter'/],
    // @ts-expect-error: without a schema it is only written, and its rows have the key of their dataset
    [() => files.csv('x', { key: 'id' }), 'INVALID_ARGUMENT', /key.*no schema/],
    // @ts-expect-error: of Parquet only
    [() => files.csv('x', { compression: 'snappy' }), 'INVALID_ARGUMENT', /snappy/],
  ]
  for (const [make, code, message] of refused) assert.throws(make, { code, message })
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
