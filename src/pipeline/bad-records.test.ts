import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { after, beforeEach } from 'node:test'
import { files } from '../connector/files/files.ts'
import { memory } from '../connector/memory/endpoint.ts'
import { count } from '../plan/builder/aggregate.ts'
import type { Dataset } from '../plan/builder/dataset.ts'
import { explain } from '../plan/explain.ts'
import { open } from '../project/open.ts'
import { t } from '../schema/type.ts'
import { scriptedSink } from '../testing/scripted-sink.ts'
import { type SourceStep, scriptedSource } from '../testing/scripted-source.ts'
import type { OnBadRecord } from './bad-records.ts'
import { batch, type Mode, microBatch, stream } from './mode.ts'
import { type PipelineOptions, pipeline } from './pipeline.ts'
import type { RunReport } from './session.ts'

const root = mkdtempSync(join(tmpdir(), 'headrace-bad-'))
after(() => rmSync(root, { recursive: true }))
let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(root, 'project-'))
})

const modes: readonly Mode[] = [batch(), microBatch('1 second'), stream()]
const schema = { id: t.int32() }
type Ids = Dataset<typeof schema, 'append', never, never>

/** `good` rows with ids from 0 on, and `bad` records between the first and the second. */
function records(good: number, bad: number): Ids {
  const steps: SourceStep<typeof schema>[] = [
    { rows: [{ id: 0 }] },
    ...Array.from({ length: bad }, (_, i) => ({ bad: `bad ${i}`, message: `number ${i}` })),
    { rows: ids(good).slice(1) },
  ]
  return scriptedSource(schema, steps, { name: 'ids' })
}

const ids = (count: number) => Array.from({ length: count }, (_, id) => ({ id }))

/** The rows without those of some ids, of which the function throws. */
const refusing = (rows: Ids, ids: readonly number[]) =>
  rows.map('even', { out: schema, version: 1 }, row => {
    if (ids.includes(row.id)) throw new Error(`not ${row.id}`)
    return row
  })

async function run(
  dataset: Ids,
  onBadRecord: OnBadRecord | undefined,
  mode: Mode = batch(),
): Promise<{ report: RunReport; ids: number[] }> {
  await using session = await open({ dir })
  const to = memory.collect({ like: dataset })
  const options = onBadRecord === undefined ? { to } : { to, onBadRecord }
  const report = await session.run(pipeline('p', dataset, options), { mode })
  return { report, ids: to.rows().map(({ id }) => id) }
}

const letters = (name = 'p.ndjson'): Record<string, unknown>[] =>
  readFileSync(join(dir, 'dead-letters', name), 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))

const kept = (): string[] =>
  existsSync(join(dir, 'dead-letters')) ? readdirSync(join(dir, 'dead-letters')) : []

test('bad records and rows that a function does not take are kept, counted and left out, in every mode', async () => {
  for (const mode of modes) {
    const { report, ids } = await run(refusing(records(5, 2), [1, 3]), undefined, mode)
    assert.deepEqual(ids, [0, 2, 4])
    const { rowsRead, processed, late, deadLettered, skipped, deadLetteredDerived } = report
    assert.deepEqual(
      [rowsRead, processed, late, deadLettered, skipped, deadLetteredDerived],
      [7, 3, 0, 4, 0, 0],
    )
    assert.equal(report.deadLetters, join(dir, 'dead-letters', 'p.ndjson'))
    const row = { pipeline: 'p', operator: 'p/map(even)', function: 'even', code: 'USER_FUNCTION' }
    const found = letters()
    assert.deepEqual(found.slice(-2), [
      { ...row, row: { id: 1 }, message: "map 'even' threw: not 1" },
      { ...row, row: { id: 3 }, message: "map 'even' threw: not 3" },
    ])
    const { place, ...first } = found[0]!
    assert.match(String(place), /^ids/)
    assert.deepEqual(first, {
      pipeline: 'p',
      source: 'ids',
      position: 1,
      text: 'bad 0',
      code: 'BAD_RECORD',
      message: 'number 0',
    })
    assert.match(report.firstBadRecord!, /number 0$/)
  }
})

