import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { Duckdb } from '../../../duckdb/duckdb.ts'
import { readParquet } from '../../../duckdb/parquet/read.ts'
import { seeded } from '../../../runtime/random.ts'
import { systemRuntime } from '../../../runtime/runtime.ts'
import { batchOfCells, cellsAt } from '../../../schema/batch.ts'
import type { Cell } from '../../../schema/cell.ts'
import { csv, ndjson } from '../../../schema/codec.ts'
import { type Schema, t } from '../../../schema/type.ts'
import type { SinkInput, SinkWriter } from '../../../seam/sink.ts'
import type { Interval } from '../../../seam/site.ts'
import { publishedIn } from '../publish/published.ts'
import { parquetFormat } from './parquet.ts'
import { type FileTarget, fileSink } from './sink.ts'
import { textFileFormat } from './text.ts'

let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headrace-folders-'))
})
after(() => rm(folder, { recursive: true }))

const lines = textFileFormat({ name: 'csv', ...csv() })
const day = (text: string): bigint => BigInt(Date.parse(text)) * 1000n
const days = (text: string): number => Date.parse(text) / 86_400_000

interface Run extends Partial<FileTarget> {
  readonly path: string
  readonly interval?: readonly [from: string, to: string]
  readonly input?: Partial<SinkInput>
}

async function open(schema: Schema, { interval, input, ...target }: Run): Promise<SinkWriter> {
  const within: { interval?: Interval } =
    interval === undefined ? {} : { interval: { from: day(interval[0]), to: day(interval[1]) } }
  const site = {
    runtime: systemRuntime,
    dir: folder,
    warehouse: '',
    shared: <T>(_: string, make: () => Promise<T>) => make(),
    ...within,
  }
  const sink = fileSink({ format: lines, ...target }).at!(site)
  return sink.open(0, { schema, mode: 'append', ...input })
}

/** Runs to the end, or not at all. */
async function write(schema: Schema, rows: Cell[][], run: Run): Promise<void> {
  const writer = await open(schema, run)
  let ended = false
  try {
    await writer.write(1, batchOfCells(schema, rows))
    await writer.commit(1)
    ended = true
  } finally {
    await writer.close(ended)
  }
}

/** All files below a folder with their texts, but for the bookkeeping. */
async function found(name: string): Promise<Record<string, string>> {
  const root = join(folder, name)
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const paths = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  const data = paths.map(path => path.slice(root.length + 1)).filter(path => !path.startsWith('_'))
  const texts = data.sort().map(async path => [path, await readFile(join(root, path), 'utf8')] as const)
  return Object.fromEntries(await Promise.all(texts))
}

const sales: Schema = { shop: t.nullable(t.string()), day: t.date(), sold: t.int32() }

test('Hive partitions: values are names of folders, encoded, and no columns of the files', async () => {
  const rows: Cell[][] = [
    ['a/b', days('2024-01-01'), 1],
    [null, days('2024-01-01'), 2],
    ['a/b', days('2024-01-02'), 3],
    ['', days('2024-01-01'), 4],
    ['Zürich = 50%', days('2024-01-01'), 5],
    ['a/b', days('2024-01-01'), 6],
    ['__HIVE_DEFAULT_PARTITION__', days('2024-01-01'), 7],
  ]
  await write(sales, rows, { path: 'hive', partitionBy: ['day', 'shop'] })
  assert.deepEqual(await found('hive'), {
    'day=2024-01-01/shop=%5F_HIVE_DEFAULT_PARTITION__/part-0.csv': 'sold\n7\n',
    'day=2024-01-01/shop=/part-0.csv': 'sold\n4\n',
    'day=2024-01-01/shop=Zürich %3D 50%25/part-0.csv': 'sold\n5\n',
    'day=2024-01-01/shop=__HIVE_DEFAULT_PARTITION__/part-0.csv': 'sold\n2\n',
    'day=2024-01-01/shop=a%2Fb/part-0.csv': 'sold\n1\n6\n',
    'day=2024-01-02/shop=a%2Fb/part-0.csv': 'sold\n3\n',
  })
  const manifest = (await publishedIn(join(folder, 'hive'))).manifest!
  assert.deepEqual(
    [manifest.format, manifest.path, manifest.partitionBy, manifest.schema[1]],
    ['csv', '', ['day', 'shop'], { column: 'day', type: 'date' }],
  )
  assert.deepEqual(manifest.files.at(-1), {
    path: 'day=2024-01-02/shop=a%2Fb/part-0.csv',
    rows: 1,
    bytes: 7,
    from: '2024-01-02T00:00:00Z',
    to: '2024-01-03T00:00:00Z',
  })
})

