import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { after } from 'node:test'
import { Doubt, type Engine, type Job, type StepPolicy } from '../engine/engine.ts'
import { HeadraceError } from '../errors.ts'
import type { SourceNode } from '../plan/node.ts'
import { systemRuntime } from '../runtime/runtime.ts'
import { type Batch, batchOfCells } from '../schema/batch.ts'
import { t } from '../schema/type.ts'
import type { CopyTarget, Sink, SinkInput, UpdateMode } from '../seam/sink.ts'
import { type Execution, execute } from './execute.ts'
import { letterFiles } from './letter-files.ts'

const schema = { n: t.int32() }
const one: Batch = batchOfCells(schema, [[1], [2]])
const never = new AbortController().signal

function sourceNode(mode: UpdateMode = 'append', bounded = true): SourceNode {
  const source = {
    name: 'nothing',
    repeatable: true,
    bounded,
    partitions: async () => [],
    read: async function* () {},
  }
  return { kind: 'source', schema, mode, source, outOfOrderness: 0 }
}

/** An engine that gives `one` twice in each of its steps. */
function engineOf(run: (job: Job) => Promise<number>): Engine {
  return {
    name: 'reference',
    refuses: () => undefined,
    run: async job => ({
      steps: await run(job),
      rowsRead: 10,
      operators: new Map([[job.outputs[0]!.node, { rowsIn: 10, rowsOut: 1, late: 3 }]]),
    }),
  }
}

const twoSteps = engineOf(async job => {
  for (const step of [1, 2]) {
    await job.outputs[0]!.write(step, one)
    await job.outputs[0]!.write(step, one)
    await job.stepped(step, { rowsRead: step * 5 })
  }
  return 2
})

interface Recorded extends Sink {
  readonly calls: string[]
  input?: SinkInput
}

function recording(
  options: { accepts?: UpdateMode[]; committed?: number; failAt?: string; copyTo?: CopyTarget } = {},
): Recorded {
  const calls: string[] = []
  const call = (text: string): void => {
    calls.push(text)
    if (text === options.failAt) throw new HeadraceError('WRITE_FAILED', `scripted: ${text}`)
  }
  const sink: Recorded = {
    name: 'recording',
    onReplay: 'duplicates',
    accepts: ['append'],
    calls,
    async open(_, input) {
      sink.input = input
      call('open')
      const writer = {
        committed: async () => options.committed ?? 0,
        write: async (epoch: number, batch: Batch) => call(`write ${epoch}: ${batch.length}`),
        commit: async (epoch: number) => call(`commit ${epoch}`),
        close: async (ended: boolean) => call(`close ${ended}`),
      }
      const { copyTo } = options
      return copyTo === undefined ? writer : { ...writer, copyTo: () => copyTo }
    },
  }
  return sink
}

const folder = mkdtempSync(join(tmpdir(), 'headrace-execute-'))
after(() => rmSync(folder, { recursive: true }))

function run(sinks: Sink[], more: Partial<Execution> = {}) {
  const execution: Execution = {
    name: 'p',
    node: sourceNode(),
    sinks,
    engine: twoSteps,
    steps: { maxRows: 1 },
    runtime: systemRuntime,
    onBadRecord: 'dead-letter',
    letters: letterFiles(folder, 'p', undefined),
  }
  return execute({ ...execution, ...more }, never)
}

test('each step is an epoch of every sink, after the last that a sink has', async () => {
  const a = recording()
  const b = recording({ committed: 7 })
  const seen: number[] = []
  const counts = await run([a, b], { onProgress: ({ rowsRead }) => seen.push(rowsRead) })
  const epochs = (first: number): string[] =>
    [first, first + 1].flatMap(epoch => [`write ${epoch}: 2`, `write ${epoch}: 2`, `commit ${epoch}`])
  assert.deepEqual(a.calls, ['open', ...epochs(1), 'close true'])
  assert.deepEqual(b.calls, ['open', ...epochs(8), 'close true'])
  assert.deepEqual(seen, [5, 10])
  assert.deepEqual([...counts.operators.keys()], ['p/source(nothing)'])
  assert.deepEqual([counts.rowsRead, counts.processed, counts.late, counts.rowsWritten], [10, 7, 3, 8])
})

