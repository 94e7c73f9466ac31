/** Folders of files as the end of a pipeline: partitions, intervals, re-runs, in every mode. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { files } from '../connector/files/files.ts'
import { generate } from '../connector/generate/endpoint.ts'
import { count, sum } from '../plan/builder/aggregate.ts'
import { writeTo } from '../plan/endpoint.ts'
import { open } from '../project/open.ts'
import { t } from '../schema/type.ts'
import type { Sink } from '../seam/sink.ts'
import { batch, type Mode, microBatch, stream } from './mode.ts'
import { pipeline } from './pipeline.ts'

const folder = mkdtempSync(join(tmpdir(), 'headrace-folders-'))
const session = await open({ dir: folder })
after(async () => {
  await session.close()
  rmSync(folder, { recursive: true })
})

const modes: readonly Mode[] = [batch(), microBatch('1 second'), stream()]
const ROWS = 20_000
const HOUR = 3_600_000_000
const schema = { at: t.timestamp(), shop: t.string(), paid: t.decimal(9, 2) }
// Ten days and ten hours, in order.
const payments = generate({
  schema,
  rows: ROWS,
  columns: {
    at: generate.sequence({ from: Date.parse('2024-01-01') * 1000, step: HOUR / 80 }),
    shop: generate.oneOf(['Ångström', 'B/C', '']),
    paid: generate.uniform(0, 100),
  },
  eventTime: { column: 'at' },
})

/** The bytes of all files in a folder of the project, by path. */
async function bytesIn(name: string): Promise<Record<string, string>> {
  const root = join(folder, name)
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .sort()
  const texts = paths.map(
    async path => [path.slice(root.length + 1), await readFile(path, 'latin1')] as const,
  )
  return Object.fromEntries(await Promise.all(texts))
}

async function rowsOf(dataset: Parameters<typeof session.rows>[0]): Promise<string[]> {
  const rows: string[] = []
  for await (const row of session.rows(dataset)) rows.push(JSON.stringify(row))
  return rows.sort()
}

test('rows pass through partitions, dated files and a folder alike, in every mode and format', async () => {
  const expected = await rowsOf(payments)
  for (const [format, mode] of [
    ['parquet', modes[0]!],
    ['csv', modes[1]!],
    ['ndjson', modes[2]!],
  ] as const) {
    // The formats differ in their options, and none of these is used.
    const place = files[format] as typeof files.csv
    const places = {
      whole: place(`${format}/whole/`, { schema }),
      hive: place(`${format}/hive`, { schema, partitionBy: ['shop'] }),
      dated: place(`${format}/dated/{yyyy}/{MM}-{dd}.${format}`, { schema }),
    }
    for (const [name, to] of Object.entries(places)) {
      const report = await session.run(pipeline(`write-${name}`, payments, { to }), { mode })
      assert.equal(report.rowsWritten, ROWS)
      assert.deepEqual(await rowsOf(to), expected, `${format}, ${name}`)
    }
    assert.equal((await readdir(join(folder, format, 'dated', '2024'))).length, 11)
  }
})

test('a result has the same bytes in every mode, and when it is run again', async () => {
  const perShop = payments.groupBy('shop').agg({ n: count(), paid: sum('paid') })
  for (const format of ['csv', 'parquet'] as const) {
    const results: unknown[] = []
    for (const mode of [...modes, ...modes]) {
      const hive = files[format](`same/${format}/hive`, { partitionBy: ['shop'] })
      const whole = files[format](`same/${format}/whole/`)
      await session.run(pipeline('hive', perShop, { to: hive }), { mode })
      await session.run(pipeline('whole', perShop, { to: whole }), { mode })
      results.push(await bytesIn(`same/${format}`))
    }
    for (const result of results) assert.deepEqual(result, results[0])
  }
})