test('a run over an interval replaces exactly its partitions, also those that get no row', async () => {
  const run = { path: 'intervals/', partitionBy: ['day'] }
  const rows = ['2024-01-01', '2024-01-02', '2024-01-03'].map((text, i) => ['x', days(text), i])
  await write(sales, rows, run)
  const second: Cell[][] = [['y', days('2024-01-02'), 7]]
  await write(sales, second, { ...run, interval: ['2024-01-02', '2024-01-04'] })
  const expected = {
    'day=2024-01-01/part-0.csv': 'shop,sold\nx,0\n',
    'day=2024-01-02/part-0.csv': 'shop,sold\ny,7\n',
  }
  assert.deepEqual(await found('intervals'), expected)
  // A run again changes nothing; one that fails neither.
  await write(sales, second, { ...run, interval: ['2024-01-02', '2024-01-04'] })
  const outside = write(sales, [['z', days('2024-01-04'), 1]], {
    ...run,
    interval: ['2024-01-02', '2024-01-04'],
  })
  await assert.rejects(outside, {
    code: 'WRITE_FAILED',
    message: /a row belongs to day=2024-01-04.*2024-01-02T00:00:00Z, 2024-01-04T00:00:00Z/,
  })
  assert.deepEqual(await found('intervals'), expected)
  await write(sales, [], run)
  assert.deepEqual(await found('intervals'), {})
  assert.deepEqual((await publishedIn(join(folder, 'intervals'))).manifest?.files, [])
})

test('intervals that are not whole partitions, and partitions without time, are refused', async () => {
  const half = ['2024-01-01T06:00:00Z', '2024-01-02'] as const
  await assert.rejects(open(sales, { path: 'odd', partitionBy: ['day'], interval: half }), {
    code: 'REFUSED',
    message: /beginning of a UTC day/,
  })
  await assert.rejects(
    open(sales, { path: 'odd', partitionBy: ['shop'], interval: ['2024-01-01', '2024-01-02'] }),
    {
      code: 'REFUSED',
      message: /name no time/,
    },
  )
  await assert.rejects(open(sales, { path: 'odd', partitionBy: ['shops'] }), {
    code: 'UNKNOWN_COLUMN',
    message: /'shops', .* did you mean 'shop'\?/,
  })
})

test('what a run leaves in place must have the form of what it writes', async () => {
  const run = { path: 'forms', partitionBy: ['day'] }
  await write(sales, [['x', days('2024-01-01'), 1]], run)
  const wider = { ...sales, price: t.float64() }
  const next = { ...run, interval: ['2024-01-02', '2024-01-03'] } as const
  await assert.rejects(open(wider, next), {
    code: 'SCHEMA_MISMATCH',
    message: /There is csv of \(shop string\?, day date, sold int32\) by day; the run gives .*price float64/,
  })
  await write(wider, [['x', days('2024-01-01'), 1, 0.5]], run)
  assert.deepEqual(await found('forms'), { 'day=2024-01-01/part-0.csv': 'shop,sold,price\nx,1,0.5\n' })
})

const clicks: Schema = { at: t.timestamp(), page: t.string() }

test('dated paths: a row goes to the file or folder of its event time', async () => {
  const rows: Cell[][] = [
    [day('2024-01-31T23:59:59.999Z'), 'a'],
    [day('2024-02-01T00:00:00Z'), 'b'],
    [day('1969-12-31T23:00:00Z'), 'old'],
    [day('2024-02-01T00:00:01Z'), 'c'],
    [day('9999-12-31T23:59:59Z'), 'far'],
    [day('0001-01-01T00:00:00Z'), 'first'],
  ]
  const input = { eventTime: { column: 'at', offset: 0 } } as const
  await write(clicks, rows, { path: 'dated/{yyyy}/{MM}-{dd}.csv', input })
  assert.deepEqual(Object.keys(await found('dated')), [
    '0001/01-01.csv',
    '1969/12-31.csv',
    '2024/01-31.csv',
    '2024/02-01.csv',
    '9999/12-31.csv',
  ])
  assert.match((await found('dated'))['2024/02-01.csv']!, /^at,page\n.*b\n.*c\n$/)
  // The end of a window belongs to the time before it.
  const windows = { eventTime: { column: 'at', offset: -1 } } as const
  await write(clicks, [[day('2024-02-01T00:00:00Z'), 'w']], {
    path: 'ends/{yyyy}-{MM}-{dd}/',
    input: windows,
  })
  assert.deepEqual(Object.keys(await found('ends')), ['2024-01-31/part-0.csv'])
  const by = { path: 'by/{yyyy}-{MM}.csv', datedBy: 'day' }
  await write(sales, [['x', days('2024-03-31'), 1]], by)
  assert.deepEqual(Object.keys(await found('by')), ['2024-03.csv'])
})

