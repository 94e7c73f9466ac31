/** Queries through sessions. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { memory } from '../connector/memory/endpoint.ts'
import { warehouse } from '../connector/warehouse/endpoint.ts'
import { open } from '../project/open.ts'
import { type Schema, t, typeText } from '../schema/type.ts'
import { pipeline } from './pipeline.ts'
import type { Session } from './session.ts'

const folder = mkdtempSync(join(tmpdir(), 'headrace-query-'))
after(() => rmSync(folder, { recursive: true }))

const session = async (): Promise<Session> => {
  const opened = await open({ dir: folder })
  const rows = memory.rows(
    [
      { k: 'a', n: 1 },
      { k: 'b', n: 2 },
    ],
    { schema: { k: t.string(), n: t.int32() } },
  )
  await opened.run(pipeline('p', rows, { to: warehouse.table('t', { write: 'replace' }) }))
  return opened
}

const typesOf = (schema: Schema) =>
  Object.fromEntries(Object.entries(schema).map(([name, type]) => [name, typeText(type)]))

test('a query gives its columns in logical types, and its rows', async () => {
  await using opened = await session()
  const found =
    await opened.query(`SELECT k, sum(n) AS total, avg(n) AS mean, {'n': max(n)} AS s, [1, NULL] AS l,
    CAST('nan' AS DOUBLE) AS x, TIME '12:34:56' AS tm, DATE '2024-01-31' AS d, 1.50 AS c FROM t GROUP BY k ORDER BY k`)
  assert.deepEqual(typesOf(found.schema), {
    k: 'string?',
    total: 'decimal(38,0)?',
    mean: 'float64?',
    s: 'json?',
    l: 'list(int32?)?',
    x: 'float64?',
    tm: 'string?',
    d: 'date?',
    c: 'decimal(3,2)?',
  })
  const rows = await Array.fromAsync(found)
  assert.equal(rows.length, 2)
  const plain = JSON.parse(JSON.stringify(rows[1])) as object
  assert.deepEqual(plain, {
    k: 'b',
    total: '2',
    mean: 2,
    s: { n: 2 },
    l: [1, null],
    x: null,
    tm: '12:34:56',
    d: '2024-01-31',
    c: '1.50',
  })
  // It can be asked for again.
  assert.equal((await Array.fromAsync(found.batches()))[0]!.length, 2)
})

test('columns keep their names, however strange', async () => {
  await using opened = await session()
  const found = await opened.query('SELECT 1 AS a, 2 AS a, 3 AS "2", 4 AS "1", 5 AS "__proto__", 6 AS "x""y"')
  const rows = await Array.fromAsync(found)
  assert.deepEqual(Object.entries(rows[0]!), [
    ['1', 4],
    ['2', 3],
    ['a', 1],
    ['a_1', 2],
    ['__proto__', 5],
    ['x"y', 6],
  ])
})

test('everything that reads may be asked', async () => {
  await using opened = await session()
  for (const sql of [
    'FROM t',
    'TABLE t',
    'SHOW TABLES',
    'DESCRIBE t',
    'SUMMARIZE t',
    'VALUES (1)',
    'SELECT 1;\n',
    'WITH x AS (SELECT 1) FROM x -- end',
  ]) {
    assert.ok((await Array.fromAsync(await opened.query(sql))).length > 0, sql)
  }
})

test('what does more than read is refused, and has done nothing', async () => {
  await using opened = await session()
  const statements = [
    'INSERT INTO t VALUES (1)',
    'DELETE FROM t',
    'DROP TABLE t',
    'CREATE TABLE u AS FROM t',
    `COPY t TO '${join(folder, 'out.csv')}'`,
    `ATTACH '${join(folder, 'other.duckdb')}'`,
    'SET threads = 1',
    'PRAGMA threads = 1',
    'CHECKPOINT',
    'BEGIN',
    'EXPLAIN ANALYZE DELETE FROM t',
    'SELECT 1; DROP TABLE t',
    `EXPORT DATABASE '${join(folder, 'exported')}'`,
    'INSTALL httpfs',
    `FROM enable_logging(storage = 'file', storage_config = {'path': '${join(folder, 'logs')}'})`,
    `FROM enable_profiling(format := 'json', save_location := '${join(folder, 'profile.json')}')`,
    `SELECT (SELECT count(*) FROM system.main."ENABLE_LOGGING"()) AS n`,
    `FROM query('FROM enable_logging()')`,
    'FROM checkpoint()',
  ]
  for (const sql of statements) {
    await assert.rejects(opened.query(sql), { code: 'INVALID_SQL' }, sql)
  }
  await assert.rejects(opened.query('INSERT INTO t VALUES (1)'), /only reads.*warehouse\.table/)
  for (const file of ['out.csv', 'other.duckdb', 'exported', 'logs', 'profile.json']) {
    assert.equal(existsSync(join(folder, file)), false, file)
  }
  assert.equal((await Array.fromAsync(await opened.query('FROM t'))).length, 2)
})

test('what is wrong is said in DuckDB’s words, with the place', async () => {
  await using opened = await session()
  await assert.rejects(opened.query('SELECT k,\n  m FROM t'), {
    code: 'INVALID_SQL',
    message: /"m" not found.*LINE 2: {3}m FROM t\n/s,
  })
  await assert.rejects(opened.query('SELEC k'), {
    code: 'INVALID_SQL',
    message: /^query: Parser Error: syntax error/,
  })
  const late = await opened.query('SELECT CAST(k AS INTEGER) AS i FROM t')
  await assert.rejects(Array.fromAsync(late), { code: 'OUT_OF_RANGE', message: /^query: / })
  const thrown = await opened.query(`SELECT error('my words') AS e`)
  await assert.rejects(Array.fromAsync(thrown), { code: 'INVALID_SQL', message: /my words/ })
})

test('files may be read by name; what is on the network, and in extensions, is not', async () => {
  await using opened = await session()
  const file = join(folder, 'one.csv')
  writeFileSync(file, 'n\n7\n')
  assert.deepEqual({ ...(await Array.fromAsync(await opened.query(`FROM '${file}'`)))[0] }, { n: 7n })
  for (const sql of [
    "FROM 'https://127.0.0.1:9/x.csv'",
    "FROM 's3://bucket/x.parquet'",
    "FROM st_read('x')",
  ]) {
    await assert.rejects(
      opened.query(sql),
      { code: 'INVALID_SQL', message: /extension.*are not loaded\.$/s },
      sql,
    )
  }
})

test('a file that is not there is said by its name', async () => {
  await using opened = await session()
  for (const sql of ["FROM 'missing.csv'", "SELECT * FROM read_parquet('missing.csv')"]) {
    await assert.rejects(opened.query(sql), { code: 'INVALID_SQL', message: /"missing\.csv"/ })
  }
})

test('where there is no warehouse it is said, and none is made', async () => {
  const dir = mkdtempSync(join(folder, 'empty-'))
  await using opened = await open({ dir })
  await assert.rejects(opened.query('SELECT 1'), {
    code: 'NOT_FOUND',
    message: /no warehouse .*warehouse\.duckdb/,
  })
  assert.equal(existsSync(join(dir, '.headrace')), false)
})

test('closing the session ends a query, also one that nobody reads on', async () => {
  const opened = await session()
  const rows = (await opened.query('SELECT a.range AS a FROM range(100000) a, range(100000) b')).rows()
  await rows.next()
  await opened.close()
  await assert.rejects(opened.query('SELECT 1'), { code: 'STOPPED' })
  await rows.return(undefined)
})
