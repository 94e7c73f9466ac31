import assert from 'node:assert/strict'
import fs, { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { pipeline } from '../../../pipeline/pipeline.ts'
import type { Relation } from '../../../plan/builder/dataset.ts'
import type { SourceNode } from '../../../plan/node.ts'
import { open } from '../../../project/open.ts'
import { env } from '../../../runtime/env.ts'
import { systemRuntime } from '../../../runtime/runtime.ts'
import { rowsOf } from '../../../schema/row.ts'
import { t } from '../../../schema/type.ts'
import type { Interval, Site } from '../../../seam/site.ts'
import type { RejectedRecord, Source } from '../../../seam/source.ts'
import { memory } from '../../memory/endpoint.ts'
import { files } from '../files.ts'

let dir = ''
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'headrace-source-'))
})
after(() => rm(dir, { recursive: true }))

async function put(path: string, content: string | Buffer): Promise<void> {
  await mkdir(dirname(join(dir, path)), { recursive: true })
  await writeFile(join(dir, path), content)
}

const schema = { id: t.int32(), name: t.nullable(t.string()) }
const sourceOf = (dataset: Relation): Source => (dataset.node as SourceNode).source

function siteOf(interval?: Interval): Site {
  const site: Site = {
    dir,
    warehouse: join(dir, 'warehouse.duckdb'),
    runtime: systemRuntime,
    shared: (_, make) => make(),
  }
  return interval === undefined ? site : { ...site, interval }
}

interface Found {
  readonly partitions: readonly string[]
  readonly rows: readonly Record<string, unknown>[]
  readonly rejected: readonly RejectedRecord[]
}

/** All that a source holds, in its place. */
async function readAll(dataset: Relation, interval?: Interval): Promise<Found> {
  const source = sourceOf(dataset).at!(siteOf(interval))
  const partitions = await source.partitions()
  const rows: Record<string, unknown>[] = []
  const rejected: RejectedRecord[] = []
  for (const partition of partitions) {
    for await (const read of source.read(partition, { from: 0 }, new AbortController().signal)) {
      rows.push(...(rowsOf(read.batch) as Record<string, unknown>[]))
      rejected.push(...(read.rejected ?? []))
    }
  }
  return { partitions, rows, rejected }
}

const idsOf = ({ rows }: Found): unknown[] => rows.map(row => row.id)
const micros = (time: string): bigint => BigInt(Date.parse(time)) * 1000n
const day = (from: string, to: string): Interval => ({
  from: micros(`${from}T00:00:00Z`),
  to: micros(`${to}T00:00:00Z`),
})

