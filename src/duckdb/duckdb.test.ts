import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { HeadraceError } from '../errors.ts'
import { seeded } from '../runtime/random.ts'
import { type Batch, batchOfCells, cellsAt } from '../schema/batch.ts'
import type { Cell } from '../schema/cell.ts'
import { slice } from '../schema/take.ts'
import { type ColumnType, type Schema, t } from '../schema/type.ts'
import type { Read } from '../seam/source.ts'
import { fitOf } from './adapt.ts'
import { Duckdb } from './duckdb.ts'
import { parquetSchema } from './parquet/footer.ts'
import { readParquet } from './parquet/read.ts'
import { parquetScan } from './parquet/scan.ts'
import { copyToParquet, parquetWriter } from './parquet/write.ts'
import { storedType } from './types.ts'

let db: Duckdb
let dir: string

before(async () => {
  db = await Duckdb.open()
  dir = await mkdtemp(join(tmpdir(), 'headrace-duckdb-test-'))
})
after(async () => {
  db.close()
  await rm(dir, { recursive: true })
})

const code = (expected: string) => (error: unknown) => (error as HeadraceError).code === expected

/** The batches of reads without a record that was rejected; the first that was is thrown. */
async function* goodBatches(reads: AsyncIterable<Read>): AsyncGenerator<Batch> {
  for await (const { batch, rejected } of reads) {
    const bad = rejected?.[0]
    if (bad !== undefined) throw new HeadraceError(bad.code, bad.message)
    yield batch
  }
}

async function rows(batches: AsyncIterable<Batch>): Promise<Cell[][]> {
  const out: Cell[][] = []
  for await (const batch of batches)
    for (let row = 0; row < batch.length; row++) out.push(cellsAt(batch, row))
  return out
}

const long = 'a text of more than twelve bytes'
/** Every kind and every width of a decimal, with its extremes. */
const samples: readonly (readonly [ColumnType, readonly Cell[]])[] = [
  [t.bool(), [true, false]],
  [t.int32(), [0, -1, 2_147_483_647, -2_147_483_648]],
  [t.int64(), [0n, -1n, 9_223_372_036_854_775_807n, -9_223_372_036_854_775_808n]],
  [t.float64(), [0.1, -0, 5e-324, -1.7976931348623157e308]],
  [t.decimal(4, 2), [0n, 9999n, -9999n]],
  [t.decimal(9, 2), [1n, 999_999_999n, -999_999_999n]],
  [t.decimal(18, 3), [-1n, 999_999_999_999_999_999n, -999_999_999_999_999_999n]],
  [t.decimal(38, 10), [-1n, 10n ** 38n - 1n, 1n - 10n ** 38n, 2n ** 64n]],
  [t.string(), ['', 'twelve bytes', long, 'é😀\0z', 'ￊ𐀀ￊ𐀀ￊ𐀀']],
  [t.bytes(), [new Uint8Array(0), Uint8Array.of(0, 255, 128), new Uint8Array(100).fill(7)]],
  [t.date(), [0, -719_162, 2_932_896]],
  [t.timestamp(), [0n, -62_135_596_800_000_000n, 253_402_300_799_999_999n, -1n]],
  [t.uuid(), ['00000000-0000-0000-0000-000000000000', 'ffffffff-89ab-4def-8123-456789abcdef']],
  [t.enum('red', 'a rather long enum value'), ['red', 'a rather long enum value']],
  [t.json(), ['{"b": 1.50,  "a": [null]}', '"x"', '1e2']],
  [t.list(t.int32()), [[], [1, 2, 3], [-1]]],
  [t.list(t.nullable(t.string())), [['x', null, long], [], [null]]],
  [t.list(t.list(t.timestamp())), [[[0n], [], [1n, 2n]], [], [[-1n]]]],
]

