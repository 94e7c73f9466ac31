/** The laws of the seam `Source`. */
import assert from 'node:assert/strict'
import { lengthOf } from '../schema/column.ts'
import type { Position, Range, Read, RejectedRecord, Source } from '../seam/source.ts'
import { rowKey, rowsOf } from '../verify/relation.ts'
import { type Gaps, type Law, type Register, settlesWithin, testLaws } from './law.ts'

/** A source that holds some rows. Each law makes its own. */
export interface SourceSubject {
  make(): Promise<Source>
  /** How many rows it holds in all, at least ten, so that there is something to cut. */
  readonly rows: number
  /** How many of its records are no rows; none by default. */
  readonly rejected?: number
}

/**
 * Registers a test for every law of sources, with `node:test`, or with the `test` of another runner, such as vitest's. `gaps` are
 * the laws that it does not keep, each with the reason: a gap whose law holds fails.
 */
export function sourceLaws(name: string, subject: SourceSubject, gaps: Gaps = {}, register?: Register): void {
  testLaws(name, laws, subject, gaps, register)
}

const laws: readonly Law<SourceSubject>[] = [
  {
    name: 'the partitions are the same when asked twice, and none is named twice',
    async holds(subject) {
      const source = await subject.make()
      const [first, second] = [await source.partitions(), await source.partitions()]
      assert.deepEqual(first, second)
      assert.equal(new Set(first).size, first.length)
      assert.ok(first.length > 0)
    },
  },
  {
    name: 'the partitions together hold all rows, each once, and a bounded one ends',
    async holds(subject) {
      const source = await subject.make()
      let rows = 0
      let rejected = 0
      for (const partition of await source.partitions()) {
        const records = await readRecords(subject, source, partition, { from: 0 })
        rows += records.rows.length
        rejected += records.rejected.length
      }
      assert.deepEqual([rows, rejected], [subject.rows, subject.rejected ?? 0])
    },
  },
  {
    name: 'the columns of a batch have as many rows as the batch, and every batch has the same columns',
    async holds(subject) {
      const reads = await allReads(subject)
      const names = reads.flatMap(list => list.map(read => Object.keys(read.batch.schema).join()))
      assert.equal(new Set(names).size, 1)
      for (const { batch } of reads.flat()) {
        for (const column of batch.columns) assert.equal(lengthOf(column), batch.length)
        assert.equal(batch.columns.length, Object.keys(batch.schema).length)
      }
    },
  },
  {
    name: 'positions grow, and survive JSON',
    async holds(subject) {
      for (const reads of await allReads(subject)) {
        let previous: Position = 0
        for (const { position, batch, rejected = [] } of reads) {
          assert.ok(Number.isSafeInteger(position), `${position} is a whole number`)
          assert.ok(position >= previous, `${position} comes after ${previous}`)
          const records = batch.length + rejected.length
          assert.ok(records === 0 || position > previous, 'records take place')
          previous = position
        }
      }
    },
  },
  {
    name: 'bad records lie where they were read, and name their place',
    async holds(subject) {
      for (const reads of await allReads(subject)) {
        let previous: Position = 0
        for (const { position, rejected = [] } of reads) {
          for (const record of rejected) {
            assert.ok(record.position >= previous, `${record.position} comes after ${previous}`)
            assert.ok(record.position < position, `${record.position} comes before ${position}`)
            assert.ok(record.message.includes(record.place), `'${record.message}' names ${record.place}`)
            assert.ok(record.bytes instanceof Uint8Array)
            assert.ok(record.length === undefined || record.length > record.bytes.length)
            previous = record.position
          }
          previous = position
        }
      }
    },
  },
  {
    name: 'a read from the position of a bad record gives it again, and one up to there does not',
    async holds(subject) {
      const source = await subject.make()
      for (const partition of await source.partitions()) {
        const { rejected } = await readRecords(subject, source, partition, { from: 0 })
        const whole = await reads(subject, source, partition, { from: 0 })
        const positions = whole.flatMap(read => read.rejected ?? []).map(record => record.position)
        for (const [i, position] of positions.entries()) {
          const after = await readRecords(subject, source, partition, { from: position })
          assert.deepEqual(after.rejected, rejected.slice(i))
          const before = await readRecords(subject, source, partition, { from: 0, to: position })
          assert.deepEqual(before.rejected, rejected.slice(0, i))
        }
      }
    },
  },
  {
    name: 'a read that resumes at a position gives the rest, and nothing after the last',
    holds: subject =>
      eachPosition(subject, async (source, partition, position, before, all) => {
        const rest = await readRecords(subject, source, partition, { from: position })
        assert.deepEqual(rest, {
          rows: all.rows.slice(before.rows.length),
          rejected: all.rejected.slice(before.rejected.length),
        })
      }),
  },
  {
    name: 'a read up to a position gives what lies before it, and no row more',
    holds: subject =>
      eachPosition(subject, async (source, partition, position, before) => {
        const first = await readRecords(subject, source, partition, { from: 0, to: position })
        assert.deepEqual(first, before)
        const none = await readRecords(subject, source, partition, { from: position, to: position })
        assert.deepEqual(none, { rows: [], rejected: [] })
      }),
  },
  {
    name: 'a repeatable source gives the same rows for the same range again',
    async holds(subject) {
      const source = await subject.make()
      assert.ok(source.repeatable, 'it is repeatable')
      for (const partition of await source.partitions()) {
        const first = await readRecords(subject, source, partition, { from: 0 })
        assert.deepEqual(await readRecords(subject, source, partition, { from: 0 }), first)
        const other = await subject.make()
        assert.deepEqual(await readRecords(subject, other, partition, { from: 0 }), first)
      }
    },
  },
  {
    name: 'a reader can stop at any yield, and another can read after it',
    async holds(subject) {
      const source = await subject.make()
      for (const partition of await source.partitions()) {
        for await (const _ of source.read(partition, { from: 0 }, new AbortController().signal)) break
        const { rows } = await readRecords(subject, source, partition, { from: 0 })
        assert.ok(rows.length <= subject.rows)
      }
    },
  },
  {
    name: 'aborting ends a read within a second',
    async holds(subject) {
      const source = await subject.make()
      for (const partition of await source.partitions()) {
        const stop = new AbortController()
        const reading = drained(source.read(partition, { from: 0 }, stop.signal), () => stop.abort())
        stop.abort()
        assert.ok(await settlesWithin(reading, 1000), `the read of '${partition}' went on`)
      }
    },
  },
]

