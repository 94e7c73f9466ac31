/** Real files with real faults: the same rows, letters and counts in every mode, whatever is done with what is bad. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { Duckdb } from '../src/duckdb/duckdb.ts'
import {
  batch,
  type Dataset,
  files,
  type HeadraceError,
  memory,
  microBatch,
  open,
  pipeline,
  stream,
  t,
} from '../src/index.ts'

const dir = mkdtempSync(join(tmpdir(), 'headrace-bad-records-'))
after(() => rmSync(dir, { recursive: true }))

const modes = [batch(), microBatch('1 second'), stream()]
const schema = { id: t.int32(), name: t.string() }
type Users = Dataset<typeof schema, 'append', never, never>

/** What a letter must say of a record. `bytes` as text, or as bytes where they are no text. */
interface Letter {
  readonly code: string
  readonly line?: number
  readonly byte?: number
  readonly bytes?: string | Buffer
  readonly message?: RegExp
}

interface Case {
  readonly about: string
  readonly file: string
  readonly content: string | Buffer
  readonly ids: readonly number[]
  readonly letters: readonly Letter[]
}

const lines = (count: number): string[] =>
  Array.from({ length: count }, (_, id) => JSON.stringify({ id, name: `name ${(id * 7919) % 10_007}` }))

const whole = gzipSync(lines(20_000).join('\n'))

const cases: readonly Case[] = [
  {
    about: 'a CSV line with too few fields, and one with too many',
    file: 'fields.csv',
    content: 'id,name\n1,a\n2\n3,c\n4,d,e\n5,f\n',
    ids: [1, 3, 5],
    letters: [
      { code: 'BAD_RECORD', line: 3, byte: 12, bytes: '2' },
      { code: 'BAD_RECORD', line: 5, byte: 18, bytes: '4,d,e' },
    ],
  },
  {
    about: 'a quote that is never closed',
    file: 'quote.csv',
    content: 'id,name\n1,a\n2,"b\n3,c\n',
    ids: [1, 3],
    letters: [{ code: 'BAD_RECORD', line: 3, byte: 12, bytes: '2,"b' }],
  },
  {
    about: 'a CSV value of another type, beyond its range, and missing where it must not be',
    file: 'values.csv',
    content: 'id,name\nx,a\n1,b\n3000000000,c\n,d\n2,e\n',
    ids: [1, 2],
    letters: [
      { code: 'BAD_VALUE', line: 2, byte: 8, bytes: 'x,a', message: /'id'.*expected int32, found x,/ },
      { code: 'OUT_OF_RANGE', line: 4, bytes: '3000000000,c' },
      { code: 'NULL_VALUE', line: 5, bytes: ',d' },
    ],
  },
  {
    about: 'broken JSON, a wrong type, an overflow, a null and a missing field in NDJSON',
    file: 'values.ndjson',
    content:
      '{"id":1,"name":"a"}\n{"id":2,"name":\n{"id":"3","name":"c"}\n{"id":3000000000,"name":"d"}\n' +
      '{"id":null,"name":"e"}\n{"id":6}\n\n{"id":7,"name":"g"}\n',
    ids: [1, 7],
    letters: [
      { code: 'BAD_RECORD', line: 2, byte: 20, bytes: '{"id":2,"name":' },
      { code: 'BAD_VALUE', line: 3 },
      { code: 'OUT_OF_RANGE', line: 4 },
      { code: 'NULL_VALUE', line: 5 },
      { code: 'NULL_VALUE', line: 6, bytes: '{"id":6}' },
    ],
  },
  {
    about: 'a wrong type in a JSON array',
    file: 'values.json',
    content: '[\n{"id":1,"name":"a"},\n{"id":true,"name":"b"},\n{"id":3,"name":"c"}\n]',
    ids: [1, 3],
    letters: [{ code: 'BAD_VALUE', bytes: '{"id":true,"name":"b"}' }],
  },
  {
    about: 'bytes that are not UTF-8 in CSV',
    file: 'utf8.csv',
    content: Buffer.concat([
      Buffer.from('id,name\n1,a\n2,'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('\n3,c\n'),
    ]),
    ids: [1, 3],
    letters: [{ code: 'ILL_FORMED_TEXT', line: 3, byte: 12, bytes: Buffer.from([0x32, 0x2c, 0xff, 0xfe]) }],
  },
  {
    about: 'bytes that are not UTF-8 in NDJSON',
    file: 'utf8.ndjson',
    content: Buffer.concat([
      Buffer.from('{"id":1,"name":"a"}\n{"id":2,"name":"'),
      Buffer.from([0xc3]),
      Buffer.from('"}\n{"id":3,"name":"c"}\n'),
    ]),
    ids: [1, 3],
    letters: [{ code: 'ILL_FORMED_TEXT', line: 2, byte: 20 }],
  },
  {
    about: 'a bad line in a file of gzip',
    file: 'packed.csv.gz',
    content: gzipSync('id,name\n1,a\nx,b\n3,c\n'),
    ids: [1, 3],
    letters: [{ code: 'BAD_VALUE', line: 3, bytes: 'x,b' }],
  },
  {
    about: 'a bad line in a file of zstd',
    file: 'packed.ndjson.zst',
    content: zstdCompressSync('{"id":1,"name":"a"}\n{}\n{"id":3,"name":"c"}\n'),
    ids: [1, 3],
    letters: [{ code: 'NULL_VALUE', line: 2, bytes: '{}' }],
  },
]

const reader = (file: string): Users => {
  const path = join(dir, file)
  if (file.includes('.csv')) return files.csv(path, { schema })
  return file.includes('.ndjson') ? files.ndjson(path, { schema }) : files.json(path, { schema })
}

before(() => {
  for (const { file, content } of cases) writeFileSync(join(dir, file), content)
})

const lettersIn = (project: string): Record<string, unknown>[] =>
  readFileSync(join(project, 'dead-letters', 'users.ndjson'), 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))