const schema: Schema = Object.fromEntries(
  samples.map(([type], i) => [`c${i}`, t.nullable(type as ColumnType<'bool'>)]),
)
/** Many more rows than a chunk of DuckDB, each sample at many places, nulls among them. */
const table = batchOfCells(
  schema,
  Array.from({ length: 5000 }, (_, row) =>
    samples.map(([, cells], c) => ((row + c) % 7 === 0 ? null : cells[(row * 31 + c) % cells.length]!)),
  ),
)
const tableRows = Array.from({ length: table.length }, (_, row) => cellsAt(table, row))

test('every type comes out of DuckDB as it went in', async () => {
  const writer = await db.table('torture', schema)
  writer.append(slice(table, 0, 1000))
  writer.append(slice(table, 1000, 5000))
  writer.close()
  assert.equal(writer.rows, 5000)
  assert.deepEqual(await rows(db.batches('FROM torture', schema)), tableRows)
  const some = await rows(db.batches('FROM torture WHERE c1 = 2147483647 OR c16 IS NULL', schema))
  assert.deepEqual(
    some,
    tableRows.filter(row => row[1] === 2_147_483_647 || row[16] === null),
  )
})

test('every type comes out of Parquet as it went in', async () => {
  const file = join(dir, 'it is [all] types.parquet')
  const writer = await parquetWriter(db, file, schema)
  writer.write(table)
  assert.equal(await writer.finish(), 5000)
  await writer.abandon()
  assert.deepEqual(await rows(goodBatches(readParquet(db, file, schema, { from: 0 }))), tableRows)
  const found = await parquetSchema(db, file)
  assert.deepEqual(
    found.map(column => column.type?.kind),
    samples.map(([type]) => (type.kind === 'enum' ? 'string' : type.kind)),
  )
})

test('what fails far behind the beginning of a stream is an error, not an end', async () => {
  const sql = "SELECT CASE WHEN range = 900000 THEN error('too far') ELSE range END AS n FROM range(1000000)"
  await assert.rejects(rows(db.batches(sql, { n: t.int64() })), /too far/)
})

test('a range of rows cuts inside batches', async () => {
  const numbers = { n: t.int64() }
  const file = join(dir, 'range.parquet')
  await copyToParquet(db, 'SELECT range AS n FROM range(15_000)', numbers, file)
  for (const [from, to] of [
    [0, 15_000],
    [4999, 10_001],
    [7000, 7001],
    [12_345, undefined],
    [3, 3],
    [20_000, undefined],
  ] as const) {
    const range = to === undefined ? { from } : { from, to }
    const reads = readParquet(db, file, numbers, range, undefined, { batchRows: 2500 })
    const got = await rows(goodBatches(reads))
    const expected = Array.from({ length: Math.max(0, (to ?? 15_000) - from) }, (_, i) => [BigInt(from + i)])
    assert.deepEqual(got, expected, `${from} to ${to}`)
  }
})

test('a range of rows is found in a file that has a column named as the numbers of rows are', async () => {
  const file = join(dir, 'numbers.parquet')
  await db.run(`COPY (SELECT range AS n, -range AS "File_Row_Number" FROM range(5000)) TO '${file}'`)
  const got = await rows(goodBatches(readParquet(db, file, { n: t.int64() }, { from: 4000, to: 4002 })))
  assert.deepEqual(got, [[4000n], [4001n]])
})

test('random texts, short and long, repeated and null, come back in any order', async () => {
  const seed = 20_261_122
  const random = seeded(seed)
  const below = (n: number) => Math.floor(random() * n)
  const alphabet = ['a', 'b', 'é', '😀', '\0', ' ']
  const text = () => Array.from({ length: below(30) }, () => alphabet[below(alphabet.length)]).join('')
  const few = Array.from({ length: 50 }, text)
  const pick = (): Cell => (below(10) === 0 ? null : below(2) === 0 ? few[below(few.length)]! : text())
  const cells = Array.from({ length: 20_000 }, (_, id): Cell[] => [id, pick(), pick()])
  const fields = { id: t.int32(), a: t.nullable(t.string()), b: t.nullable(t.string()) }
  const writer = await db.table('texts', fields)
  for (let from = 0; from < cells.length; from += 3000)
    writer.append(batchOfCells(fields, cells.slice(from, from + 3000)))
  writer.close()
  const order = (id: Cell) => ((id as number) * 7919) % 20_011
  const expected = cells
    .filter(([id]) => (id as number) % 3 !== 0)
    .sort((x, y) => order(x[0]!) - order(y[0]!))
  const sql = 'FROM texts WHERE id % 3 <> 0 ORDER BY id * 7919 % 20011'
  assert.deepEqual(await rows(db.batches(sql, fields)), expected, `seed ${seed}`)
})

