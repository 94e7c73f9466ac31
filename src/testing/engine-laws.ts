/** The laws of the seam `Engine`. */

import assert from 'node:assert/strict'
import type { Engine, Job, StepPolicy } from '../engine/engine.ts'
import { failOnRejection } from '../engine/rejection.ts'
import type { HeadraceError } from '../errors.ts'
import { aggregateNode, filterNode, mapNode, sortNode } from '../plan/builder/nodes.ts'
import { call, column, literal } from '../plan/expression.ts'
import { type AggregateNode, inputsOf, type Node, type SourceNode } from '../plan/node.ts'
import { sourcesOf } from '../plan/rewrite.ts'
import { systemRuntime } from '../runtime/runtime.ts'
import { sleep } from '../runtime/sleep.ts'
import { batchOfCells } from '../schema/batch.ts'
import { type Schema, t } from '../schema/type.ts'
import type { Range, Read, RejectedRecord, Source } from '../seam/source.ts'
import { record } from '../verify/recording.ts'
import { fold } from '../verify/relation.ts'
import { runSuite } from '../verify/suite.ts'
import { type Gaps, type Law, settlesWithin, testLaws } from './law.ts'

/** Random plans that the suite compares with the reference engine. */
const RANDOM_CASES = 60

/** Registers a test for every law of engines. */
export function engineLaws(name: string, engine: Engine, gaps: Gaps = {}): void {
  testLaws(name, laws, engine, gaps)
}

const POLICIES: readonly StepPolicy[] = ['once', { maxRows: 1 }, { maxRows: 64 }, { maxRows: 64, maxMs: 5 }]