/** A project of its own, because modes must not see each other's letters. */
function projectDir(): string {
  mkdirSync(join(dir, 'projects'), { recursive: true })
  return mkdtempSync(join(dir, 'projects', 'p-'))
}

function holds(found: Record<string, unknown>, wanted: Letter, file: string): void {
  const { line, byte, bytes, code, message } = wanted
  assert.equal(found.code, code, String(found.message))
  assert.ok(String(found.place).endsWith(file), String(found.place))
  if (line !== undefined) assert.equal(found.line, line)
  if (byte !== undefined) assert.equal(found.byte, byte)
  if (typeof bytes === 'string') assert.equal(found.text, bytes)
  if (bytes instanceof Buffer) assert.deepEqual(Buffer.from(String(found.base64), 'base64'), bytes)
  if (message !== undefined) assert.match(String(found.message), message)
}

for (const { about, file, ids, letters } of cases) {
  test(`${about}: kept, skipped, or the end of the run, alike in every mode`, async () => {
    for (const mode of modes) {
      const project = projectDir()
      await using session = await open({ dir: project })
      for (const onBadRecord of ['dead-letter', 'skip'] as const) {
        const to = memory.collect({ like: reader(file) })
        const report = await session.run(pipeline('users', reader(file), { to, onBadRecord }), { mode })
        assert.deepEqual(
          to.rows().map(({ id }) => id),
          ids,
        )
        const { rowsRead, processed, deadLettered, skipped } = report
        const bad = letters.length
        const [kept, dropped] = onBadRecord === 'skip' ? [0, bad] : [bad, 0]
        assert.deepEqual(
          [rowsRead, processed, deadLettered, skipped],
          [ids.length + bad, ids.length, kept, dropped],
        )
        if (onBadRecord === 'skip') continue
        const found = lettersIn(project)
        assert.equal(found.length, bad)
        for (const [i, wanted] of letters.entries()) holds(found[i]!, wanted, file)
      }
      const failing = pipeline('users', reader(file), { to: memory.collect(), onBadRecord: 'fail' })
      await assert.rejects(session.run(failing, { mode }), (error: HeadraceError) => {
        assert.equal(error.code, letters[0]!.code)
        assert.ok(error.message.includes(file), error.message)
        return true
      })
    }
  })
}

test('of a gzip file that is cut off every record before the cut is a row, and the cut is one bad record', async () => {
  const answers = new Set<string>()
  writeFileSync(join(dir, 'cut.ndjson.gz'), whole.subarray(0, Math.floor(whole.length / 2)))
  for (const mode of modes) {
    const project = projectDir()
    await using session = await open({ dir: project })
    const to = memory.collect({ like: reader('cut.ndjson.gz') })
    const report = await session.run(pipeline('users', reader('cut.ndjson.gz'), { to }), { mode })
    const ids = to.rows().map(({ id }) => id)
    assert.ok(ids.length > 5000, `${ids.length} rows`)
    assert.deepEqual(
      ids,
      ids.map((_, i) => i),
    )
    assert.deepEqual([report.deadLettered, report.rowsRead], [1, ids.length + 1])
    const [letter] = lettersIn(project)
    assert.equal(letter!.code, 'CORRUPT_INPUT')
    assert.ok((letter!.byte as number) <= whole.length / 2)
    answers.add(`${ids.length} ${letter!.text}`)
  }
  assert.equal(answers.size, 1, [...answers].join('; '))
})

