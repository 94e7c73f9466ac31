import assert from 'node:assert/strict'
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { dirtyColumns, dirtyCsv } from '../../../test/bad-records/dirty-csv.ts'
import { files } from '../../connector/files/files.ts'
import { Duckdb } from '../../duckdb/duckdb.ts'
import type { Node, SourceNode } from '../../plan/node.ts'
import { rewrite } from '../../plan/rewrite.ts'
import { seeded } from '../../runtime/random.ts'
import { systemRuntime } from '../../runtime/runtime.ts'
import { type Batch, cellsAt } from '../../schema/batch.ts'
import type { Cell } from '../../schema/cell.ts'
import { CsvDecoder } from '../../schema/csv/decode.ts'
import { type Schema, t } from '../../schema/type.ts'
import type { CsvDialect, ScannedFile, Source } from '../../seam/source.ts'
import { poison } from '../../testing/torture-refusals.ts'
import { Doubt, type EngineReport, type Job, type Rejection } from '../engine.ts'
import { beginCsv } from './csv.ts'
import { duckdbEngine } from './engine.ts'
import { Proofs } from './proofs.ts'
import { columns } from './relation.ts'

let dir: string
let db: Duckdb
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'headrace-csv-'))
  db = await Duckdb.open()
})
after(async () => {
  await db.close()
  await rm(dir, { recursive: true })
})

const never = new AbortController().signal
const usual: CsvDialect = { delimiter: ',', header: true }

let written = 0

async function write(bytes: Buffer | string): Promise<string> {
  const path = join(dir, `${++written}.csv`)
  await writeFile(path, bytes)
  return path
}

function cellsOf(batch: Batch): Cell[][] {
  return Array.from({ length: batch.length }, (_, row) => cellsAt(batch, row))
}

/** The rows that DuckDB reads, if all is proved. */
async function scanned(
  scan: readonly ScannedFile[],
  schema: Schema,
  dialect = usual,
): Promise<Cell[][] | undefined> {
  const begun = await beginCsv({ format: 'csv', files: scan, dialect }, schema)
  if (begun === undefined) return undefined
  const counts = await Promise.all(begun.proofs.map(proof => proof.rest(never)))
  if (counts.includes(undefined)) return undefined
  const rows: Cell[][] = []
  for await (const batch of db.batches(`SELECT ${columns(schema)} FROM ${begun.from}`, schema))
    rows.push(...cellsOf(batch))
  assert.equal(
    rows.length,
    counts.reduce((sum, n) => sum! + n!, 0),
  )
  return rows
}

/** What our codec reads: rows, or undefined where a record is bad. */
function decoded(bytes: Buffer, schema: Schema): Cell[][] | undefined {
  let bad = false
  const decoder = new CsvDecoder(schema, {
    onBadRecord: () => {
      bad = true
    },
  })
  decoder.push(bytes)
  decoder.end()
  return bad ? undefined : cellsOf(decoder.take())
}

/** A failure of DuckDB is a doubt too. */
const unless = (error: Error) => {
  assert.match(error.message, /CSV Error/)
  return undefined
}

test('no field means another thing to DuckDB than to our codec', async () => {
  const fields = dirtyColumns.flatMap(({ type, good, bad }) =>
    [...good, ...bad].map(field => ({ type, field })),
  )
  const poisoned = poison.flatMap(({ type, csv }) => (csv === undefined ? [] : [{ type, field: csv }]))
  let read = 0
  for (const { type, field } of [...fields, ...poisoned]) {
    if (type.kind === 'list') continue
    for (const nullable of [false, true]) {
      const schema: Schema = { a: { ...type, nullable }, b: t.int32() }
      const bytes = Buffer.from(`a,b\n${field},1\n`)
      const rows = await scanned([{ path: await write(bytes) }], schema).catch(unless)
      if (rows === undefined) continue
      assert.deepEqual(rows, decoded(bytes, schema), `${type.kind}: ${JSON.stringify(field)}`)
      read++
    }
  }
  assert.ok(read > 60, `only ${read} were read`)
})