async function drained(reads: AsyncIterable<Read>, each: () => void): Promise<void> {
  for await (const _ of reads) each()
}

/** The records of a range as texts. */
interface Records {
  readonly rows: readonly string[]
  readonly rejected: readonly string[]
}

/** Reads until the range ends or, for an unbounded source, all its rows have come. */
async function readRecords(
  subject: SourceSubject,
  source: Source,
  partition: string,
  range: Range,
): Promise<Records> {
  return recordsOf(await reads(subject, source, partition, range))
}

async function reads(
  subject: SourceSubject,
  source: Source,
  partition: string,
  range: Range,
): Promise<Read[]> {
  const found: Read[] = []
  let rows = 0
  for await (const read of source.read(partition, range, new AbortController().signal)) {
    found.push(read)
    rows += read.batch.length
    if (!source.bounded && rows >= subject.rows) break
  }
  return found
}

async function allReads(subject: SourceSubject): Promise<Read[][]> {
  const source = await subject.make()
  const partitions = await source.partitions()
  return Promise.all(partitions.map(partition => reads(subject, source, partition, { from: 0 })))
}

function recordsOf(list: readonly Read[]): Records {
  return {
    rows: list.flatMap(({ batch }) => rowsOf(batch).map(({ cells, weight }) => `${weight} ${rowKey(cells)}`)),
    rejected: list.flatMap(({ rejected = [] }) => rejected.map(textOfRejected)),
  }
}

function textOfRejected({ bytes, ...record }: RejectedRecord): string {
  return JSON.stringify({ ...record, bytes: Buffer.from(bytes).toString('base64') })
}

/** Calls back with each position of each partition, the records before it, and all. */
async function eachPosition(
  subject: SourceSubject,
  check: (source: Source, partition: string, at: Position, before: Records, all: Records) => Promise<void>,
): Promise<void> {
  const source = await subject.make()
  for (const partition of await source.partitions()) {
    const whole = await reads(subject, source, partition, { from: 0 })
    const all = recordsOf(whole)
    for (const [i, { position }] of whole.entries()) {
      await check(source, partition, position, recordsOf(whole.slice(0, i + 1)), all)
    }
  }
}