test('rows made of a source row are counted apart when a function refuses them', async () => {
  for (const mode of modes) {
    const tripled = records(4, 1).flatMap('triple', { out: schema, version: 1 }, row => [row, row, row])
    const { report, ids } = await run(refusing(tripled, [2]), 'skip', mode)
    assert.equal(ids.length, 9)
    const { rowsRead, processed, skipped, skippedDerived, deadLettered, deadLetteredDerived } = report
    assert.deepEqual([rowsRead, processed, skipped, skippedDerived], [5, 4, 1, 3])
    assert.deepEqual([deadLettered, deadLetteredDerived, report.deadLetters], [0, 0, undefined])
    assert.deepEqual(kept(), [])
  }
})

test('of rows that cancel out nobody says that a function refused a source record', async () => {
  const list = [1, 1, -1, -1, 1].map(weight => [{ id: 3 }, weight] as const)
  const changes = memory.changes(list, { schema })
  const refused = changes.map('none', { out: schema, version: 1 }, () => {
    throw new Error('no')
  })
  await using session = await open({ dir })
  for (const mode of modes) {
    const definition = pipeline('p', refused, { to: memory.collect({ like: refused }) })
    const report = await session.run(definition, { mode })
    assert.deepEqual([report.rowsRead, report.processed, report.deadLettered], [5, 5, 0])
    const weights = letters().map(({ weight = 1 }) => weight as number)
    assert.equal(
      weights.reduce((sum, weight) => sum + weight, 0),
      1,
    )
  }
})

test("'fail' ends the run with the first bad record, whether a source's or a function's", async () => {
  for (const mode of modes) {
    await assert.rejects(run(records(3, 1), 'fail', mode), {
      code: 'BAD_RECORD',
      message: /^ids.*: number 0$/,
    })
    await assert.rejects(run(refusing(records(3, 0), [1]), 'fail', mode), {
      code: 'USER_FUNCTION',
      message: "map 'even' threw: not 1",
    })
    assert.deepEqual(kept(), [])
  }
})

test('a budget is the most bad records that a run may have', async () => {
  for (const mode of modes) {
    for (const action of ['dead-letter', 'skip'] as const) {
      const { report } = await run(records(2, 3), { action, budget: 3 }, mode)
      assert.equal(report.deadLettered + report.skipped, 3)
      await assert.rejects(run(records(2, 3), { action, budget: 2 }, mode), { code: 'BAD_RECORD_BUDGET' })
    }
    await assert.rejects(run(refusing(records(5, 2), [0, 1]), { action: 'skip', budget: 3 }, mode), {
      code: 'BAD_RECORD_BUDGET',
    })
  }
})

test('a budget of nobody is 10,000', async () => {
  const { report } = await run(records(1, 10_000), 'skip')
  assert.equal(report.skipped, 10_000)
  await assert.rejects(run(records(1, 10_001), 'skip'), { code: 'BAD_RECORD_BUDGET' })
})

test('a share is judged at the end, and from 1,000 records on', async () => {
  const budget = { action: 'skip', budget: '1%' } as const
  for (const mode of modes) {
    // At first every second record is bad.
    await run(records(200, 2), budget, mode)
    await assert.rejects(run(records(200, 3), budget, mode), { code: 'BAD_RECORD_BUDGET' })
    // Of all records it is a small share, and of those read when they come a large one.
    const late = scriptedSource(schema, [
      { rows: ids(1000) },
      ...Array.from({ length: 30 }, () => ({ bad: 'x' })),
      { rows: ids(9000) },
    ])
    await assert.rejects(run(late, budget, mode), {
      code: 'BAD_RECORD_BUDGET',
      message: /11 bad records among the first 1,011 records read, and the budget is 1%/,
    })
  }
  await run(records(71, 29), { action: 'skip', budget: '29%' })
  await run(records(1, 99), { action: 'skip', budget: '99.0%' })
})

