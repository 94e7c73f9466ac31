/** Which rows of Parquet files are rows of a schema, and what is told of the others. */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { MAX_DEPTH } from '../../schema/json/scan.ts'
import { type Schema, t } from '../../schema/type.ts'
import type { RejectedRecord } from '../../seam/source.ts'
import { Duckdb } from '../duckdb.ts'
import { readParquet } from './read.ts'
import { parquetScan } from './scan.ts'

let dir: string
let db: Duckdb
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'headrace-parquet-'))
  db = await Duckdb.open()
})
after(async () => {
  await db.close()
  await rm(dir, { recursive: true })
})

async function parquet(file: string, select: string): Promise<string> {
  const path = join(dir, file)
  await db.run(`COPY (${select}) TO '${path}' (FORMAT parquet)`)
  return path
}

/** What `read` rejects, which a scan finds, too. */
async function rejectedOf(path: string, schema: Schema): Promise<RejectedRecord[]> {
  const reads = await Array.fromAsync(readParquet(db, path, schema, { from: 0 }))
  const rejected = reads.flatMap(read => read.rejected ?? [])
  const { faults } = await parquetScan(db, [{ path }], schema)
  assert.equal(faults === undefined ? 0 : (await db.records(faults)).length, rejected.length)
  return rejected
}

test('a record that is no row is JSON, whatever its doubles', async () => {
  const path = await parquet(
    'not finite.parquet',
    `SELECT 'NaN'::FLOAT AS x, ['1.5', 'inf', NULL]::DOUBLE[] AS "e", [['nan'], NULL]::DOUBLE[][] AS "deep"`,
  )
  const schema = { x: t.float64(), e: t.list(t.float64()), deep: t.list(t.list(t.float64())) }
  const [record] = await rejectedOf(path, schema)
  assert.deepEqual(JSON.parse(Buffer.from(record!.bytes).toString()), {
    x: 'nan',
    e: [1.5, 'inf', null],
    deep: [['nan'], null],
  })
})

test('JSON that nests deeper than our codec reads is no JSON in Parquet either', async () => {
  const nested = (open: string, close: string) =>
    `SELECT repeat('${open}', ${MAX_DEPTH} + range::INTEGER) || '1' || repeat('${close}', ${MAX_DEPTH} + range::INTEGER) AS j FROM range(2)`
  for (const [i, select] of [nested('[', ']'), nested('{"a":', '}'), nested('[{"a":[', ']}]')].entries()) {
    const rejected = await rejectedOf(await parquet(`deep ${i}.parquet`, select), { j: t.json() })
    assert.deepEqual(
      rejected.map(({ position, code }) => [position, code]),
      i === 2
        ? [
            [0, 'BAD_VALUE'],
            [1, 'BAD_VALUE'],
          ]
        : [[1, 'BAD_VALUE']],
    )
  }
  const many = await parquet('many.parquet', `SELECT '[' || repeat('[],{"a":{}},', 5000) || '1]' AS j`)
  assert.deepEqual(await rejectedOf(many, { j: t.json() }), [])
})

test('a decimal of too many digits is refused beside doubles, too', async () => {
  const wide = await parquet('wide.parquet', 'SELECT 1.25::DECIMAL(38,2) AS x')
  const bytes = await readFile(wide)
  // 38 digits, as the footer spells them, become 60: DuckDB reads such a decimal as a double.
  const digits = Buffer.from([0x15, 2 * 38])
  for (let at = bytes.indexOf(digits); at >= 0; at = bytes.indexOf(digits, at + 2)) bytes[at + 1] = 2 * 60
  await writeFile(wide, bytes)
  const double = await parquet('double.parquet', 'SELECT 1.25::DOUBLE AS x')
  const whole = await parquet('whole.parquet', 'SELECT 1::INTEGER AS x')
  const schema = { x: t.float64() }
  const scan = (...paths: string[]) =>
    parquetScan(
      db,
      paths.map(path => ({ path })),
      schema,
    )
  for (const paths of [
    [double, wide],
    [wide, double],
    [double, wide, double],
  ])
    await assert.rejects(scan(...paths), { code: 'SCHEMA_MISMATCH', message: /wide\.parquet.*38 digits/ })
  assert.equal((await scan(double, whole)).rows, 2)
})

/** A file whose columns have other names of the same length. */
async function renamed(
  file: string,
  select: string,
  names: Readonly<Record<string, string>>,
): Promise<string> {
  const path = await parquet(file, select)
  const bytes = await readFile(path)
  for (const [from, to] of Object.entries(names))
    for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + 1)) bytes.write(to, at)
  await writeFile(path, bytes)
  return path
}

test('a column whose name is there twice is refused, and others of the file are read', async () => {
  const select = 'SELECT 1::INTEGER AS first, 2::INTEGER AS other, 3::INTEGER AS first_1, 4::INTEGER AS more'
  const same = await renamed('same.parquet', select, { other: 'first' })
  const alike = await renamed('alike.parquet', select, { other: 'FIRST' })
  for (const path of [same, alike]) {
    // DuckDB numbers the second, and a third that is called so already.
    for (const column of ['first', 'first_1']) {
      const refused = { code: 'SCHEMA_MISMATCH', message: new RegExp(`${path}.*'${column}'.*twice`) }
      await assert.rejects(parquetScan(db, [{ path }], { [column]: t.int32() }), refused)
      await assert.rejects(
        Array.fromAsync(readParquet(db, path, { [column]: t.int32() }, { from: 0 })),
        refused,
      )
    }
    assert.deepEqual(await rejectedOf(path, { more: t.nullable(t.int32()) }), [])
  }
})