test('a long column of different strings gets a new dictionary in time', async () => {
  const sql = "SELECT 'row ' || range AS a, 'a longer text, row ' || range AS b FROM range(200000)"
  let row = 0
  for await (const { columns, length } of db.batches(sql, { a: t.string(), b: t.string() })) {
    for (const column of columns) assert.ok(column.form === 'text' && column.dictionary.length < 120_000)
    for (const at of [0, length - 1])
      assert.deepEqual(cellsAt({ schema: {}, length, columns }, at), [
        `row ${row + at}`,
        `a longer text, row ${row + at}`,
      ])
    row += length
  }
  assert.equal(row, 200_000)
})

test('Parquet is adapted without loss or refused', async () => {
  const file = join(dir, 'adapt.parquet')
  const select =
    "SELECT 5::BIGINT AS i, 1.5::DOUBLE AS f, 12.30::DECIMAL(9,2) AS d, 'x' AS s, TIMESTAMP '2020-01-01' AS at, {'a': 1} AS o"
  await db.run(`COPY (${select}) TO '${file}' (FORMAT parquet)`)
  const read = (fields: Schema) => rows(goodBatches(readParquet(db, file, fields, { from: 0 })))
  assert.deepEqual(await read({ i: t.int32(), d: t.decimal(12, 4), at: t.timestamp() }), [
    [5, 123_000n, 1_577_836_800_000_000n],
  ])
  assert.deepEqual(await read({ i: t.decimal(3, 1) }), [[50n]])
  for (const refused of [
    { d: t.decimal(9, 1) },
    { f: t.int64() },
    { s: t.bytes() },
    { i: t.float64() },
    { o: t.json() },
    { no: t.bool() },
  ])
    await assert.rejects(read(refused), code('SCHEMA_MISMATCH'), JSON.stringify(refused))
  await assert.rejects(read({ d: t.decimal(2, 2) }), code('OUT_OF_RANGE'))
  await assert.rejects(read({ s: t.enum('y') }), code('BAD_VALUE'))
  await assert.rejects(read({ s: t.uuid() }), code('BAD_VALUE'))
})

