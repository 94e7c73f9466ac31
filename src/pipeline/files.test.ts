/** Files in and out, in every mode: what users do first. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { FileEndpoint } from '../connector/files/endpoint.ts'
import { files } from '../connector/files/files.ts'
import { generate } from '../connector/generate/endpoint.ts'
import { memory } from '../connector/memory/endpoint.ts'
import { count, max, sum } from '../plan/builder/aggregate.ts'
import { open } from '../project/open.ts'
import { t } from '../schema/type.ts'
import { batch, type Mode, microBatch, stream } from './mode.ts'
import { pipeline } from './pipeline.ts'

/** An endpoint by the name of its format, with the options that all have. */
const endpointOf = (format: keyof typeof files): FileEndpoint<object> => files[format]

const folder = mkdtempSync(join(tmpdir(), 'headrace-modes-'))
after(() => rmSync(folder, { recursive: true }))

const formats = ['parquet', 'ndjson', 'json', 'csv'] as const
const modes: readonly Mode[] = [batch(), microBatch('1 second'), stream()]
const schema = { id: t.int64(), shop: t.string(), paid: t.nullable(t.decimal(12, 2)) }
const ROWS = 20_000
const payments = generate({
  schema,
  rows: ROWS,
  columns: {
    id: generate.sequence({ from: 2 ** 52 }),
    shop: generate.oneOf(['Ångström, Inc.', 'B "quoted"', '']),
    paid: generate.withNulls(0.1, generate.uniform(-50, 1000)),
  },
})

const session = await open()
after(() => session.close())

async function linesOf(path: string): Promise<string[]> {
  return readFileSync(path, 'utf8').trimEnd().split('\n').toSorted()
}

for (const format of formats) {
  test(`${format}: rows pass through a file and a filter alike in every mode`, async () => {
    const file = endpointOf(format)(join(folder, `payments.${format}`), { schema })
    await session.run(pipeline('write', payments, { to: file }))
    const kept = file.filter(c => c.paid.ge(0)).with(c => ({ paid: c.paid.add('0.01') }))
    const answers: string[][] = []
    for (const mode of modes) {
      const path = join(folder, `kept-${format}-${mode.kind}.ndjson`)
      const report = await session.run(pipeline('kept', kept, { to: files.ndjson(path) }), { mode })
      assert.equal(report.rowsRead, ROWS)
      answers.push(await linesOf(path))
    }
    assert.ok(answers[0]!.length > ROWS / 2)
    assert.deepEqual(answers[1], answers[0])
    assert.deepEqual(answers[2], answers[0])
  })

  test(`${format}: a result that changes in every step ends as the batch answer`, async () => {
    const perShop = payments.groupBy('shop').agg({ n: count(), paid: sum('paid'), last: max('id') })
    const like = { like: perShop }
    const answers: unknown[] = []
    for (const mode of modes) {
      const path = join(folder, `shops-${mode.kind}.${format}`)
      const written = endpointOf(format)(path, like)
      const definitions = [
        pipeline('as-it-is', perShop, { to: written }),
        pipeline('replaced', perShop, { to: endpointOf(format)(path, { write: 'replace' }) }),
        pipeline('upserted', perShop, { to: endpointOf(format)(path, { write: 'upsert' }) }),
      ]
      for (const definition of definitions) {
        await session.run(definition, { mode })
        const rows: string[] = []
        for await (const row of session.rows(written)) rows.push(JSON.stringify(row))
        answers.push(rows.sort())
      }
    }
    for (const answer of answers) assert.deepEqual(answer, answers[0])
    assert.equal((answers[0] as unknown[]).length, 3)
  })
}

test('a run that fails leaves the files of the run before, and nothing beside them', async () => {
  const own = join(folder, 'own')
  const path = join(own, 'shops.csv')
  const target = files.csv(path)
  await session.run(pipeline('good', payments, { to: target }))
  const before = readFileSync(path, 'utf8')
  const failing = payments.map('fail', { out: schema, version: 1 }, row => {
    if (row.id === BigInt(2 ** 52 + 15_000)) throw new Error('scripted')
    return row
  })
  const bad = pipeline('bad', failing, { to: target, onBadRecord: 'fail' })
  for (const mode of modes) {
    await assert.rejects(session.run(bad, { mode }), { code: 'USER_FUNCTION' })
    assert.equal(readFileSync(path, 'utf8'), before)
    assert.deepEqual(await readdir(own), ['shops.csv'])
  }
})

test('rows that are only added are upserted by key into Parquet too, which batch mode could write by itself', async () => {
  const rows = [
    { id: 1, v: 'old' },
    { id: 2, v: 'only' },
    { id: 1, v: 'new' },
  ]
  const added = memory.rows(rows, { schema: { id: t.int64(), v: t.string() }, key: 'id' })
  for (const format of ['parquet', 'csv'] as const) {
    for (const mode of modes) {
      const file = endpointOf(format)(join(folder, `latest.${format}`), { like: added, write: 'upsert' })
      await session.run(pipeline('latest', added, { to: file }), { mode })
      const found: string[] = []
      for await (const row of session.rows(file)) found.push(`${row.id} ${row.v}`)
      assert.deepEqual(found, ['1 new', '2 only'], `${format}, ${mode.kind}`)
    }
  }
})

test('one run fills files of several formats, each as its options say', async () => {
  const [parquet, csv] = [join(folder, 'both.parquet'), join(folder, 'both.csv.gz')]
  await session.run(
    pipeline('both', payments, { to: [files.parquet(parquet), files.csv(csv, { write: 'replace' })] }),
  )
  const answers: string[][] = []
  for (const file of [files.parquet(parquet, { schema }), files.csv(csv, { schema })]) {
    const rows: string[] = []
    for await (const row of session.rows(file)) rows.push(JSON.stringify(row))
    answers.push(rows.toSorted())
  }
  assert.equal(answers[0]!.length, ROWS)
  assert.deepEqual(answers[1], answers[0])
})
