/** Thirty days, one bad record, and one day that fails and is run again. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { Place } from './place.ts'

const place = new Place()
const FILES = 'out/daily-revenue/*.parquet'
const DAY = ['--from', '2024-06-20', '--to', '2024-06-21']

before(() => place.run('examples/daily-revenue.ts#orders'))
after(() => place.remove())

/** The answer by hand: what the files of orders say, without the order that has no price. */
const byHand = `
  SELECT product, ordered_at::DATE AS day, sum(price::DECIMAL(12, 2)) AS revenue, count(*) AS orders
  FROM (FROM read_csv('out/orders/*.csv', all_varchar = true) WHERE price <> 'n/a') GROUP BY ALL ORDER BY ALL`

const answer = `
  SELECT product, epoch_us(window_start)::BIGINT AS start, revenue, orders, filename FROM read_parquet('${FILES}', filename = true)`
const answered = `
  SELECT product, make_timestamp(start)::DATE AS day, revenue, orders FROM (${answer}) ORDER BY ALL`

const namesAndDays = `
  SELECT DISTINCT parse_filename(filename) = strftime(make_timestamp(start), '%Y-%m-%d.parquet') FROM (${answer})`

test('a run over everything writes a file for each day, and puts the bad record aside', async () => {
  const report = place.run('examples/daily-revenue.ts#daily_revenue')
  assert.deepEqual([report.rowsRead, report.processed, report.deadLettered], [6_000, 5_999, 1])
  assert.equal(place.files(FILES).size, 30)
  assert.deepEqual(await place.ask(answered), await place.ask(byHand))
  assert.deepEqual(await place.ask(namesAndDays), ['true'])
})

test('the dead letter says where the record stood, and what it was', () => {
  const letters = place.text('dead-letters/daily_revenue.ndjson').trimEnd().split('\n')
  const lines = place.text('out/orders/2024-06-13.csv').split('\n')
  const line = lines.findIndex(text => text.includes('n/a'))
  const [letter] = letters.map(text => JSON.parse(text) as Record<string, unknown>)
  assert.equal(letters.length, 1)
  assert.ok(line > 0)
  assert.match(String(letter!.place), /2024-06-13\.csv$/)
  assert.deepEqual([letter!.line, letter!.text, letter!.code], [line + 1, lines[line], 'BAD_VALUE'])
})

test('a day that fails leaves the answer of before, and a run after the repair replaces that day only', async () => {
  const before = place.files(FILES)
  const orders = place.text('out/orders/2024-06-20.csv')
  const broken = orders.replaceAll(/,\d+\.\d\d,/g, ',free,')
  assert.notEqual(broken, orders)
  writeFileSync(place.path('out/orders/2024-06-20.csv'), broken)

  const failed = place.headrace('run', 'examples/daily-revenue.ts#daily_revenue', ...DAY)
  assert.equal(failed.status, 1)
  assert.match(failed.stderr, /BAD_RECORD_BUDGET/)
  assert.doesNotMatch(failed.stderr, /^\s+at /m)
  assert.deepEqual(place.files(FILES), before)
  const letters = place.text('dead-letters/daily_revenue/2024-06-20_2024-06-21.failed.ndjson')
  assert.match(letters, /"text":"\d+,\w+,free,2024-06-20/)

  // The repair raises every price of the day by a cent, so that its answer is another one.
  const repaired = orders.replaceAll(/,(\d+\.\d)\d,/g, ',$19,')
  assert.notEqual(repaired, orders)
  writeFileSync(place.path('out/orders/2024-06-20.csv'), repaired)
  assert.equal(place.run('examples/daily-revenue.ts#daily_revenue', ...DAY).rowsRead, 200)
  assert.deepEqual(await place.ask(answered), await place.ask(byHand))

  const now = place.files(FILES)
  const changed = [...now].filter(([name, content]) => before.get(name) !== content).map(([name]) => name)
  assert.deepEqual(changed, ['out/daily-revenue/2024-06-20.parquet'])
  assert.deepEqual([...now.keys()], [...before.keys()])
})