test('values that are not of the type fail with their code', async () => {
  const cases: readonly (readonly [string, ColumnType, string])[] = [
    ["'NaN'::DOUBLE", t.float64(), 'NOT_FINITE'],
    ["'-Infinity'::FLOAT", t.nullable(t.float64()), 'NOT_FINITE'],
    ['NULL::BIGINT', t.int64(), 'NULL_VALUE'],
    ['3000000000::BIGINT', t.int32(), 'OUT_OF_RANGE'],
    ["TIMESTAMP 'infinity'", t.timestamp(), 'OUT_OF_RANGE'],
    ["TIMESTAMPTZ 'infinity'", t.timestamp(), 'OUT_OF_RANGE'],
    ["TIMESTAMPTZ '-infinity'", t.nullable(t.timestamp()), 'OUT_OF_RANGE'],
    ["TIMESTAMP_NS 'infinity'", t.timestamp(), 'OUT_OF_RANGE'],
    ["TIMESTAMP_MS '-infinity'", t.timestamp(), 'OUT_OF_RANGE'],
    ['18446744073709551615::UBIGINT', t.int64(), 'OUT_OF_RANGE'],
    ['100000::BIGINT', t.nullable(t.decimal(7, 2)), 'OUT_OF_RANGE'],
    ["TIMESTAMP '10000-01-01'", t.timestamp(), 'OUT_OF_RANGE'],
    ["DATE '0001-01-01' - 1", t.date(), 'OUT_OF_RANGE'],
    ["TIMESTAMP_NS '2020-01-01 00:00:00.000000001'", t.timestamp(), 'OUT_OF_RANGE'],
    ["'{'", t.json(), 'BAD_VALUE'],
    ["'[1, ]'", t.json(), 'BAD_VALUE'],
    ["['[NaN]']", t.list(t.json()), 'BAD_VALUE'],
    ['[1, NULL]', t.list(t.int32()), 'NULL_VALUE'],
  ]
  for (const [i, [value, type, expected]] of cases.entries()) {
    const file = join(dir, `bad ${i}.parquet`)
    await db.run(`COPY (SELECT ${value} AS x) TO '${file}' (FORMAT parquet)`)
    await assert.rejects(
      rows(goodBatches(readParquet(db, file, { x: type }, { from: 0 }))),
      code(expected),
      value,
    )
  }
  await assert.rejects(
    parquetScan(db, [{ path: join(dir, 'none.parquet') }], { x: t.int32() }),
    code('NOT_FOUND'),
  )
  await db.run(`COPY (SELECT 1 AS x) TO '${join(dir, 'x.csv')}' (FORMAT csv)`)
  await assert.rejects(parquetScan(db, [{ path: join(dir, 'x.csv') }], { x: t.int32() }), code('READ_FAILED'))
  await assert.rejects(
    copyToParquet(db, 'SELECT 1 AS x', { x: t.int32() }, join(dir, 'no', 'x')),
    code('WRITE_FAILED'),
  )
})

test('a decimal of more digits than ours is refused, which DuckDB takes for a double', async () => {
  const file = join(dir, 'wide.parquet')
  await db.run(`COPY (SELECT 1.25::DECIMAL(38,2) AS x) TO '${file}'`)
  const bytes = await readFile(file)
  // 38 digits, as the footer spells them, become 60.
  const digits = Buffer.from([0x15, 2 * 38])
  for (let at = bytes.indexOf(digits); at >= 0; at = bytes.indexOf(digits, at + 2)) bytes[at + 1] = 2 * 60
  await writeFile(file, bytes)
  assert.equal((await parquetSchema(db, file))[0]!.found, 'DOUBLE')
  await assert.rejects(parquetScan(db, [{ path: file }], { x: t.float64() }), code('SCHEMA_MISMATCH'))
})

test('damage inside a file fails as a file that cannot be read', async () => {
  const file = join(dir, 'damaged.parquet')
  await db.run(`COPY (SELECT 'text ' || range * 7919 % 10007 AS s FROM range(20000)) TO '${file}'`)
  const whole = await readFile(file)
  for (const at of [4, 10, 20, 100, 1000]) {
    const bytes = Buffer.from(whole)
    bytes.fill(0xff, at, at + 64)
    await writeFile(file, bytes)
    const reading = rows(goodBatches(readParquet(db, file, { s: t.string() }, { from: 0 })))
    await assert.rejects(reading, code('READ_FAILED'), `at ${at}`)
  }
})

test('what fits neither memory nor the folder for spilling says so', async () => {
  const small = await Duckdb.open({
    memoryBytes: 32 * 2 ** 20,
    threads: 1,
    tempDirectory: join(dir, 'spill'),
  })
  const lists = "SELECT len(list('a text of some length ' || range)) FROM range(2000000)"
  await assert.rejects(small.run(lists), code('OUT_OF_MEMORY'))
  small.close()
  const blocked = join(dir, 'file')
  await writeFile(blocked, '')
  const unable = await Duckdb.open({
    memoryBytes: 32 * 2 ** 20,
    threads: 1,
    tempDirectory: join(blocked, 'spill'),
  })
  const groups =
    "SELECT count(*) FROM (SELECT DISTINCT 'a text of some length ' || range FROM range(2000000))"
  await assert.rejects(unable.run(groups), { code: 'OUT_OF_MEMORY', message: /Not a directory\. Filter/ })
  unable.close()
})

