import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { commandLine } from '../../../test/cli/command-line.ts'

let dir = ''

const index = new URL('../../index.ts', import.meta.url).href
const program = (folder: string): string => `
import { count, files, generate, pipeline, sum, t } from '${index}'
const { sequence, uniform } = generate
const sales = files.csv('${folder}/sales.csv', { schema: { shop: t.string(), cents: t.int64() } })
const read = sales.map('read', { out: { shop: t.string(), cents: t.int64() }, version: 1 }, row => {
  if (row.cents === 20n) throw new Error('no such price')
  return row
})
const perShop = read.filter(c => c.cents.gt(10)).groupBy('shop').agg({ cents: sum('cents'), n: count() })
export const daily = pipeline('daily', perShop, { to: files.csv('${folder}/daily.csv') })
const endless = generate({ schema: { n: t.int64() }, columns: { n: sequence() } })
const slow = endless.map('slow', { out: { n: t.int64() }, version: 1 }, row => {
  const until = performance.now() + 0.1
  while (performance.now() < until);
  return row
})
export const slowly = pipeline('slowly', slow, { to: files.ndjson('slow.ndjson') })
const hourly = generate({
  schema: { at: t.timestamp() },
  columns: { at: sequence({ from: '2024-01-01T00:00:00Z', step: '1 hour' }) },
  rows: 72,
  eventTime: { column: 'at' },
})
export const dated = pipeline('dated', hourly, { to: files.csv('dated/{yyyy}-{MM}-{dd}.csv') })
export const forever = pipeline('forever', endless, { to: files.ndjson('${folder}/forever.ndjson') })
`

before(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'headrace-run-')))
  const rows = Array.from({ length: 100 }, (_, i) => `s${i % 3},${i}`)
  writeFileSync(join(dir, 'sales.csv'), `shop,cents\n${rows.join('\n')}\n`)
  writeFileSync(join(dir, 'jobs.mjs'), program(dir))
})

after(() => rmSync(dir, { recursive: true }))

async function run(...args: string[]) {
  return runOn(false, () => undefined, ...args)
}

/** On a terminal that a person looks at, or not. */
async function runOn(interactive: boolean, status: (line?: string) => void, ...args: string[]) {
  const [reference, ...options] = args
  return commandLine(['run', join(dir, reference!), '--dir', dir, ...options], { status, interactive })
}

test('with --limit the result of the first records is shown, and nothing is written', async () => {
  const { status, out, err } = await run('jobs.mjs#daily', '--limit', '15')
  assert.equal(status, 0, err)
  assert.match(out, /^shop {2}cents {2}n\n/)
  assert.match(out, /A trial: at most 15 records of each source were read, and nothing was written\./)
  assert.match(out, /15 rows read = 15 processed/)
  assert.equal(existsSync(join(dir, 'daily.csv')), false)
  const endless = await run('jobs.mjs#forever', '--limit', '3', '--json')
  const document = JSON.parse(endless.out) as Record<string, unknown>
  assert.deepEqual([document.rows, document.rowsRead], [[{ n: '0' }, { n: '1' }, { n: '2' }], 3])
})

test('a run over a slice of time makes that slice, and says which it was', async () => {
  const { out, err } = await run('jobs.mjs#dated', '--from', '2024-01-02', '--to', '2024-01-03')
  assert.match(out, /^dated: batch on duckdb, from 2024-01-02, to 2024-01-03, 1 step/, err)
  assert.match(out, /; 24 written/)
  assert.equal(existsSync(join(dir, 'dated', '2024-01-02.csv')), true)
  assert.equal(existsSync(join(dir, 'dated', '2024-01-01.csv')), false)
  const open = JSON.parse((await run('jobs.mjs#dated', '--from', '2024-01-03', '--json')).out)
  assert.deepEqual([open.interval, open.rowsWritten], [{ from: '2024-01-03T00:00:00Z' }, 24])
})

test('the document of a trial has values as that of a query', async () => {
  const { out } = await run('jobs.mjs#daily', '--limit', '13', '--json')
  const { rows } = JSON.parse(out) as { rows: { shop: string }[] }
  const sorted = rows.toSorted((a, b) => (a.shop < b.shop ? -1 : 1))
  assert.deepEqual(sorted, [
    { shop: 's0', cents: '12', n: '1' },
    { shop: 's2', cents: '11', n: '1' },
  ])
})

test('a trial counts bad records, and keeps them nowhere', async () => {
  const { status, out } = await run('jobs.mjs#daily', '--limit', '50')
  assert.equal(status, 0)
  assert.match(out, /50 rows read = 49 processed \+ 0 late \+ 1 skipped/)
  assert.match(out, /first bad record: .*no such price/)
  assert.equal(existsSync(join(dir, 'dead-letters')), false)
})

for (const mode of ['batch', 'stream']) {
  test(`with --peek the first rows of an operator are shown, and the ${mode} run goes on`, async () => {
    const { status, out, err } = await run(
      'jobs.mjs#daily',
      '--mode',
      mode,
      '--peek',
      mode === 'batch' ? 'filter' : 'fil',
    )
    assert.equal(status, 0, err)
    assert.match(err, /^fil(ter)?:\nshop {2}cents\n/m)
    assert.equal(err.split('\n').filter(line => /^s\d +\d+$/.test(line)).length, 20)
    assert.match(out, /100 rows read = 99 processed \+ 0 late \+ 1 dead-lettered; 3 written/)
    assert.equal(existsSync(join(dir, 'daily.csv')), true)
  })
}

test('an operator that is not there is refused with the nearest', async () => {
  const { status, err } = await run('jobs.mjs#daily', '--peek', 'filtr')
  assert.equal(status, 1)
  assert.match(
    err,
    /no operator 'filtr' — did you mean 'filter'\? It has: source\(csv .*sales\.csv\), map\(read\), filter, aggregate\(shop\)/,
  )
})

test('a limit must be a whole number', async () => {
  const { status, err } = await run('jobs.mjs#daily', '--limit', 'ten')
  assert.equal(status, 2)
  assert.match(err, /--limit takes a whole number of at least 1, not "ten"/)
})

test('on a terminal a line says how far the run is, and is gone at the end', async () => {
  const shown: (string | undefined)[] = []
  const options = ['--mode', 'stream', '--limit', '6000']
  await runOn(true, line => shown.push(line), 'jobs.mjs#slowly', ...options)
  const line = /^\S slowly: [\d,]+ rows read, [\d,]+ rows\/s, [\d,]+ written, \d+(\.\d)? s$/
  assert.ok(
    shown.some(each => line.test(each ?? '')),
    shown.join(),
  )
  assert.equal(shown.at(-1), undefined)
})