const laws: readonly Law<Engine>[] = [
  {
    name: 'what it refuses it refuses before the first read, with the same error',
    async holds(engine) {
      for (const steps of POLICIES) {
        for (const plan of [counted, sorted].map(make => make())) {
          const refusal = engine.refuses([plan.root], steps)
          if (refusal === undefined) continue
          assert.equal(refusal.code, 'REFUSED')
          await assert.rejects(record(engine, [plan.root], steps), { code: refusal.code })
          assert.equal(plan.source.reads, 0, 'it had begun to read')
        }
      }
    },
  },
  {
    name: 'steps count up from 1, and every write belongs to the step that ends next',
    holds: engine =>
      eachPolicy(engine, async steps => {
        const { root } = counted()
        let step = 0
        const job = jobOf(root, steps, {
          write: async number => assert.equal(number, step + 1),
          stepped: async number => {
            step++
            assert.equal(number, step)
          },
        })
        const report = await engine.run(job, new AbortController().signal)
        assert.equal(report.steps, step)
        assert.equal(report.rowsRead, ROWS)
        if (steps !== 'once') assert.ok(step >= ROWS / steps.maxRows, `${step} steps`)
      }),
  },
  {
    name: 'it waits for a write before it goes on',
    holds: engine =>
      eachPolicy(engine, async steps => {
        const { root } = counted()
        let writing = false
        const job = jobOf(root, steps, {
          write: async () => {
            assert.equal(writing, false, 'two writes at once')
            writing = true
            await new Promise(resolve => setImmediate(resolve))
            writing = false
          },
          stepped: async () => assert.equal(writing, false, 'the step ended during a write'),
        })
        await engine.run(job, new AbortController().signal)
      }),
  },
  {
    name: 'a node that is two outputs, and the input of another, gives its rows to all',
    holds: engine =>
      eachPolicy(engine, async steps => {
        const { root } = counted()
        const [input] = inputsOf(root)
        const { outputs } = await record(engine, [input!, root], steps)
        assert.equal(outputs.get(input!)!.length, ROWS - 1)
        assert.equal(fold(outputs.get(root)!).length, KEYS)
      }),
  },
  {
    name: 'the error of a write ends the run',
    holds: engine =>
      eachPolicy(engine, async steps => {
        const failed = new Error('the disk is full')
        const job = jobOf(counted().root, steps, { write: () => Promise.reject(failed) })
        await assert.rejects(engine.run(job, new AbortController().signal), failed)
      }),
  },
  {
    name: 'the error of a source ends the run, and sources clean up',
    holds: engine =>
      eachPolicy(engine, async steps => {
        const { root, source } = counted({ failsAfter: 40 })
        await assert.rejects(record(engine, [root], steps), /the wire was cut/)
        assert.equal(source.open, 0, 'a read was left open')
      }),
  },
  {
    name: 'aborting stops the run within a second with STOPPED, and sources clean up',
    holds: engine =>
      eachPolicy(engine, async steps => {
        const { root, source } = counted({ slow: true })
        const stop = new AbortController()
        const running = record(engine, [root], steps, stop.signal)
        const rejected = assert.rejects(running, (error: HeadraceError) => error.code === 'STOPPED')
        await sleep(30, stop.signal)
        stop.abort()
        assert.ok(await settlesWithin(rejected, 1000), 'it went on')
        await rejected
        assert.equal(source.open, 0, 'a read was left open')
      }),
  },
  {
    name: 'counters add up: what a filter got it passed on or left out',
    holds: engine =>
      eachPolicy(engine, async steps => {
        const { root } = counted()
        const { report } = await record(engine, [root], steps)
        const counters = report.operators.get((root as AggregateNode).input)
        if (counters === undefined) return
        assert.deepEqual(counters, { rowsIn: ROWS, rowsOut: ROWS - 1, filtered: 1 })
      }),
  },
  {
    name: 'bad records are rejected once, in the step in which they are read, and count as read',
    holds: engine =>
      eachPolicy(engine, async steps => {
        const { root, source } = counted({ bad: 3 })
        const { outputs, rejections, progress, report } = await record(engine, [root], steps)
        const told = rejections.map(({ rejection }) => 'record' in rejection && rejection.record.position)
        assert.deepEqual(told, source.badPositions)
        assert.equal(fold(outputs.get(root)!).length, KEYS)
        assert.equal(report.rowsRead, ROWS)
        for (const { rejection, step } of rejections) {
          const { position } = (rejection as { record: RejectedRecord }).record
          assert.ok(position < progress[step - 1]!.rowsRead + READ_ROWS, `${position} in step ${step}`)
        }
        const counters = report.operators.get(sourceOf(root))
        if (counters === undefined) return
        const rejected = source.badPositions.length
        assert.deepEqual(counters, { rowsIn: ROWS, rowsOut: ROWS - rejected, rejected })
      }),
  },
  {
    name: 'a source of nothing but bad records makes steps as one of rows does',
    holds: engine =>
      eachPolicy(engine, async steps => {
        const { root } = counted({ bad: 1 })
        const { rejections, report } = await record(engine, [root], steps)
        assert.deepEqual([rejections.length, report.rowsRead], [ROWS, ROWS])
        // A read is taken whole: a step ends behind the one that fills it.
        const most = steps === 'once' ? ROWS : steps.maxRows + READ_ROWS
        assert.ok(report.steps >= ROWS / most, `${report.steps} steps`)
      }),
  },
  {
    name: 'rows that a function does not take are rejected, and nothing of what was made of them is kept',
    holds: engine =>
      eachPolicy(engine, async steps => {
        const { root, source } = counted()
        const failing = mapNode(sourceOf(root), halfway, schema)
        const { outputs, rejections, report } = await record(engine, [failing], steps)
        assert.equal(outputs.get(failing)!.length, 2 * (ROWS - 1))
        assert.equal(rejections.length, 1)
        const { rejection } = rejections[0]!
        assert.ok('row' in rejection && rejection.node === failing)
        const { row, weight, code, message } = rejection
        assert.deepEqual([row, weight, code], [{ k: REFUSED % KEYS, n: REFUSED }, 1, 'USER_FUNCTION'])
        assert.match(message, /flatMap 'halfway' threw: no luck/)
        assert.equal(source.open, 0)
        const counters = report.operators.get(failing)
        if (counters === undefined) return
        assert.deepEqual(counters, { rowsIn: ROWS, rowsOut: 2 * (ROWS - 1), rejected: 1 })
      }),
  },
  {
    name: 'the error of a reject ends the run, and sources clean up',
    holds: engine =>
      eachPolicy(engine, async steps => {
        const { root, source } = counted({ bad: 7 })
        const failed = new Error('over the budget')
        const job = { ...jobOf(root, steps, {}), reject: () => Promise.reject(failed) }
        await assert.rejects(engine.run(job, new AbortController().signal), failed)
        assert.equal(source.open, 0, 'a read was left open')
      }),
  },
  {
    name: 'random plans have the answer of the reference engine',
    async holds(engine) {
      const { failures, runs } = await runSuite({ engines: [engine], firstSeed: 1, cases: RANDOM_CASES })
      assert.equal(failures.length, 0, failures[0]?.text)
      assert.ok(runs > RANDOM_CASES / 2)
    },
  },
]

