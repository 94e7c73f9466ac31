import assert from 'node:assert/strict'
import { test } from 'node:test'
import { count } from '../../plan/builder/aggregate.ts'
import { Dataset } from '../../plan/builder/dataset.ts'
import { tumbling } from '../../plan/builder/window.ts'
import type { Node } from '../../plan/node.ts'
import { systemRuntime } from '../../runtime/runtime.ts'
import { batchOfCells } from '../../schema/batch.ts'
import { t } from '../../schema/type.ts'
import type { Read, Source } from '../../seam/source.ts'
import { failOnRejection } from '../rejection.ts'
import { incrementalEngine } from './engine.ts'

const still = { ...systemRuntime, now: () => 0 }

const schema = { at: t.timestamp() }
const SECOND = 1_000_000n

const read = (...seconds: bigint[]): Read => ({
  batch: batchOfCells(
    schema,
    seconds.map(second => [second * SECOND]),
  ),
  position: 0,
})
/** A read that only says how late it is. */
const heartbeat = (second: bigint): Read => ({ ...read(), watermark: second * SECOND })

type Reading = (signal: AbortSignal) => AsyncGenerator<Read>

/** Times from partitions that are read as told. */
function times(
  bounded: boolean,
  ...parts: readonly Reading[]
): Dataset<typeof schema, 'append', never, 'at'> {
  const source: Source = {
    name: 'times',
    repeatable: true,
    bounded,
    partitions: async () => parts.map((_, i) => String(i)),
    read: (partition, _range, signal) => parts[Number(partition)]!(signal),
  }
  return new Dataset({ kind: 'source', source, schema, mode: 'append', eventTime: 'at', outOfOrderness: 0 })
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })

interface Watch {
  readonly maxRows?: number
  /** Called with the number of rows of each batch. */
  write?(rows: number, stop: () => void): void
  stepped?(rowsRead: number, stop: () => void): void
}

function run({ node }: { readonly node: Node }, { maxRows = 100, write, stepped }: Watch): Promise<unknown> {
  const stopping = new AbortController()
  const stop = () => stopping.abort()
  const job = {
    outputs: [{ node, write: async (_: number, batch: { length: number }) => write?.(batch.length, stop) }],
    steps: { maxRows },
    runtime: still,
    careful: true,
    reject: failOnRejection,
    stepped: async (_: number, { rowsRead }: { rowsRead: number }) => stepped?.(rowsRead, stop),
  }
  return incrementalEngine.run(job, stopping.signal)
}

const minutes = (input: ReturnType<typeof times>) => input.window(tumbling('1 minute')).agg({ n: count() })

test('what an idle source closes by its watermark alone is written at once, not with its next row', async () => {
  const begun = Promise.withResolvers<void>()
  const input = times(false, async function* (signal) {
    yield read(10n)
    await begun.promise
    yield heartbeat(30n)
    yield heartbeat(100n)
    await untilAborted(signal)
  })
  const seen: string[] = []
  const stopped = run(minutes(input), {
    write(rows, stop) {
      seen.push(`${rows} row`)
      stop()
    },
    stepped(rowsRead) {
      seen.push(`step after ${rowsRead}`)
      begun.resolve()
    },
  })
  await assert.rejects(stopped, { code: 'STOPPED' })
  // A watermark that closes nothing makes no step.
  assert.deepEqual(seen, ['step after 1', '1 row', 'step after 1'])
})

test('what the end of one partition closes does not wait for a row of another', async () => {
  const begun = Promise.withResolvers<void>()
  const input = times(
    false,
    async function* () {
      yield read(10n)
      await begun.promise
    },
    async function* (signal) {
      yield read(100n)
      await untilAborted(signal)
    },
  )
  const written: number[] = []
  const stopped = run(minutes(input), {
    write(rows, stop) {
      written.push(rows)
      stop()
    },
    stepped(rowsRead) {
      if (rowsRead === 2) begun.resolve()
    },
  })
  await assert.rejects(stopped, { code: 'STOPPED' })
  assert.deepEqual(written, [1])
})

for (const bounded of [true, false]) {
  test(`${bounded ? 'a bounded' : 'an endless'} source that throws when it is aborted is stopped, not broken`, async () => {
    const input = times(bounded, async function* (signal) {
      yield read(1n)
      yield read(2n)
      await untilAborted(signal)
      throw signal.reason
    })
    const stopped = run(input, {
      maxRows: 1,
      stepped: (rowsRead, stop) => (rowsRead === 2 ? stop() : undefined),
    })
    await assert.rejects(stopped, { code: 'STOPPED' })
  })
}

test('a source that fails to clean up does not hide why the run failed, and the others still clean up', async () => {
  const cleaned: number[] = []
  const reading = (partition: number): Reading =>
    async function* () {
      try {
        for (;;) yield read(1n)
      } finally {
        cleaned.push(partition)
        if (partition === 0) await Promise.reject(new Error('the handle is gone'))
      }
    }
  const failed = run(times(true, reading(0), reading(1)), {
    maxRows: 1,
    write() {
      throw new Error('the sink is full')
    },
  })
  await assert.rejects(failed, /the sink is full/)
  assert.deepEqual(cleaned, [0, 1])
})

test('a source of many partitions has few of them open at a time, and closes no window before the last was opened', async () => {
  const PARTS = 300
  let open = 0
  let most = 0
  let opened = 0
  const part = (second: bigint): Reading =>
    async function* () {
      open++
      opened++
      most = Math.max(most, open)
      yield read(second)
      yield read(second + 1n)
      open--
    }
  const dataset = times(true, ...Array.from({ length: PARTS }, (_, i) => part(BigInt(PARTS - i) * 10n)))
  const openedAtRows: number[] = []
  let rows = 0
  await run(minutes(dataset), {
    maxRows: 1,
    write: length => {
      rows += length
      openedAtRows.push(opened)
    },
  })
  assert.equal(opened, PARTS)
  assert.ok(most <= 16, `${most} were open`)
  // Seconds 10 to 3001.
  assert.equal(rows, 51)
  assert.ok(openedAtRows.every(count => count === PARTS))
})