test('a share is of all records of the reads that it is judged by, good ones too, in every mode', async () => {
  const lines = Array.from({ length: 10_000 }, (_, id) => (id % 5 === 0 ? 'x' : id))
  writeFileSync(join(dir, 'ids.csv'), ['id', ...lines, ''].join('\n'))
  for (const mode of modes) {
    const { report } = await run(files.csv('ids.csv', { schema }), { action: 'skip', budget: '20%' }, mode)
    assert.deepEqual([report.rowsRead, report.skipped], [10_000, 2_000])
    await assert.rejects(run(files.csv('ids.csv', { schema }), { action: 'skip', budget: 1_999 }, mode), {
      message: /2,000 bad records among the first 10,000 records read/,
    })
  }
})

test('above the budget the error says how many, which first, where they are and what to do', async () => {
  const over = run(records(2, 3), { action: 'dead-letter', budget: 1 })
  await assert.rejects(over, ({ message }: Error) => {
    assert.match(
      message,
      /^pipeline 'p': \d bad records among the first \d records read, and the budget is 1\./,
    )
    assert.match(message, /The first: ids.*: number 0 They are in .*dead-letters.p\.failed\.ndjson\./)
    assert.match(message, /onBadRecord: \{ action: 'dead-letter', budget: … \}/)
    return true
  })
  assert.deepEqual(kept(), ['p.failed.ndjson'])
  assert.equal(letters('p.failed.ndjson')[0]!.text, 'bad 0')
  await assert.rejects(run(records(2, 3), { action: 'skip', budget: 1 }), /look at them, use .*'dead-letter'/)
})

test('letters are replaced by the next run, and go where it has none', async () => {
  await run(records(2, 3), undefined)
  await run(records(2, 1), undefined)
  assert.equal(letters().length, 1)
  await run(records(2, 0), undefined)
  assert.deepEqual(kept(), [])
})

test('a run that fails leaves the letters of the run before, and puts its own beside them until one succeeds', async () => {
  await run(records(2, 3), undefined)
  const failing = scriptedSource(schema, [{ bad: 'x' }, { rows: [{ id: 1 }] }, { fail: 'the wire was cut' }])
  for (const mode of modes) {
    await assert.rejects(run(failing, undefined, mode), /the wire was cut/)
    assert.deepEqual([letters().length, letters('p.failed.ndjson').length], [3, 1])
    assert.deepEqual(kept().sort(), ['p.failed.ndjson', 'p.ndjson'])
  }
  await run(records(2, 2), undefined)
  assert.deepEqual(kept(), ['p.ndjson'])
})

test('letters of a run over an interval lie by themselves, and each interval keeps its own', async () => {
  const timed = { at: t.timestamp() }
  const source = scriptedSource(timed, [{ bad: 'x' }, { rows: [{ at: '2024-01-01T12:00:00Z' }] }], {
    eventTime: { column: 'at' },
  })
  await using session = await open({ dir })
  const definition = pipeline('p', source, { to: memory.collect({ like: source }) })
  for (const [from, to] of [
    ['2024-01-01', '2024-01-02'],
    ['2024-01-02', '2024-01-03'],
  ] as const) {
    const { deadLetters } = await session.run(definition, { from, to })
    assert.equal(deadLetters, join(dir, 'dead-letters', 'p', `${from}_${to}.ndjson`))
  }
  assert.equal(readdirSync(join(dir, 'dead-letters', 'p')).length, 2)
})

test('a sink that cannot end leaves no letters of an answer that nobody sees', async () => {
  await using session = await open({ dir })
  const to = scriptedSink({ faults: [{ fail: 'before close', error: 'the disk is full' }] })
  await assert.rejects(session.run(pipeline('p', records(2, 1), { to })), /the disk is full/)
  assert.deepEqual(kept(), ['p.failed.ndjson'])
})