test('dated paths: one unit needs no time, more do, and a row without time has no file', async () => {
  const path = 'untimed/{yyyy}-{MM}-{dd}.csv'
  const rows: Cell[][] = [['x', 0, 1]]
  await write(sales, rows, { path, interval: ['2024-01-01', '2024-01-02'] })
  assert.deepEqual(await found('untimed'), { '2024-01-01.csv': 'shop,day,sold\nx,1970-01-01,1\n' })
  for (const interval of [undefined, ['2024-01-01', '2024-01-03'] as const]) {
    await assert.rejects(open(sales, interval === undefined ? { path } : { path, interval }), {
      code: 'REFUSED',
      message: /datedBy/,
    })
  }
  const schema = { at: t.nullable(t.timestamp()), n: t.int32() }
  await assert.rejects(write(schema, [[null, 1]], { path, datedBy: 'at' }), {
    code: 'WRITE_FAILED',
    message: /no time/,
  })
  await assert.rejects(open(sales, { path, datedBy: 'shop' }), { code: 'TYPE_MISMATCH' })
  await assert.rejects(open(sales, { path, datedBy: 'dya' }), {
    code: 'UNKNOWN_COLUMN',
    message: /'dya', .* did you mean 'day'\?/,
  })
  await assert.rejects(open(sales, { path: 'hours/{yyyy}{MM}{dd}{HH}.csv', datedBy: 'day' }), {
    code: 'REFUSED',
  })
})

test('one folder has one form of path', async () => {
  const input = { eventTime: { column: 'at', offset: 0 } } as const
  await write(clicks, [[0n, 'a']], { path: 'shared/a-{yyyy}.csv', input })
  await assert.rejects(open(clicks, { path: 'shared/b-{yyyy}.csv', input }), {
    code: 'REFUSED',
    message: /shared holds what was written as a-\{yyyy\}\.csv/,
  })
})

test('paths that stand for several files, and options of other paths, are refused when they are written', async () => {
  const refused = { code: 'REFUSED', message: /can only be read/ }
  await assert.rejects(open(sales, { path: 'x/*.csv' }), refused)
  await assert.rejects(open(sales, { path: 'x/{yyyy}/*.csv' }), refused)
  await assert.rejects(
    fileSink({ format: lines, path: ['a', 'b'] }).open(0, { schema: sales, mode: 'append' }),
    refused,
  )
  await assert.rejects(open(sales, { path: 'x/{yyyy}.csv', partitionBy: ['shop'] }), { code: 'REFUSED' })
  await assert.rejects(open(sales, { path: 'x.csv', datedBy: 'day' }), { code: 'INVALID_ARGUMENT' })
  assert.deepEqual(
    [
      { path: 'out/' },
      { path: 'a/b.csv' },
      { path: 'out', partitionBy: ['day', 'shop'] },
      { path: 'o/{yyyy}.csv' },
    ].map(target => fileSink({ format: lines, ...target }).name),
    ['csv out/', 'csv b.csv', 'csv out/day=…/shop=…', 'csv o/{yyyy}.csv'],
  )
})

test('a folder without partitions has one part file, replaced whole, with or without rows', async () => {
  for (const rows of [[['x', 0, 1]], [], [['y', 0, 2]]] as Cell[][][]) {
    await write(sales, rows, { path: 'plain/', interval: ['2024-01-01', '2024-01-02'] })
    const text = rows.map(([shop, , sold]) => `${shop},1970-01-01,${sold}\n`).join('')
    assert.deepEqual(await found('plain'), { 'part-0.csv': `shop,day,sold\n${text}` })
  }
})