test('a run over an interval replaces its days, one that fails leaves yesterday, and running again changes nothing', async () => {
  const path = 'daily/{yyyy}-{MM}-{dd}/'
  const to = files.csv(path, { schema })
  const daily = (name: string, row: (paid: string) => string | undefined) =>
    pipeline(
      name,
      payments
        .filter(c => c.shop.eq('B/C'))
        .map('check', { out: schema, version: 1 }, each => {
          const paid = row(each.paid.toString())
          if (paid === undefined) throw new Error('scripted')
          return { ...each, paid: each.paid }
        }),
      { to, onBadRecord: 'fail' },
    )
  const good = daily('good', paid => paid)
  for (const mode of modes) {
    const { interval } = await session.run(good, { mode, from: '2024-01-02', to: '2024-01-05' })
    assert.deepEqual(interval, { from: '2024-01-02T00:00:00Z', to: '2024-01-05T00:00:00Z' })
    const before = await bytesIn('daily')
    assert.deepEqual(
      Object.keys(before).filter(name => !name.startsWith('_')),
      ['2024-01-02/part-0.csv', '2024-01-03/part-0.csv', '2024-01-04/part-0.csv'],
    )
    let rows = 0
    const bad = daily('bad', paid => (++rows > 100 ? undefined : paid))
    await assert.rejects(session.run(bad, { mode, from: '2024-01-03', to: '2024-01-04' }), {
      code: 'USER_FUNCTION',
    })
    assert.deepEqual(await bytesIn('daily'), before)
    await session.run(good, { mode, from: '2024-01-03', to: '2024-01-04' })
    assert.deepEqual(await bytesIn('daily'), before)
  }
  await assert.rejects(session.run(good, { from: '2024-01-03T12:00:00Z', to: '2024-01-04' }), {
    code: 'REFUSED',
  })
})

test('a pipeline may read the folder that it writes: it reads what was there before', async () => {
  const place = files.csv('loop/', { schema })
  await session.run(pipeline('begin', payments, { to: place }))
  const kept = place.filter(c => c.shop.eq(''))
  const { rowsWritten } = await session.run(pipeline('keep', kept, { to: files.csv('loop/') }))
  assert.ok(rowsWritten > 0 && rowsWritten < ROWS)
  assert.equal((await rowsOf(place)).length, rowsWritten)
})

test('a run whose Parquet is replaced while DuckDB reads it fails: its rows may be of two days', async () => {
  const places = [files.parquet('overtaken/', { schema }), files.parquet('overtaken.parquet', { schema })]
  for (const place of places) {
    const fill = () => session.run(pipeline('fill', payments, { to: place }))
    await fill()
    const { to, closed } = sinkThat(fill)
    const message = /overtaken.*Run again/
    await assert.rejects(session.run(pipeline('copy', place, { to })), { code: 'CHANGED_MEANWHILE', message })
    assert.deepEqual(closed, [false])
  }
})

test('a run is told that its folder was published anew, and not that a file is missing', async () => {
  const place = files.csv('gone', { schema, partitionBy: ['shop'] })
  const fill = (from: typeof payments) => session.run(pipeline('fill', from, { to: place }))
  await fill(payments)
  const { to } = sinkThat(() => fill(payments.filter(c => c.shop.eq(''))))
  const message = /gone was published anew/
  await assert.rejects(session.run(pipeline('copy', place, { to }), { mode: stream() }), {
    code: 'CHANGED_MEANWHILE',
    message,
  })
})

test('what has been read to its end may be replaced while a run computes', async () => {
  // An empty text is quoted, so that our decoder reads the file.
  const place = files.csv('read.csv', { schema })
  const fill = () => session.run(pipeline('fill', payments, { to: place }))
  await fill()
  const { to, closed } = sinkThat(fill)
  assert.equal((await session.run(pipeline('copy', place, { to }))).rowsWritten, ROWS)
  assert.deepEqual(closed, [true])
})

/** Does something else whenever it is to write, and lists how it was closed. */
function sinkThat(acts: () => Promise<unknown>) {
  const closed: (boolean | undefined)[] = []
  const writer = {
    committed: async () => 0,
    write: async () => void (await acts()),
    commit: async () => undefined,
    close: async (ended?: boolean) => void closed.push(ended),
  }
  const sink: Sink = { name: 'acting', accepts: ['append'], onReplay: 'idempotent', open: async () => writer }
  return { to: writeTo<'append'>(sink), closed }
}