test('columns that Parquet cannot name are refused', async () => {
  for (const column of ['', 'a\0b']) {
    const fields = { [column]: t.int32() }
    await assert.rejects(parquetWriter(db, join(dir, 'names.parquet'), fields), code('NOT_EXPRESSIBLE'))
  }
})

test('columns that Parquet cannot tell apart are refused', async () => {
  const twins = { a: t.int32(), A: t.int32() }
  const file = join(dir, 'twins.parquet')
  await assert.rejects(parquetWriter(db, file, twins), code('NOT_EXPRESSIBLE'))
  await assert.rejects(copyToParquet(db, 'SELECT 1 AS a, 2 AS "A"', twins, file), code('NOT_EXPRESSIBLE'))
})

test('an aborted query stops', async () => {
  const stop = new AbortController()
  setTimeout(() => stop.abort(), 20)
  const began = performance.now()
  const endless = 'SELECT count(*) FROM range(1000000000) a, range(100000) b WHERE a.range * b.range % 7 = 1'
  await assert.rejects(db.run(endless, stop.signal), code('STOPPED'))
  assert.ok(performance.now() - began < 1000)
  await assert.rejects(db.run('SELECT 1', stop.signal), code('STOPPED'))
})

test('a connection beside an instance keeps its tables to itself, and one transaction holds what it does', async () => {
  const db = await Duckdb.open()
  await db.run('CREATE TABLE shared AS SELECT 1 AS i')
  const beside = await db.connect()
  await beside.run('BEGIN TRANSACTION READ ONLY')
  assert.equal(await beside.createAs('own', 'FROM shared', undefined), 1)
  await db.run('INSERT INTO shared VALUES (2)')
  assert.deepEqual(await beside.records('SELECT count(*) AS n FROM shared'), [{ n: '1' }])
  await assert.rejects(beside.run('INSERT INTO shared VALUES (3)'), /read-only/)
  await assert.rejects(db.records('FROM own'), /own/)
  await beside.close()
  await db.close()
})

test('a connection beside an instance appends to a table while it streams, and runs nothing else meanwhile', async () => {
  const db = await Duckdb.open()
  await db.run('CREATE TABLE numbers AS SELECT range AS i FROM range(1_000_000)')
  const beside = await db.connect()
  await beside.run('BEGIN TRANSACTION READ ONLY')
  const schema = { i: t.int64() }
  const copy = await beside.table('copy', schema)
  for await (const batch of beside.batches('FROM numbers', schema)) {
    copy.append(batch)
    await assert.rejects(beside.run('SELECT 1'), /streams/)
  }
  copy.close()
  const sums = `SELECT count(*) AS n, sum(i)::VARCHAR AS s FROM ${copy.table}`
  assert.deepEqual(await beside.records(sums), [{ n: '1000000', s: '499999500000' }])
  await beside.drop(copy)
  await beside.close()
  const databases = await db.records('SELECT database_name FROM duckdb_databases() WHERE NOT internal')
  assert.deepEqual(databases, [{ database_name: 'memory' }])
  await db.close()
})

test('the warehouse has a type for every column, that reads back as it', async () => {
  const types = [
    [t.bool(), 'BOOLEAN'],
    [t.int32(), 'INTEGER'],
    [t.int64(), 'BIGINT'],
    [t.float64(), 'DOUBLE'],
    [t.decimal(12, 2), 'DECIMAL(12,2)'],
    [t.string(), 'VARCHAR'],
    [t.bytes(), 'BLOB'],
    [t.date(), 'DATE'],
    [t.timestamp(), 'TIMESTAMP'],
    [t.uuid(), 'UUID'],
    [t.enum('a', 'b'), 'VARCHAR'],
    [t.json(), 'JSON'],
    [t.list(t.list(t.uuid())), 'UUID[][]'],
  ] as const
  for (const [type, stored] of types) {
    assert.equal(storedType(type), stored)
    assert.notEqual(fitOf('v', stored, type, { noNulls: true, inRange: true }, "'v'"), undefined, stored)
  }
})
