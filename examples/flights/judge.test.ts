/** The judge must find what it is there to find. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Duckdb } from '../../src/duckdb/duckdb.ts'
import { text } from '../../src/duckdb/sql.ts'
import { Judge } from './judge.ts'

const folder = mkdtempSync(join(tmpdir(), 'headrace-judge-'))
const file = (name: string): string => join(folder, `${name}.parquet`)
let judge: Judge

const source = `SELECT * FROM (VALUES
  (TIMESTAMP '2001-01-01 00:05:00', 4::BIGINT, 100::BIGINT, 'ATL'),
  (TIMESTAMP '2001-01-01 00:55:00', 5::BIGINT, 200::BIGINT, 'ATL'),
  (TIMESTAMP '2001-01-01 01:00:00', 7::BIGINT, 300::BIGINT, 'ATL'),
  (TIMESTAMP '2001-01-01 01:00:00', 0::BIGINT, 300::BIGINT, 'JFK')) t(date, delay, distance, origin)`

const answer = `SELECT * FROM (VALUES
  ('ATL', TIMESTAMP '2001-01-01 00:00:00', TIMESTAMP '2001-01-01 01:00:00', 2::BIGINT, 300::BIGINT, 4.5::DOUBLE),
  ('ATL', TIMESTAMP '2001-01-01 01:00:00', TIMESTAMP '2001-01-01 02:00:00', 1::BIGINT, 300::BIGINT, 7::DOUBLE))
  t(origin, window_start, window_end, flights, distance, avg_delay)`

/** Answers that are wrong in one way each, and how many rows that makes different. */
const wrong: Readonly<Record<string, readonly [sql: string, different: number]>> = {
  missing: [`${answer} LIMIT 1`, 1],
  extra: [
    `${answer} UNION ALL SELECT 'JFK', TIMESTAMP '2001-01-01 01:00:00', TIMESTAMP '2001-01-01 02:00:00', 1, 300, 0`,
    1,
  ],
  repeated: [`${answer} UNION ALL (${answer} LIMIT 1)`, 2],
  counted: [`SELECT * REPLACE (flights + 1 AS flights) FROM (${answer})`, 2],
  summed: [`SELECT * REPLACE (distance - 1 AS distance) FROM (${answer})`, 2],
  averaged: [`SELECT * REPLACE (avg_delay * 1.00000001 AS avg_delay) FROM (${answer})`, 2],
  shifted: [`SELECT * REPLACE (window_end + INTERVAL 1 SECOND AS window_end) FROM (${answer})`, 2],
  null: [`SELECT * REPLACE (NULL::DOUBLE AS avg_delay) FROM (${answer})`, 2],
}

before(async () => {
  const db = await Duckdb.open()
  const write = (name: string, sql: string): Promise<number> =>
    db.run(`COPY (${sql}) TO ${text(file(name))} (FORMAT parquet)`)
  await write('source', source)
  await write('answer', answer)
  for (const [name, [sql]] of Object.entries(wrong)) await write(name, sql)
  db.close()
  judge = await Judge.open()
})

after(() => {
  judge.close()
  rmSync(folder, { recursive: true })
})

test('the right answer equals the SQL and itself', async () => {
  assert.deepEqual(await judge.againstSql(file('source'), file('answer')), { rows: 2, different: 0 })
  assert.deepEqual(await judge.againstEachOther(file('answer'), file('answer')), { rows: 2, different: 0 })
})

test('every kind of wrong answer is found, either way around', async () => {
  for (const [name, [, different]] of Object.entries(wrong)) {
    const verdict = await judge.againstSql(file('source'), file(name))
    assert.equal(verdict.different, different, name)
    assert.match(verdict.first ?? '', /origin/)
    assert.equal((await judge.againstEachOther(file(name), file('answer'))).different, different, name)
  }
})