test('of a run without end the letters appear when it is stopped', async () => {
  const endless = scriptedSource(schema, [{ bad: 'x' }, { rows: [{ id: 1 }] }, { pause: 'until stopped' }])
  await using session = await open({ dir })
  const stop = new AbortController()
  const seen: number[] = []
  const running = session.run(pipeline('p', endless, { to: memory.collect({ like: endless }) }), {
    signal: stop.signal,
    onProgress: ({ deadLettered, rowsRead }) => {
      seen.push(deadLettered)
      if (rowsRead === 2) stop.abort()
    },
  })
  await assert.rejects(running, { code: 'STOPPED' })
  assert.equal(seen.at(-1), 1)
  assert.deepEqual(kept(), ['p.ndjson'])
})

test('rows fail at a bad record unless they are told to skip it', async () => {
  await using session = await open({ dir })
  const read = async (options?: Parameters<typeof session.rows>[1]): Promise<number[]> => {
    const found: number[] = []
    for await (const { id } of session.rows(records(3, 1), options)) found.push(id)
    return found
  }
  await assert.rejects(read(), { code: 'BAD_RECORD' })
  assert.deepEqual(await read({ onBadRecord: 'skip' }), [0, 1, 2])
  await assert.rejects(read({ onBadRecord: { action: 'skip', budget: 0 } }), { code: 'BAD_RECORD_BUDGET' })
  for (const onBadRecord of ['dead-letter', { action: 'dead-letter' }] as never[]) {
    await assert.rejects(read({ onBadRecord }), { code: 'INVALID_ARGUMENT', message: /rows writes no files/ })
  }
  await assert.rejects(read({ onBad: 'skip' } as never), { code: 'UNKNOWN_OPTION' })
})

test('what is no onBadRecord is refused where it is written', () => {
  const refused = (onBadRecord: unknown, message: RegExp, code = 'INVALID_ARGUMENT'): void => {
    const options = { to: memory.collect(), onBadRecord } as PipelineOptions<never, never>
    assert.throws(() => pipeline('p', records(1, 0), options), { code, message })
  }
  refused('skpi', /pipeline 'p': onBadRecord is "skpi".*did you mean 'skip'/)
  refused({ action: 'ignore' }, /the action of onBadRecord is "ignore".*dead-letter, fail, skip/)
  refused({}, /the action of onBadRecord is undefined/)
  refused({ action: 'skip', buget: 1 }, /no option 'buget'/, 'UNKNOWN_OPTION')
  refused(null, /takes an object/)
  for (const budget of [-1, 1.5, '1', '0%', '101%', '-1%', 'x%', Number.POSITIVE_INFINITY, null]) {
    refused({ action: 'skip', budget }, /the budget of onBadRecord is .*a whole number of records.*'1%'/)
  }
  refused({ action: 'fail', budget: 1 }, /ends the run at the first bad record/)
})

test('explain says what becomes of bad records where it is not the default', () => {
  const said = (onBadRecord?: OnBadRecord): string | undefined => {
    const options = onBadRecord === undefined ? {} : { onBadRecord }
    const text = explain(pipeline('p', records(1, 0), { to: memory.collect(), ...options }))
    return text.split('\n').find(line => line.includes('bad records'))
  }
  assert.equal(said(), undefined)
  assert.equal(said('dead-letter'), undefined)
  assert.equal(said('skip'), '  bad records: skip')
  assert.equal(said({ action: 'dead-letter', budget: '1%' }), '  bad records: dead-letter, at most 1%')
})

test('a windowed count sees no bad record', async () => {
  const timed = { at: t.timestamp() }
  const source = scriptedSource(timed, [{ bad: 'x' }, { rows: [{ at: 0 }] }, { bad: 'y' }], {
    eventTime: { column: 'at' },
  })
  await using session = await open({ dir })
  for (const mode of modes) {
    const counted = source.agg({ n: count() })
    const to = memory.collect({ like: counted })
    const report = await session.run(pipeline('p', counted, { to }), { mode })
    assert.deepEqual([to.rows()[0]!.n, report.deadLettered], [1, 2])
  }
})