test('no file means another thing to DuckDB than to our codec', async () => {
  const seed = 20_261_123
  const random = seeded(seed)
  let read = 0
  for (let i = 0; i < 400; i++) {
    const { schema, bytes } = dirtyCsv(random, [0, 0.005, 0.05][i % 3]!)
    const rows = await scanned([{ path: await write(bytes) }], schema).catch(unless)
    if (rows === undefined) continue
    assert.deepEqual(rows, decoded(bytes, schema), `seed ${seed}, case ${i}: ${bytes}`)
    read++
  }
  assert.ok(read > 100, `only ${read} were read`)
})

interface Ran {
  readonly rows: Cell[][]
  readonly rejected: Rejection[]
  readonly report: EngineReport
}

async function run(
  node: Node,
  careful = false,
  signal = never,
  onWrite = async (): Promise<void> => {},
): Promise<Ran> {
  const rows: Cell[][] = []
  const rejected: Rejection[] = []
  const write = async (_: number, batch: Batch): Promise<void> => {
    rows.push(...cellsOf(batch))
    await onWrite()
  }
  const job: Job = {
    outputs: [{ node, write }],
    steps: 'once',
    runtime: systemRuntime,
    careful,
    reject: async records => void rejected.push(...records),
    stepped: async () => {},
  }
  return { rows, rejected, report: await duckdbEngine.run(job, signal) }
}

/** A file as a source that only DuckDB may read, or only our codec. */
function sourceOf(path: string, schema: Schema, reads: 'scan' | 'read'): SourceNode {
  const node = files.csv(path, { schema }).node as SourceNode
  const { source } = node
  const scan: Source = {
    name: source.name,
    repeatable: true,
    bounded: true,
    partitions: () => source.partitions(),
    read: (...args) =>
      reads === 'read' ? source.read(...args) : assert.fail('DuckDB reads the file itself'),
    scan: async () => ({ format: 'csv', files: [{ path }], dialect: usual }),
  }
  return { ...node, source: scan }
}

const schema = { id: t.int64(), at: t.nullable(t.timestamp()), note: t.string() }
const line = (i: number) =>
  `${i},2024-01-01T00:00:${String(i % 60).padStart(2, '0')}Z,a note of some length ${i}\n`
/** Several pieces long. */
const LINES = 40_000

function manyLines(): string {
  return `id,at,note\n${Array.from({ length: LINES }, (_, i) => line(i)).join('')}`
}

test('what DuckDB reads is counted', async () => {
  const path = await write(manyLines())
  const source = sourceOf(path, schema, 'scan')
  const { rows, report } = await run(source)
  assert.equal(rows.length, LINES)
  assert.deepEqual(rows[37_777], [37_777n, 1_704_067_237_000_000n, 'a note of some length 37777'])
  assert.equal(report.rowsRead, LINES)
  assert.deepEqual(report.operators.get(source), { rowsIn: LINES, rowsOut: LINES, rejected: 0 })
})

test('a record that is not plain, far behind the beginning, is a Doubt; a careful run says what it is', async () => {
  for (const [tail, bad] of [
    ['1 ,2024-01-01T00:00:00Z,x\n', 1],
    ['1,2024-01-01T00:00:00+02:00,x\n', 0],
    ['1,,"a, b"\n', 0],
    ['1,2024-01-01T00:00:00Z\n', 1],
    ['1,2023-02-29T00:00:00Z,x\n', 1],
    ['12345678901234567890,,x\n', 1],
    ['\n', 0],
  ] as const) {
    const path = await write(manyLines())
    await appendFile(path, tail)
    await assert.rejects(run(sourceOf(path, schema, 'scan')), Doubt, tail)
    const { rejected, report } = await run(sourceOf(path, schema, 'read'), true)
    assert.equal(rejected.length, bad, tail)
    assert.equal(report.rowsRead, LINES + (tail === '\n' ? 0 : 1), tail)
  }
})

