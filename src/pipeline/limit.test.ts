import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readFrom } from '../plan/endpoint.ts'
import { sourcesOf } from '../plan/rewrite.ts'
import { batchOfRows, rowsOf } from '../schema/row.ts'
import { t } from '../schema/type.ts'
import type { Read, RejectedRecord, Source } from '../seam/source.ts'
import { limited } from './limit.ts'

const schema = { n: t.int32() }

function bad(position: number): RejectedRecord {
  return { place: 'x', position, bytes: new Uint8Array(), code: 'BAD_RECORD', message: `bad ${position}` }
}

/** Two partitions of ten records; those of which the position ends in 2 or 5 are bad. A read has five records. */
function source(opened: string[]): Source {
  return {
    name: 'ten',
    repeatable: true,
    bounded: false,
    partitions: async () => ['a', 'b'],
    async *read(partition) {
      opened.push(partition)
      for (const from of [0, 5]) {
        const positions = [0, 1, 2, 3, 4].map(i => from + i)
        const rejected = positions.filter(n => n % 10 === 2 || n % 10 === 5).map(bad)
        const rows = positions.filter(n => n % 10 !== 2 && n % 10 !== 5).map(n => ({ n }))
        yield { batch: batchOfRows(schema, rows), position: from + 5, rejected }
      }
    },
  }
}

async function firstOf(records: number, opened: string[] = []) {
  const { node } = readFrom(source(opened), { schema })
  const [limitedNode] = sourcesOf([limited(node, records)])
  const { source: cut } = limitedNode!
  assert.equal(cut.bounded, true)
  const reads: Read[] = []
  for (let run = 0; run < 2; run++) {
    reads.length = 0
    for (const partition of await cut.partitions()) {
      for await (const read of cut.read(partition, { from: 0 }, new AbortController().signal))
        reads.push(read)
    }
  }
  return {
    rows: reads.flatMap(({ batch }) => rowsOf(batch).map(row => row.n)),
    bad: reads.flatMap(({ rejected = [] }) => rejected.map(({ position }) => position)),
    positions: reads.map(({ position }) => position),
  }
}

test('a source ends after so many records, rows and bad ones, in each run anew', async () => {
  assert.deepEqual(await firstOf(2), { rows: [0, 1], bad: [], positions: [2] })
  assert.deepEqual(await firstOf(3), { rows: [0, 1], bad: [2], positions: [3] })
  assert.deepEqual(await firstOf(7), { rows: [0, 1, 3, 4, 6], bad: [2, 5], positions: [5, 7] })
})

test('the partitions have the records together, and those after the last are not opened', async () => {
  const opened: string[] = []
  assert.deepEqual((await firstOf(10, opened)).positions, [5, 10])
  assert.deepEqual(opened, ['a', 'a'])
  assert.deepEqual((await firstOf(12)).positions, [5, 10, 2])
  assert.equal((await firstOf(100)).rows.length, 16)
})
