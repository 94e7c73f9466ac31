/** The laws of the seam `Sink`. */
import assert from 'node:assert/strict'
import type { Batch } from '../schema/batch.ts'
import { batchOfCells } from '../schema/batch.ts'
import { type Schema, t } from '../schema/type.ts'
import type { Sink, SinkInput, SinkWriter } from '../seam/sink.ts'
import { type Gaps, type Law, type Register, testLaws } from './law.ts'

/** A place with a sink, and a way to look at what is there. Each law makes its own. */
export interface SinkSubject {
  make(): Promise<SinkPlace>
}

/** A sink, and what is in its place. */
export interface SinkPlace {
  readonly sink: Sink
  /** The rows that a reader of the place finds now: pairs of `k` and `n`, in any order. */
  rows(): Promise<readonly (readonly [k: string, n: number])[]>
}

/** The columns of all rows that the laws write. */
export const sinkSchema: Schema = { k: t.string(), n: t.int32() }

/**
 * Registers a test for every law of sinks, with `node:test`, or with the `test` of another runner, such as vitest's. `gaps` are
 * the laws that it does not keep, each with the reason: a gap whose law holds fails.
 */
export function sinkLaws(name: string, subject: SinkSubject, gaps: Gaps = {}, register?: Register): void {
  testLaws(name, laws, subject, gaps, register)
}

const laws: readonly Law<SinkSubject>[] = [
  {
    name: 'nothing is committed in a new place',
    holds: subject =>
      using(subject, async (writer, place) => {
        assert.equal(await writer.committed(), 0)
        await writer.close(false)
        assert.deepEqual(await place.rows(), [])
      }),
  },
  {
    name: 'what was committed is there after the end',
    holds: subject =>
      using(subject, async (writer, place) => {
        await epoch(writer, 1, ['a', 1], ['b', 2])
        await epoch(writer, 2, ['c', 3])
        assert.equal(await writer.committed(), 2)
        await writer.close(true)
        assert.deepEqual(await sorted(place), [
          ['a', 1],
          ['b', 2],
          ['c', 3],
        ])
      }),
  },
  {
    name: 'several writes make one epoch, and an epoch may be empty',
    holds: subject =>
      using(subject, async (writer, place) => {
        await writer.write(1, rows(['a', 1]))
        await writer.write(1, rows(['b', 2], ['c', 3]))
        await writer.commit(1)
        await writer.commit(2)
        await epoch(writer, 3, ['d', 4])
        await writer.close(true)
        assert.deepEqual(await sorted(place), [
          ['a', 1],
          ['b', 2],
          ['c', 3],
          ['d', 4],
        ])
      }),
  },
  {
    name: 'a run without rows ends well',
    holds: subject =>
      using(subject, async (writer, place) => {
        await writer.commit(1)
        await writer.close(true)
        assert.deepEqual(await place.rows(), [])
      }),
  },
  {
    name: 'an epoch that is not the next one is refused, and what was there stays',
    holds: subject =>
      using(subject, async (writer, place) => {
        await epoch(writer, 1, ['a', 1])
        await assert.rejects(writer.commit(1), 'committed twice')
        await assert.rejects(writer.commit(3), 'one left out')
        await epoch(writer, 2, ['b', 2])
        await writer.close(true)
        assert.deepEqual(await sorted(place), [
          ['a', 1],
          ['b', 2],
        ])
      }),
  },
  {
    name: 'rows of an epoch that was never committed are not there',
    holds: subject =>
      using(subject, async (writer, place) => {
        await writer.write(1, rows(['lost', 1]))
        await writer.close(false)
        assert.deepEqual(await place.rows(), [])
      }),
  },
  {
    name: 'a run that does not end leaves what a run before it published',
    holds: subject =>
      using(subject, async (writer, place) => {
        await epoch(writer, 1, ['a', 1])
        await writer.close(true)
        const second = await open(place.sink)
        await second.write((await second.committed()) + 1, rows(['lost', 2]))
        await second.close(false)
        assert.deepEqual(await sorted(place), [['a', 1]])
      }),
  },
  {
    name: 'after a crash in mid-epoch the epoch is written again, whole, and is there once',
    holds: subject =>
      using(subject, async (writer, place) => {
        await writer.write(1, rows(['a', 1]))
        await writer.close(false)
        const again = await open(place.sink)
        assert.equal(await again.committed(), 0)
        await epoch(again, 1, ['a', 1], ['b', 2])
        await again.close(true)
        assert.deepEqual(await sorted(place), [
          ['a', 1],
          ['b', 2],
        ])
      }),
  },
  {
    name: 'where replay is idempotent, the same run again leaves the same rows, each once',
    holds: subject =>
      using(subject, async (writer, place) => {
        if (place.sink.onReplay !== 'idempotent') return writer.close(false)
        await epoch(writer, 1, ['a', 1], ['b', 2])
        await writer.close(true)
        const again = await open(place.sink)
        await epoch(again, (await again.committed()) + 1, ['a', 1], ['b', 2])
        await again.close(true)
        assert.deepEqual(await sorted(place), [
          ['a', 1],
          ['b', 2],
        ])
      }),
  },
  {
    name: 'where updates are accepted, a row that was replaced is gone',
    holds: subject =>
      using(subject, async (writer, place) => {
        if (!place.sink.accepts.includes('upsert')) return writer.close(true)
        await epoch(writer, 1, ['a', 1], ['b', 2])
        await writer.write(2, rows(['a', 1], -1))
        await writer.write(2, rows(['a', 5]))
        await writer.commit(2)
        await writer.close(true)
        assert.deepEqual(await sorted(place), [
          ['a', 5],
          ['b', 2],
        ])
      }),
  },
]

type Row = readonly [k: string, n: number]

/** Opens a new place, in the richest update mode that it takes. */
async function using(
  subject: SinkSubject,
  check: (writer: SinkWriter, place: SinkPlace) => Promise<void>,
): Promise<void> {
  const place = await subject.make()
  await check(await open(place.sink), place)
}

function open(sink: Sink): Promise<SinkWriter> {
  const upsert = sink.accepts.includes('upsert')
  const input: SinkInput = { schema: sinkSchema, mode: upsert ? 'upsert' : 'append' }
  return sink.open(0, upsert ? { ...input, key: ['k'] } : input)
}

async function epoch(writer: SinkWriter, number: number, ...added: Row[]): Promise<void> {
  await writer.write(number, rows(...added))
  await writer.commit(number)
}

/** A batch of rows, added unless the last argument is −1. */
function rows(...added: (Row | -1)[]): Batch {
  const cells = added.filter(row => row !== -1)
  return added.includes(-1)
    ? batchOfCells(
        sinkSchema,
        cells,
        cells.map(() => -1),
      )
    : batchOfCells(sinkSchema, cells)
}

async function sorted(place: SinkPlace): Promise<Row[]> {
  return (await place.rows()).toSorted(([a, n], [b, m]) => (a === b ? n - m : a < b ? -1 : 1))
}