async function eachPolicy(engine: Engine, check: (steps: StepPolicy) => Promise<void>): Promise<void> {
  let ran = 0
  for (const steps of POLICIES) {
    if (engine.refuses([counted().root], steps) !== undefined) continue
    ran++
    await check(steps)
  }
  assert.ok(ran > 0, 'it takes at least one way of stepping')
}

function jobOf(node: Node, steps: StepPolicy, calls: Partial<Pick<Job, 'stepped'> & Job['outputs'][0]>): Job {
  return {
    outputs: [{ node, write: async (step, batch) => calls.write?.(step, batch) }],
    steps,
    runtime: systemRuntime,
    careful: true,
    reject: failOnRejection,
    stepped: async (step, progress) => calls.stepped?.(step, progress),
  }
}

const ROWS = 200
const READ_ROWS = 10
const KEYS = 5
const schema: Schema = { k: t.int32(), n: t.int32() }

interface Plan {
  readonly root: Node
  readonly source: CountingSource
}

/** Counts per key, over all rows but the first. */
function counted(options: SourceOptions = {}): Plan {
  const source = new CountingSource(options)
  const node: SourceNode = { kind: 'source', schema, mode: 'append', outOfOrderness: 0, source }
  const positive = call('gt', [column(schema, 'n'), literal(t.int32(), 0)])
  const root = aggregateNode(filterNode(node, positive), ['k'], undefined, [
    { name: 'rows', fn: 'count', args: [] },
  ])
  return { root, source }
}

function sourceOf(root: Node): SourceNode {
  return sourcesOf([root])[0]!
}

/** Gives every row twice, and of one row stops after the first. */
const REFUSED = 77
const halfway = {
  each: 'flatMap' as const,
  version: 1,
  function: 'halfway',
  *apply(row: { readonly n: number }) {
    yield row
    if (row.n === REFUSED) throw new Error('no luck')
    yield row
  },
}

function sorted(): Plan {
  const { root, source } = counted()
  const by = [{ expression: column(root.schema, 'rows'), descending: true }]
  return { root: sortNode(root, by, 3), source }
}

interface SourceOptions {
  /** Fails after so many rows. */
  readonly failsAfter?: number
  /** Waits before every read but the first, longer than any test. */
  readonly slow?: boolean
  /** Every so many records one is bad. */
  readonly bad?: number
}

/** A source that knows how often it was read, and how many reads are still open. */
class CountingSource implements Source {
  readonly name = 'counting'
  readonly repeatable = true
  readonly bounded = true
  reads = 0
  open = 0
  readonly #options: SourceOptions

  constructor(options: SourceOptions) {
    this.#options = options
  }

  get badPositions(): number[] {
    const { bad } = this.#options
    return Array.from({ length: ROWS }, (_, i) => i).filter(i => bad !== undefined && i % bad === bad - 1)
  }

  async partitions(): Promise<readonly string[]> {
    return ['0']
  }

  async *read(_partition: string, { from }: Range, signal: AbortSignal): AsyncGenerator<Read> {
    const { failsAfter = Number.POSITIVE_INFINITY, slow = false } = this.#options
    this.reads++
    this.open++
    try {
      for (let row = from; row < ROWS; row += READ_ROWS) {
        if (row >= failsAfter) throw new Error('the wire was cut')
        if (slow && row > 0) await aborted(signal)
        if (signal.aborted) return
        const positions = Array.from({ length: READ_ROWS }, (_, i) => row + i)
        const bad = this.badPositions.filter(position => positions.includes(position))
        const good = positions.filter(position => !bad.includes(position))
        const batch = batchOfCells(
          schema,
          good.map(n => [n % KEYS, n]),
        )
        yield { batch, rejected: bad.map(badRecord), position: row + READ_ROWS }
      }
    } finally {
      this.open--
    }
  }
}

function badRecord(position: number): RejectedRecord {
  return { place: 'counting', position, bytes: Buffer.from('bad'), code: 'BAD_RECORD', message: 'scripted' }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise(resolve => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