describe('paths', () => {
  before(async () => {
    for (const [i, name] of ['b', 'a', 'c'].entries()) await put(`set/${name}.csv`, `id,name\n${i},${name}\n`)
  })

  test('relative ones begin in the project, and partitions are named as the user would write them', async () => {
    const one = await readAll(files.csv('set/a.csv', { schema }))
    assert.deepEqual([one.partitions, one.rows], [['set/a.csv'], [{ id: 1, name: 'a' }]])
    const all = await readAll(files.csv('./set/*.csv', { schema }))
    assert.deepEqual(all.partitions, ['./set/a.csv', './set/b.csv', './set/c.csv'])
    assert.deepEqual(idsOf(all), [1, 0, 2])
  })

  test('a list keeps its order, and a file that is named twice is read once', async () => {
    const found = await readAll(files.csv(['set/c.csv', 'set/*.csv', `${dir}/set/a.csv`], { schema }))
    assert.deepEqual(found.partitions, ['set/c.csv', 'set/a.csv', 'set/b.csv'])
  })

  test('a folder is all its files', async () => {
    assert.deepEqual(idsOf(await readAll(files.csv('set', { schema }))), [1, 0, 2])
  })

  test('one from the environment is looked up in its place, and never before', async () => {
    const dataset = files.csv(env('HEADRACE_TEST_SET'), { schema })
    assert.match(sourceOf(dataset).name, /env\(HEADRACE_TEST_SET\)/)
    await assert.rejects(readAll(dataset), { code: 'ENV_MISSING', message: /HEADRACE_TEST_SET/ })
    process.env.HEADRACE_TEST_SET = 'set/{yyyy}.csv'
    try {
      assert.equal(sourceOf(dataset).at!(siteOf()).dated, true)
      process.env.HEADRACE_TEST_SET = 'set/b.csv'
      assert.deepEqual(idsOf(await readAll(dataset)), [0])
    } finally {
      delete process.env.HEADRACE_TEST_SET
    }
  })

  test('what is not there is named', async () => {
    const missing: [Relation, RegExp][] = [
      [files.csv('set/no.csv', { schema }), /set\/no\.csv/],
      [files.csv('set/*.tsv', { schema }), /set\/\*\.tsv/],
      [files.csv('set/[x].csv', { schema }), /set\/\[x\].*\[\[\]/],
      [files.csv(['set/a.csv', 'set/no-*.csv'], { schema }), /set\/no-\*/],
      [files.csv('nowhere', { schema, partitionBy: ['name'] }), /nowhere/],
      [files.csv('nowhere/{yyyy}.csv', { schema }), /nowhere\/\{yyyy\}/],
    ]
    for (const [dataset, message] of missing) {
      await assert.rejects(readAll(dataset), { code: 'NOT_FOUND', message })
    }
    const dated = files.csv('nowhere/{yyyy}.csv', { schema })
    await assert.rejects(readAll(dated, day('2024-01-01', '2025-01-01')), { code: 'NOT_FOUND' })
  })

  test('one header that differs is one error, that names its file', async () => {
    await put('headers/1.csv', 'name,id\na,1\n')
    await put('headers/2.csv', 'id,nam\n2,b\n')
    await assert.rejects(readAll(files.csv('headers/*.csv', { schema })), {
      code: 'SCHEMA_MISMATCH',
      message: /headers\/2\.csv.*does not name name.*id, nam/,
    })
    await put('headers/2.csv', 'id,name,id\n2,b,2\n')
    await assert.rejects(readAll(files.csv('headers/*.csv', { schema })), {
      code: 'SCHEMA_MISMATCH',
      message: /headers\/2\.csv.*names id twice/,
    })
  })
})

describe('dated paths', () => {
  before(async () => {
    for (const name of ['2024-01-30', '2024-01-31', '2024-02-01']) {
      await put(`days/${name}.csv`, `id,name\n${name.slice(-2)},${name}\n`)
    }
  })
  const dataset = files.csv('days/{yyyy}-{MM}-{dd}.csv', { schema })

  test('are read whole, or cut to an interval', async () => {
    assert.equal(sourceOf(dataset).dated, true)
    assert.deepEqual(idsOf(await readAll(dataset)), [30, 31, 1])
    assert.deepEqual(idsOf(await readAll(dataset, day('2024-01-31', '2024-02-02'))), [31, 1])
    assert.deepEqual(idsOf(await readAll(dataset, day('2025-01-01', '2025-01-02'))), [])
  })

  test('an interval that cuts a day is refused', async () => {
    const hours = { from: micros('2024-01-31T00:00:00Z'), to: micros('2024-01-31T06:00:00Z') }
    await assert.rejects(readAll(dataset, hours), { code: 'REFUSED', message: /2024-01-31T06.*UTC day/ })
  })

  test('a session runs over an interval, in every mode', async () => {
    await using session = await open({ dir })
    for (const kind of ['batch', 'stream'] as const) {
      const to = memory.collect({ like: dataset })
      const mode = { kind } as never
      const days = pipeline(`days in ${kind}`, dataset, { to, mode })
      await session.run(days, { from: '2024-01-30', to: '2024-02-01' })
      assert.deepEqual(
        to.rows().map(row => row.id),
        [30, 31],
      )
    }
  })

  test('a published file that somebody removed is said to be so, and a run over its day makes it again', async () => {
    await using session = await open({ dir })
    const times = { at: t.timestamp() }
    const eventTime = { column: 'at' } as const
    const rows = ['2024-02-03T10:00:00Z', '2024-02-04T10:00:00Z'].map(at => ({ at }))
    const path = 'published/{yyyy}-{MM}-{dd}.csv'
    const written = pipeline('w', memory.rows(rows, { schema: times, eventTime }), { to: files.csv(path) })
    await session.run(written)
    await rm(join(dir, 'published/2024-02-03.csv'))
    const published = files.csv(path, { schema: times, eventTime })
    for (const kind of ['batch', 'stream'] as const) {
      const to = memory.collect({ like: published })
      const all = pipeline(`all in ${kind}`, published, { to, mode: { kind } as never })
      await assert.rejects(session.run(all), {
        code: 'NOT_FOUND',
        message:
          /no file published\/2024-02-03\.csv.*_manifest\.json.*from 2024-02-03T00:00:00Z to 2024-02-04T00:00:00Z\.$/,
      })
      await session.run(all, { from: '2024-02-04' })
      assert.equal(to.rows().length, 1)
    }
    await session.run(written, { from: '2024-02-03', to: '2024-02-04' })
    assert.equal((await Array.fromAsync(session.rows(published))).length, 2)
  })

  test('a removed file of a folder without dates is mended by running its pipeline', async () => {
    await using session = await open({ dir })
    const kept = files.csv('parts', { schema, partitionBy: ['id'] })
    const rows = [1, 2].map(id => ({ id, name: 'x' }))
    await session.run(pipeline('parts', memory.rows(rows, { schema }), { to: kept }))
    await rm(join(dir, 'parts/id=1'), { recursive: true })
    const message = /no file parts\/id=1\/.*_manifest\.json.*Run the pipeline that writes it again\.$/
    await assert.rejects(Array.fromAsync(session.rows(kept)), { code: 'NOT_FOUND', message })
    const other = kept.filter(c => c.id.eq(2))
    assert.equal((await Array.fromAsync(session.rows(other))).length, 1)
  })
})

/** Counts the files that Node opens below a folder. Files of Parquet are opened by DuckDB, and not seen. */
function countOpened(context: TestContext): () => readonly string[] {
  const opened: string[] = []
  const original = fs.open
  context.mock.method(fs, 'open', (...args: Parameters<typeof fs.open>) => {
    opened.push(String(args[0]))
    return original(...args)
  })
  syncBuiltinESMExports()
  context.after(() => {
    context.mock.restoreAll()
    syncBuiltinESMExports()
  })
  return () => opened.filter(path => path.startsWith(dir) && /\.(csv|parquet)$/.test(path))
}

describe('Hive partitions', () => {
  const partitioned = { day: t.date(), region: t.nullable(t.string()), ...schema }
  const options = { schema: partitioned, partitionBy: ['day', 'region'] } as const
  before(async () => {
    for (const [d, date] of ['2024-01-30', '2024-01-31'].entries()) {
      for (const [r, region] of ['eu', 'a%2Fb', '__HIVE_DEFAULT_PARTITION__'].entries()) {
        await put(`hive/day=${date}/region=${region}/x.csv`, `id,name\n${d * 10 + r},x\nbad,y\n`)
      }
    }
  })

  test('give their values to every row, and bad records keep the place of their file', async () => {
    const { rows, rejected, partitions } = await readAll(files.csv('hive', options))
    assert.equal(partitions[0], 'hive/day=2024-01-30/region=__HIVE_DEFAULT_PARTITION__/x.csv')
    assert.deepEqual(
      rows.map(row => [row.id, row.day, row.region]),
      [
        [2, '2024-01-30', null],
        [1, '2024-01-30', 'a/b'],
        [0, '2024-01-30', 'eu'],
        [12, '2024-01-31', null],
        [11, '2024-01-31', 'a/b'],
        [10, '2024-01-31', 'eu'],
      ],
    )
    assert.deepEqual(
      rejected.map(({ place, line, position }) => [place, line, position]),
      partitions.map(place => [place, 3, 1]),
    )
  })

  for (const kind of ['batch', 'stream'] as const) {
    test(`a filter leaves the other files unopened (${kind})`, async context => {
      const opened = countOpened(context)
      const dataset = files.csv('hive', options).filter(c => c.region.eq('a/b').and(c.day.gt('2024-01-30')))
      const to = memory.collect({ like: dataset })
      await using session = await open({ dir })
      const report = await session.run(
        pipeline(`pruned in ${kind}`, dataset, { to, mode: { kind } as never, onBadRecord: 'skip' }),
      )
      assert.deepEqual(
        to.rows().map(row => row.id),
        [11],
      )
      assert.equal(report.rowsRead, 2)
      const expected = join(dir, 'hive/day=2024-01-31/region=a%2Fb/x.csv')
      assert.deepEqual([...new Set(opened())], [expected])
    })

    test(`files of Parquet that are ruled out may be anything (${kind})`, async () => {
      const whole = { region: t.string(), id: t.int64() }
      const set = files.parquet(`lake-${kind}`, { schema: whole, partitionBy: ['region'], write: 'append' })
      const rows = [1, 2, 3, 4].map(id => ({ region: id % 2 === 0 ? 'even' : 'odd', id: BigInt(id) }))
      await using session = await open({ dir })
      await session.run(pipeline('lake', memory.rows(rows, { schema: whole }), { to: set }))
      const broken = join(dir, `lake-${kind}/region=odd/part-0.parquet`)
      await writeFile(broken, 'not Parquet')
      await chmod(broken, 0o000)
      const even = set.filter(c => c.region.eq('even'))
      const to = memory.collect({ like: even })
      await session.run(pipeline('even', even, { to, mode: { kind } as never }))
      assert.deepEqual(
        to.rows().map(row => [row.region, row.id]),
        [
          ['even', 2n],
          ['even', 4n],
        ],
      )
      await assert.rejects(session.run(pipeline('all', set, { to: memory.collect({ like: set }) })), {
        code: 'READ_FAILED',
        message: /region=odd/,
      })
    })
  }

  test('a value of another type, and a folder that says nothing, are one error', async () => {
    await put('odd/day=soon/region=eu/x.csv', 'id,name\n1,a\n')
    await assert.rejects(readAll(files.csv('odd', options)), {
      code: 'BAD_VALUE',
      message: /odd\/day=soon.*'day'.*date/,
    })
    await put('none/x.csv', 'id,name\n1,a\n')
    await assert.rejects(readAll(files.csv('none', options)), {
      code: 'SCHEMA_MISMATCH',
      message: /none\/x\.csv.*'day'/,
    })
  })
})

test('three hundred files are read in batch and in stream', async () => {
  const line = (i: number) => Buffer.from(`{"id":${i},"name":"n"}\n{"id":"bad"}\n`)
  for (let i = 0; i < 300; i++) await put(`many/${i}.ndjson.gz`, gzipSync(line(i)))
  await using session = await open({ dir })
  for (const kind of ['batch', 'stream'] as const) {
    const dataset = files.ndjson('many/*.ndjson.gz', { schema })
    const to = memory.collect({ like: dataset })
    const many = pipeline(`many in ${kind}`, dataset, { to, mode: { kind } as never, onBadRecord: 'skip' })
    const report = await session.run(many)
    assert.deepEqual([to.rows().length, report.rowsRead, report.skipped], [300, 600, 300])
  }
})

test('an archive that is cut off gives its records, and one that is rejected', async () => {
  const lines = Array.from({ length: 5000 }, (_, i) => `{"id":${i},"name":"${i * 7919}"}\n`).join('')
  const whole = gzipSync(lines)
  await put('cut.ndjson.gz', whole.subarray(0, whole.length >> 1))
  const { rows, rejected } = await readAll(files.ndjson('cut.ndjson.gz', { schema }))
  const [bad, ...more] = rejected
  assert.equal(more.length, 0)
  assert.ok(rows.length > 1000 && rows.length < 5000)
  const { bytes, message, ...place } = bad!
  assert.deepEqual(place, {
    place: 'cut.ndjson.gz',
    position: rows.length,
    line: rows.length + 1,
    byte: whole.length >> 1,
    code: 'CORRUPT_INPUT',
  })
  assert.match(message, /cut\.ndjson\.gz.*gzip archive breaks off/)
  const tail = Buffer.from(bytes).toString()
  assert.equal(lines.split('\n')[rows.length]!.slice(0, tail.length), tail)
})