test('what begins unlike a plain file is read by its source at once', async () => {
  for (const text of [
    'id,at,note\r\n1,,x\r\n',
    '"id","at","note"\n1,,x\n',
    'id,at,note\n1,,"x"\n',
    '\ufeffid,at,note\n1,,"x"',
  ]) {
    const { rows } = await run(sourceOf(await write(text), schema, 'read'))
    assert.deepEqual(rows, [[1n, null, 'x']], text)
  }
})

test('what begins as another format is no CSV to DuckDB either, although it may be text', async () => {
  const verdicts = { PAR1: 'READ_FAILED', 'PK\u0003\u0004': 'READ_FAILED', 'P*M\u0018': 'CORRUPT_INPUT' }
  for (const [magic, verdict] of Object.entries(verdicts)) {
    const path = await write(`${magic},b\n1,2\n`)
    const input = files.csv(path, { schema: { b: t.int32() } }).node
    for (const careful of [false, true]) {
      const found = await run(input, careful).then(
        ({ rejected }) => 'record' in rejected[0]! && rejected[0].record.code,
        error => error.code,
      )
      assert.equal(found, verdict, JSON.stringify({ magic, careful }))
    }
  }
})

test('columns are found by name in each file, and constants are put in', async () => {
  const a = await write('note,x,id\nfirst,,1\n')
  const b = await write('id,note\n2,second')
  const at = 1_704_067_200_000_000n
  const scan = [
    { path: a, constants: { at } },
    { path: b, constants: { at: null } },
  ]
  assert.deepEqual(await scanned(scan, schema), [
    [1n, at, 'first'],
    [2n, null, 'second'],
  ])
})

test('files without a header, and with another delimiter', async () => {
  const path = await write('1;2024-01-01 00:00:00.5;a,b\n')
  assert.deepEqual(await scanned([{ path }], schema, { delimiter: ';', header: false }), [
    [1n, 1_704_067_200_500_000n, 'a,b'],
  ])
  assert.equal(await scanned([{ path }], schema, { delimiter: '-', header: false }), undefined)
})

test('bad records that a plan does not look at are found all the same', async () => {
  const path = await write(manyLines())
  await appendFile(path, '1,never,x\n')
  const source = sourceOf(path, schema, 'scan')
  const few = files
    .csv(path, { schema })
    .filter(c => c.id.lt(10))
    .select(c => ({ id: c.id })).node
  const [node] = rewrite([few], each => (each.kind === 'source' ? source : each))
  await assert.rejects(run(node!), Doubt)
})

test('a result that is there before all is proved waits', async () => {
  const path = await write(manyLines() + manyLines().slice('id,at,note\n'.length))
  await appendFile(path, '1 ,,x\n')
  const source = sourceOf(path, schema, 'scan')
  const none = files.csv(path, { schema }).filter(c => c.id.lt(0).and(false)).node
  const [node] = rewrite([none], each => (each.kind === 'source' ? source : each))
  await assert.rejects(run(node!), Doubt)
})

test('what is refuted is a Doubt, also where all had been computed before', async () => {
  const path = await write(manyLines())
  await appendFile(path, '1 ,,x\n')
  const source = sourceOf(path, schema, 'scan')
  const begun = await beginCsv({ format: 'csv', files: [{ path }], dialect: usual }, schema)
  const proofs = new Proofs(never)
  proofs.add(source, begun!.proofs)
  await assert.rejects(proofs.rows(), Doubt)
  assert.equal(proofs.signal.aborted, true)
})

test('a file that changes while it is read is a Doubt', async () => {
  const path = await write('id,at,note\n1,,x\n')
  const append = (): Promise<void> => appendFile(path, '2,,y\n')
  await assert.rejects(run(sourceOf(path, schema, 'scan'), false, never, append), Doubt)
})

test('a run that is stopped is stopped, not in doubt', async () => {
  const source = sourceOf(await write(manyLines()), schema, 'scan')
  const stop = new AbortController()
  setTimeout(() => stop.abort(), 5)
  await assert.rejects(run(source, false, stop.signal), { code: 'STOPPED' })
})