test('what is no gzip at all ends the run in every mode, whatever is done with bad records', async () => {
  writeFileSync(join(dir, 'none.csv.gz'), 'id,name\n1,a\n')
  await using session = await open({ dir: projectDir() })
  for (const mode of modes) {
    const none = pipeline('users', reader('none.csv.gz'), { to: memory.collect(), onBadRecord: 'skip' })
    await assert.rejects(session.run(none, { mode }), { code: 'READ_FAILED', message: /none\.csv\.gz/ })
  }
})

test('rows of Parquet that do not fit are bad records like any other', async () => {
  const path = join(dir, 'users.parquet')
  const db = await Duckdb.open()
  await db.run(
    `COPY (SELECT * FROM (VALUES (1::BIGINT, 'a'), (3000000000, 'b'), (NULL, 'c'), (4, NULL), (5, 'e')) AS u(id, name)) TO '${path}' (FORMAT parquet)`,
  )
  db.close()
  for (const mode of modes) {
    const project = projectDir()
    await using session = await open({ dir: project })
    const users = files.parquet(path, { schema })
    const to = memory.collect({ like: users })
    const report = await session.run(pipeline('users', users, { to }), { mode })
    assert.deepEqual(
      to.rows().map(({ id }) => id),
      [1, 5],
    )
    assert.deepEqual([report.rowsRead, report.deadLettered], [5, 3])
    const letters = lettersIn(project)
    assert.deepEqual(
      letters.map(({ code, position }) => [position, code]),
      [
        [1, 'OUT_OF_RANGE'],
        [2, 'NULL_VALUE'],
        [3, 'NULL_VALUE'],
      ],
    )
    assert.deepEqual(JSON.parse(String(letters[1]!.text)), { id: null, name: 'c' })
  }
})

test('a function that throws is named with the row, whatever stands behind it', async () => {
  writeFileSync(join(dir, 'users.csv'), 'id,name\n1,a\n2,\n3,c\n')
  const nullable = { id: t.int32(), name: t.nullable(t.string()) }
  const users = files.csv(join(dir, 'users.csv'), { schema: nullable })
  const shouted = users.map('shout', { out: schema, version: 1 }, ({ id, name }) => ({
    id,
    name: name!.toUpperCase(),
  }))
  const grouped = shouted.groupBy('name').agg({})
  for (const mode of modes) {
    const project = projectDir()
    await using session = await open({ dir: project })
    const to = memory.collect({ like: grouped })
    const report = await session.run(pipeline('users', grouped, { to }), { mode })
    assert.deepEqual(
      to
        .rows()
        .map(({ name }) => name)
        .sort(),
      ['A', 'C'],
    )
    assert.deepEqual([report.rowsRead, report.processed, report.deadLettered], [3, 2, 1])
    const [letter] = lettersIn(project)
    assert.deepEqual(letter, {
      pipeline: 'users',
      operator: 'users/map(shout)',
      function: 'shout',
      row: { id: 2, name: null },
      code: 'USER_FUNCTION',
      message: "map 'shout' threw: Cannot read properties of null (reading 'toUpperCase')",
    })
  }
})

test('a line of 100 MB is one letter, and takes no more memory than any file', () => {
  const child = join(import.meta.dirname, 'bad-records', 'long-line.ts')
  for (const [format, mode, line] of [
    ['csv', 'batch', 3],
    ['ndjson', 'stream', 2],
  ]) {
    const project = projectDir()
    const args = ['--conditions=headrace-source', child, project, `${format}`, `${mode}`]
    const done = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 30_000 })
    assert.equal(done.status, 0, done.stderr)
    const { ids, deadLettered, growth } = JSON.parse(done.stdout)
    assert.deepEqual([ids, deadLettered], [[1, 3], 1])
    assert.ok(growth < 200, `${format}, ${mode}: ${growth} MB more`)
    const [letter] = lettersIn(project)
    assert.equal(letter!.length, 100_000_000)
    assert.equal(String(letter!.text).length, 1024 * 1024)
    assert.equal(letter!.line, line)
  }
})
