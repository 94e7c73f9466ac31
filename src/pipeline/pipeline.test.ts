import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batch, count, files, generate, microBatch, pipeline, print, stream, t } from '../index.ts'
import { endpoint, readFrom, targetOf, writeTo } from '../plan/endpoint.ts'
import type { Sink } from '../seam/sink.ts'
import { isPipeline } from './pipeline.ts'

const { sequence } = generate
const rows = generate({ schema: { id: t.int64() }, columns: { id: sequence() }, rows: 1 })
const counts = rows.groupBy('id').agg({ n: count() })
const loose = pipeline as unknown as (...args: unknown[]) => unknown

test('a pipeline is inert data with a brand', () => {
  const made = pipeline('copy', rows, { mode: microBatch('1 second'), to: print() })
  assert.equal(isPipeline(made), true)
  assert.equal(isPipeline({ ...made, [Symbol.for('headrace.definition')]: 'view' }), false)
  assert.equal(isPipeline(undefined), false)
  assert.deepEqual(
    { name: made.name, node: made.node, to: made.to.length, mode: made.mode },
    { name: 'copy', node: rows.node, to: 1, mode: { kind: 'micro-batch', every: '1 second' } },
  )
  assert.equal('mode' in pipeline('copy', rows, { to: [print(), print()] }), false)
})

test('modes are data', () => {
  assert.deepEqual(batch(), { kind: 'batch' })
  assert.deepEqual(batch({ schedule: '0 1 * * *' }), { kind: 'batch', schedule: '0 1 * * *' })
  assert.deepEqual(stream(), { kind: 'stream' })
  assert.throws(() => microBatch('soon' as never), { code: 'INVALID_DURATION' })
  assert.throws(() => batch({ shedule: '@daily' } as never), {
    code: 'UNKNOWN_OPTION',
    message: /'schedule'/,
  })
})

test('what cannot work is refused when it is written', () => {
  const refused = (code: string, message: RegExp, ...args: unknown[]) =>
    assert.throws(() => loose(...args), { code, message })
  refused('INVALID_ARGUMENT', /name/, '', rows, { to: print() })
  refused('INVALID_ARGUMENT', /not both/, 'p', rows, { to: print(), mode: stream(), freshness: '5 minutes' })
  refused('INVALID_DURATION', /freshness/, 'p', rows, { to: print(), freshness: 'soon' })
  refused('UNKNOWN_OPTION', /'modus'.*'mode'/, 'p', rows, { to: print(), modus: stream() })
  refused('INVALID_ARGUMENT', /names no target/, 'p', rows, { to: [] })
  refused('INVALID_ARGUMENT', /must be an endpoint/, 'p', rows, { to: 'out.parquet' })
  refused('UPDATE_MODE', /upsert, and .* takes append/, 'p', counts, {
    to: files.parquet('out.parquet', { write: 'append' }),
  })
  refused('NEEDS_KEY', /no key/, 'p', rows, { to: writeTo(sink, 'upsert') })
})

const sink: Sink = {
  name: 'store',
  onReplay: 'idempotent',
  accepts: ['append', 'upsert'],
  open: () => Promise.reject(new Error('never opened')),
}

test('an endpoint is a dataset and a target, and may be like a dataset', () => {
  const source = rows.node.kind === 'source' ? rows.node.source : assert.fail()
  const keyed = endpoint(readFrom(source, { like: counts }), writeTo(sink, 'upsert'))
  assert.deepEqual(
    [keyed.node.schema, keyed.node.mode, keyed.node.key],
    [counts.node.schema, 'upsert', ['id']],
  )
  assert.equal(targetOf(keyed)?.sink, sink)
  assert.equal(targetOf(rows), undefined)
  assert.ok(pipeline('copy', keyed, { to: keyed }))
  const read = readFrom as unknown as (...args: unknown[]) => unknown
  assert.throws(() => read(source, { like: counts, eventTime: { column: 'at' } }), {
    code: 'INVALID_ARGUMENT',
    message: /no event time/,
  })
})

test('keys and event times are checked where they are declared', () => {
  const source = rows.node.kind === 'source' ? rows.node.source : assert.fail()
  const schema = { id: t.float64(), at: t.string(), late: t.nullable(t.timestamp()) }
  const read = readFrom as unknown as (...args: unknown[]) => unknown
  assert.throws(() => read(source, { schema, key: 'id' }), { code: 'TYPE_MISMATCH', message: /key: 'id'/ })
  assert.throws(() => read(source, { schema, eventTime: { column: 'at' } }), {
    code: 'TYPE_MISMATCH',
    message: /eventTime: 'at' is a string/,
  })
  assert.throws(() => read(source, { schema, eventTime: { column: 'late', outOfOrdernes: '1 second' } }), {
    code: 'UNKNOWN_OPTION',
  })
})
