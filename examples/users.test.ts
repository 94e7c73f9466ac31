/** ETL and ELT of the same users: equal answers, and only one of them ever stored what is personal. */
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { Place } from './place.ts'

const etl = new Place()
const elt = new Place()

before(() => {
  for (const place of [etl, elt]) place.run('examples/users.ts')
})

after(() => {
  etl.remove()
  elt.remove()
})

/** The answer by hand, from the file alone. */
const byHand = `
  SELECT id::BIGINT AS user_id, first_name || ' ' || last_name AS full_name,
    (total_purchases::DECIMAL(12, 2) * 1.1)::DECIMAL(14, 3) AS revenue,
    CASE WHEN total_purchases::DECIMAL(12, 2) > 1000 THEN 'premium' ELSE 'basic' END AS tier
  FROM (FROM read_csv('out/users.csv', all_varchar = true) WHERE total_purchases <> 'unknown')
  ORDER BY user_id`

test('ETL: the transformed users are in the warehouse, exact to the last digit', async () => {
  const { rowsRead, processed, skipped, rowsWritten } = etl.run('examples/etl.ts')
  assert.deepEqual([rowsRead, processed, skipped, rowsWritten], [5_000, 4_999, 1, 4_999])
  const rows = await etl.ask('FROM warehouse.users ORDER BY user_id')
  assert.equal(rows.length, 4_999)
  assert.deepEqual(rows, await etl.ask(byHand))
})

test('ELT: SQL inside the warehouse gives the same rows', async () => {
  const loaded = elt.run('examples/elt.ts#raw_users')
  assert.deepEqual([loaded.rowsRead, loaded.processed, loaded.deadLettered], [5_000, 4_999, 1])
  elt.run('examples/elt.ts#clean_users')
  assert.deepEqual(await elt.ask('FROM warehouse.clean_users ORDER BY user_id'), await elt.ask(byHand))
  assert.equal((await elt.ask('FROM warehouse.raw.users')).length, 4_999)
})

test('ETL leaves nothing personal in the warehouse, nor in dead letters', async () => {
  const values = new Set(await personal())
  assert.equal(values.size > 5_000, true)
  assert.deepEqual(await personalIn(etl, values), [])
  assert.deepEqual(await etl.ask(columnsOf('users')), ['user_id', 'full_name', 'revenue', 'tier'])
  assert.equal(existsSync(etl.path('dead-letters')), false)
})

test('that search finds what ELT loaded, and the person in its dead letter', async () => {
  const found = new Set(await personalIn(elt, new Set(await personal())))
  for (const id of [1, 776, 777, 5_000]) assert.ok(found.has(`user${id}@mail.example`), `user ${id}`)
  assert.match(elt.text('dead-letters/raw_users.ndjson'), /user777@mail\.example/)
})

const columnsOf = (table: string): string =>
  `SELECT column_name FROM duckdb_columns() WHERE database_name = 'warehouse' AND table_name = '${table}' ORDER BY column_index`

/** The values of all users, those of the one with the broken record too. */
async function personal(): Promise<string[]> {
  const rows = await etl.ask(
    `SELECT email, phone, birth_date FROM read_csv('out/users.csv', all_varchar = true)`,
  )
  return rows.flatMap(row => row.split('|'))
}

/** Which of the values are in any byte that a run left behind; and in any table, where a warehouse compresses texts. */
async function personalIn(place: Place, values: ReadonlySet<string>): Promise<string[]> {
  const files = globSync(['.headrace/**', 'dead-letters/**'], { cwd: place.folder }).map(name =>
    place.path(name),
  )
  const bytes = files.filter(path => statSync(path).isFile()).map(path => readFileSync(path, 'latin1'))
  assert.ok(bytes.join('').length > 10_000, 'there is no warehouse to search')
  const tables = await place.ask(
    `SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = 'warehouse'`,
  )
  for (const table of tables) bytes.push(...(await place.ask(`FROM warehouse.${table}`)))
  const candidates = bytes.join('\n').match(/user\d+@mail\.example|\+1\d{10}|\d{4}-\d\d-\d\d/g) ?? []
  return candidates.filter(value => values.has(value))
}