test('changes are folded before they are partitioned, and their order does not matter', async () => {
  const texts: unknown[] = []
  for (const order of [1, -1]) {
    const writer = await open(sales, {
      path: 'folded',
      partitionBy: ['shop'],
      input: { mode: 'upsert', key: ['shop'] },
    })
    const rows: Cell[][] = [
      ['a', 1, 1],
      ['a', 0, 4],
      ['b', 1, 2],
    ]
    await writer.write(1, batchOfCells(sales, order === 1 ? rows : rows.toReversed()))
    await writer.write(1, batchOfCells(sales, [['b', 1, 2]], [-1]))
    await writer.commit(1)
    await writer.close(true)
    texts.push(await found('folded'))
  }
  assert.deepEqual(texts[0], { 'shop=a/part-0.csv': 'day,sold\n1970-01-01,4\n1970-01-02,1\n' })
  assert.deepEqual(texts[1], texts[0])
})

test('text is packed as the ending or the option says, and the same rows give the same bytes', async () => {
  const rows: Cell[][] = Array.from({ length: 5000 }, (_, i) => ['shop', i % 3, i])
  const bytes = (path: string): Promise<Buffer> => readFile(join(folder, path))
  const plain = textFileFormat({ name: 'ndjson', ...ndjson })
  await write(sales, rows, { path: 'packed/plain.ndjson', format: plain })
  const text = (await bytes('packed/plain.ndjson')).toString()
  for (const _ of ['once', 'again']) {
    await write(sales, rows, { path: 'packed/a.ndjson.gz', format: plain })
    await write(sales, rows, { path: 'packed/b.ndjson.zst', format: plain })
    await write(sales, rows, { path: 'packed/c/', format: plain, compression: 'zstd' })
  }
  assert.equal(gunzipSync(await bytes('packed/a.ndjson.gz')).toString(), text)
  assert.equal(zstdDecompressSync(await bytes('packed/b.ndjson.zst')).toString(), text)
  assert.equal(zstdDecompressSync(await bytes('packed/c/part-0.ndjson.zst')).toString(), text)
  const flipped = await bytes('packed/b.ndjson.zst')
  flipped[flipped.length - 10]! ^= 1
  assert.throws(() => zstdDecompressSync(flipped))
  await write(sales, rows, { path: 'packed/d.gz', format: plain, compression: 'none' })
  assert.equal((await bytes('packed/d.gz')).toString(), text)
  await assert.rejects(write(sales, rows, { path: 'packed/e', format: plain, compression: 'snappy' }), {
    code: 'INVALID_ARGUMENT',
  })
})

test('Parquet by partitions, whose columns may be of any comparable type, read back by DuckDB', async () => {
  const schema: Schema = {
    b: t.nullable(t.bool()),
    d: t.decimal(30, 2),
    u: t.bytes(),
    i: t.int64(),
    f: t.float64(),
    n: t.int32(),
  }
  const random = seeded(3)
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!
  const rows: Cell[][] = Array.from({ length: 3000 }, (_, n) => [
    pick([true, false, null]),
    pick([10n ** 28n, -5n]),
    pick([new Uint8Array([0, 255]), new Uint8Array([])]),
    pick([2n ** 62n, -1n, 5n]),
    pick([0.5, -1e21]),
    n,
  ])
  await write(schema, rows, {
    path: 'typed',
    partitionBy: ['b', 'd', 'u', 'i', 'f'],
    format: parquetFormat,
    compression: 'snappy',
  })
  const manifest = (await publishedIn(join(folder, 'typed'))).manifest!
  assert.equal(manifest.files.length, 3 * 2 * 2 * 3 * 2)
  assert.ok(
    manifest.files.some(({ path }) => path.startsWith('b=__HIVE_DEFAULT_PARTITION__/d=-0.05/u=AP8%3D/')),
  )
  const db = await Duckdb.open({ threads: 1 })
  const numbers: Cell[] = []
  for (const { path, rows } of manifest.files) {
    let count = 0
    for await (const { batch } of readParquet(
      db,
      join(folder, 'typed', path),
      { n: t.int32() },
      { from: 0 },
    )) {
      count += batch.length
      for (let row = 0; row < batch.length; row++) numbers.push(cellsAt(batch, row)[0]!)
    }
    assert.equal(count, rows)
  }
  db.close()
  assert.deepEqual(
    numbers.sort((a, b) => (a as number) - (b as number)),
    rows.map((_, n) => n),
  )
})