test('a failure closes every sink as not ended, and the first error is thrown', async () => {
  const a = recording({ failAt: 'close false' })
  const b = recording({ failAt: 'commit 1' })
  await assert.rejects(run([a, b]), { message: 'scripted: commit 1' })
  assert.deepEqual(a.calls.slice(-2), ['commit 1', 'close false'])
  assert.deepEqual(b.calls.slice(-2), ['commit 1', 'close false'])
})

/** An engine that is in doubt after its first rows, unless the run is careful. */
const doubtful = engineOf(async job => {
  await job.outputs[0]!.write(1, one)
  if (!job.careful) throw new Doubt('not sure')
  await job.stepped(1, { rowsRead: 10 })
  return 1
})

test('a run that ends in a doubt begins again, carefully', async () => {
  const sink = { ...recording(), onReplay: 'idempotent' as const }
  const counts = await run([sink], { engine: doubtful })
  assert.deepEqual(sink.calls, [
    'open',
    'write 1: 2',
    'close false',
    'open',
    'write 1: 2',
    'commit 1',
    'close true',
  ])
  assert.deepEqual([counts.steps, counts.rowsWritten], [1, 2])
})

test('where rows would be seen twice, or cannot be read again, a run is careful at once', async () => {
  const calls = ['open', 'write 1: 2', 'commit 1', 'close true']
  const shown = recording()
  await run([shown], { engine: doubtful })
  assert.deepEqual(shown.calls, calls)
  const node = sourceNode()
  const once = { ...node, source: { ...node.source, repeatable: false } }
  const sink = { ...recording(), onReplay: 'idempotent' as const }
  await run([sink], { engine: doubtful, node: once })
  assert.deepEqual(sink.calls, calls)
})

test('a sink that cannot be opened closes those before it', async () => {
  const a = recording()
  await assert.rejects(run([a, recording({ failAt: 'open' })]), { message: 'scripted: open' })
  assert.deepEqual(a.calls, ['open', 'close false'])
})

test('a sink that ended well is not closed again when the next one fails to end', async () => {
  const a = recording()
  const b = recording({ failAt: 'close true' })
  await assert.rejects(run([a, b]), { message: 'scripted: close true' })
  assert.deepEqual(
    a.calls.filter(call => call.startsWith('close')),
    ['close true'],
  )
})

test('what the engine refuses is thrown before anything is opened', async () => {
  const sink = recording()
  const refuses = (): HeadraceError => new HeadraceError('REFUSED', 'joins are bounded')
  await assert.rejects(run([sink], { engine: { ...twoSteps, refuses } }), { code: 'REFUSED' })
  assert.deepEqual(sink.calls, [])
})

test('only one sink of a single-step run may let the engine write its file', async () => {
  const copyTo: CopyTarget = { format: 'parquet', file: '/out/x.parquet' }
  const offered: (CopyTarget | undefined)[] = []
  const engine = engineOf(async job => {
    offered.push(job.outputs[0]!.copyTo)
    job.outputs[0]!.copied?.(42)
    await job.stepped(1, { rowsRead: 10 })
    return 1
  })
  const steps: [Sink[], StepPolicy][] = [
    [[recording({ copyTo })], 'once'],
    [[recording({ copyTo }), recording()], 'once'],
    [[recording({ copyTo })], { maxRows: 5 }],
  ]
  const written: number[] = []
  for (const [sinks, policy] of steps) {
    written.push((await run(sinks, { engine, steps: policy })).rowsWritten)
  }
  assert.deepEqual(written, [42, 0, 0])
  assert.deepEqual(offered, [copyTo, undefined, undefined])
})

test('a sink is told the schema, the mode, the key, and whether there is an end', async () => {
  const sink = recording()
  await run([sink], { node: { ...sourceNode('append', false), key: ['n'] } })
  assert.deepEqual(sink.input, { schema, mode: 'append', key: ['n'], bounded: false })
})
