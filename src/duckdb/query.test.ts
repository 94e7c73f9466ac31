/** SQL that users write, at DuckDB itself; src/pipeline/query.test.ts has it in a session. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Duckdb } from './duckdb.ts'
import { effectful, readingOf } from './query.ts'

const db = await Duckdb.open()
after(() => db.close())

/** What DuckDB's other table functions do: read files, tables, its own lists, or make rows. */
const reads =
  /^(read_|parquet_|duckdb_|pragma_|icu_|json_each$|json_tree$|arrow_scan|seq_scan$|sniff_csv$|glob$|range$|generate_series$|repeat|unnest$|summary$|test_|which_secret$|sql_auto_complete$|pg_timezone_names$|check_peg_parser$|query_table$)/

test('every table function of DuckDB is known to read, or refused', async () => {
  const found = await db.records(
    `SELECT DISTINCT function_name AS f FROM duckdb_functions() WHERE function_type = 'table' ORDER BY f`,
  )
  const others = found.map(({ f }) => String(f)).filter(f => !reads.test(f))
  assert.deepEqual(others, effectful)
})

test('behind the semicolon of a statement there may be comments', async () => {
  const same = [
    ['SELECT 1 AS n; -- done', 1],
    ['SELECT 1 AS n ; /* done; */ ;\n-- really;\n', 1],
    ['SELECT 1 -- the one;\n + 1 AS n', 2],
    ["SELECT length('a; -- b') AS n; -- 'c'", 7],
    [`SELECT 2 AS "n"/* ; */, E'\\';' AS ";" ; -- it's`, 2],
    ['SELECT length($x$;--$x$) AS n; --', 3],
    ["SELECT year(date'2024-01-01') AS n; -- x", 2024],
  ] as const
  for (const [sql, n] of same) {
    const { from } = await readingOf(db, sql, 'query', '')
    const [row] = await db.records(`SELECT n FROM ${from}`)
    assert.equal(String(row!.n), String(n), sql)
  }
  await assert.rejects(readingOf(db, 'SELECT 1; -- a\nSELECT 2', 'query', ''), /there are 2/)
})

test('a function that does more than read is found wherever it stands', async () => {
  for (const f of effectful) {
    for (const sql of [`FROM ${f}('x')`, `WITH a AS (FROM main.${f.toUpperCase()}('x')) SELECT (FROM a)`]) {
      await assert.rejects(readingOf(db, sql, 'query', ''), {
        code: 'INVALID_SQL',
        message: new RegExp(`function ${f} `),
      })
    }
  }
  assert.deepEqual(await db.records('SELECT 1 AS n'), [{ n: 1 }])
})
