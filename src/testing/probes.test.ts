/** The laws find what is wrong: connectors that break one promise each, and the laws that say so. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memorySource } from '../connector/memory/memory.ts'
import { memory } from '../index.ts'
import { targetOf } from '../plan/endpoint.ts'
import { type Batch, batchOfCells } from '../schema/batch.ts'
import { rowsOf } from '../schema/row.ts'
import { t } from '../schema/type.ts'
import type { Sink, SinkWriter } from '../seam/sink.ts'
import type { RejectedRecord, Source } from '../seam/source.ts'
import { type SinkPlace, sinkLaws, type sinkSchema } from './sink-laws.ts'
import { sourceLaws } from './source-laws.ts'

type Laws = (register: (name: string, run: () => Promise<void>) => void) => void

/** The laws that do not hold, by the words before their first comma. */
async function broken(laws: Laws): Promise<string[]> {
  const all: [name: string, run: () => Promise<void>][] = []
  laws((name, run) => all.push([name, run]))
  const found: string[] = []
  for (const [name, run] of all) {
    const holds = await run().then(
      () => true,
      () => false,
    )
    if (!holds) found.push(name.split(/: |,/)[1]!)
  }
  return found
}

const numbers = (first: number): Batch =>
  batchOfCells(
    { n: t.int32() },
    Array.from({ length: 10 }, (_, i) => [first + i]),
  )
const sound = memorySource([numbers(0), numbers(10)])

const sources: Readonly<Record<string, readonly [make: () => Source, ...laws: string[]]>> = {
  'a sound source': [() => sound],
  'one that reads beyond its range': [
    () => ({ ...sound, read: (name, { from }, signal) => sound.read(name, { from }, signal) }),
    'a read up to a position gives what lies before it',
  ],
  'one that always begins anew': [
    () => ({
      ...sound,
      read: (name, { to }, signal) =>
        sound.read(name, to === undefined ? { from: 0 } : { from: 0, to }, signal),
    }),
    'a read that resumes at a position gives the rest',
    'a read up to a position gives what lies before it',
  ],
  'one that gives other rows each time': [
    () => {
      let reads = 0
      return {
        ...sound,
        read: (name, range, signal) =>
          memorySource([numbers(100 * ++reads), numbers(100 * reads + 10)]).read(name, range, signal),
      }
    },
    'a read that resumes at a position gives the rest',
    'a read up to a position gives what lies before it',
    'a repeatable source gives the same rows for the same range again',
  ],
  'one whose positions stand still': [
    () => ({
      ...sound,
      async *read(name, range, signal) {
        for await (const read of sound.read(name, range, signal)) yield { ...read, position: 0 }
      },
    }),
    'positions grow',
    'a read that resumes at a position gives the rest',
    'a read up to a position gives what lies before it',
  ],
  'one that names a partition twice': [
    () => ({ ...sound, partitions: async () => ['0', '0'] }),
    'the partitions are the same when asked twice',
    'the partitions together hold all rows',
  ],
  'one that tells of a bad record in every read': [
    () => ({
      ...sound,
      async *read(name, range, signal) {
        const record = {
          place: 'here',
          position: 3,
          bytes: new Uint8Array(),
          code: 'BAD_RECORD',
          message: '',
        }
        const rejected = [record as RejectedRecord]
        for await (const read of sound.read(name, range, signal)) yield { ...read, rejected }
      },
    }),
    'the partitions together hold all rows',
    'bad records lie where they were read',
    'a read from the position of a bad record gives it again',
  ],
  'one that does not hear the signal': [
    () => ({
      ...sound,
      async *read(name, range, signal) {
        yield* sound.read(name, range, new AbortController().signal)
        if (signal.aborted) await new Promise(() => undefined)
      },
    }),
    'aborting ends a read within a second',
  ],
}

for (const [what, [make, ...laws]] of Object.entries(sources)) {
  test(`the laws of sources judge ${what}`, async () => {
    const found = await broken(register =>
      sourceLaws('s', { rows: 20, make: async () => make() }, {}, register),
    )
    assert.deepEqual(found, laws)
  })
}

/** A place whose writer differs from a sound one; `seen` rows are there before they are committed. */
function placeWith(change: (writer: SinkWriter, seen: Batch[]) => Partial<SinkWriter>): SinkPlace {
  const collected = memory.collect<typeof sinkSchema>()
  const { sink } = targetOf(collected)!
  const seen: Batch[] = []
  const changed: Sink = {
    ...sink,
    async open(partition, input) {
      const writer = await sink.open(partition, input)
      const sameMethods: SinkWriter = {
        committed: () => writer.committed(),
        write: (epoch, batch) => writer.write(epoch, batch),
        commit: epoch => writer.commit(epoch),
        close: ended => writer.close(ended),
      }
      return { ...sameMethods, ...change(writer, seen) }
    },
  }
  const rows = async () =>
    [...collected.rows(), ...seen.flatMap(batch => rowsOf(batch))].map(
      ({ k, n }) => [k as string, n as number] as const,
    )
  return { sink: changed, rows }
}

const sinks: Readonly<Record<string, readonly [make: () => SinkPlace, ...laws: string[]]>> = {
  'a sound sink': [() => placeWith(() => ({}))],
  'one that shows rows before they are committed': [
    () => placeWith((_, seen) => ({ write: async (_, batch) => void seen.push(batch) })),
    'rows of an epoch that was never committed are not there',
    'a run that does not end leaves what a run before it published',
    'after a crash in mid-epoch the epoch is written again',
    'where replay is idempotent',
    'where updates are accepted',
  ],
  'one that adds to what runs before it published': [
    () =>
      placeWith((writer, seen) => {
        const own: Batch[] = []
        const close = async (ended: boolean) => {
          await writer.close(ended)
          if (ended) seen.push(...own)
        }
        return { write: async (_, batch) => void own.push(batch), close }
      }),
    'where replay is idempotent',
    'where updates are accepted',
  ],
  'one that commits the same epoch twice': [
    () => placeWith(writer => ({ commit: epoch => writer.commit(epoch).catch(() => undefined) })),
    'an epoch that is not the next one is refused',
  ],
  'one that forgets all but the first write of an epoch': [
    () => {
      const written = new Set<number>()
      return placeWith(writer => ({
        write: async (epoch, batch) => {
          if (!written.has(epoch)) await writer.write(epoch, batch)
          written.add(epoch)
        },
      }))
    },
    'several writes make one epoch',
    'after a crash in mid-epoch the epoch is written again',
    'where replay is idempotent',
    'where updates are accepted',
  ],
  'one that remembers an epoch that it never committed': [
    () => {
      let last = 0
      return placeWith(() => ({
        committed: async () => last,
        write: async epoch => {
          last = epoch
        },
      }))
    },
    'what was committed is there after the end',
    'several writes make one epoch',
    'an epoch that is not the next one is refused',
    'a run that does not end leaves what a run before it published',
    'after a crash in mid-epoch the epoch is written again',
    'where replay is idempotent',
    'where updates are accepted',
  ],
}

for (const [what, [make, ...laws]] of Object.entries(sinks)) {
  test(`the laws of sinks judge ${what}`, async () => {
    assert.deepEqual(
      await broken(register => sinkLaws('s', { make: async () => make() }, {}, register)),
      laws,
    )
  })
}
