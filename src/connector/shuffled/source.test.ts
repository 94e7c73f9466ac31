import assert from 'node:assert/strict'
import test from 'node:test'
import { systemRuntime } from '../../runtime/runtime.ts'
import { batchOfCells, cellsAt } from '../../schema/batch.ts'
import type { Cell } from '../../schema/cell.ts'
import { t } from '../../schema/type.ts'
import type { Range, Source } from '../../seam/source.ts'
import { sourceLaws } from '../../testing/source-laws.ts'
import { type Block, cutBlocks } from '../ranges.ts'
import { shuffledSource } from './source.ts'

const schema = { at: t.timestamp(), who: t.string() }
const within = 100

/** Rows 7 µs apart in batches of the given size; each batch brings a dictionary of its own. */
function sorted(rows: number, size: number, time = (row: number): bigint => BigInt(row * 7)): Source {
  return {
    name: 'sorted',
    repeatable: true,
    bounded: true,
    partitions: async () => ['0'],
    async *read() {
      for (let first = 0; first < rows; first += size) {
        const length = Math.min(size, rows - first)
        const cells = Array.from({ length }, (_, i) => [time(first + i), `row ${first + i}`])
        yield { batch: batchOfCells(schema, cells), position: first + length }
      }
    },
  }
}

async function arrived(source: Source, range: Range = { from: 0 }): Promise<Cell[][]> {
  const rows: Cell[][] = []
  for await (const { batch } of source.read('0', range, new AbortController().signal)) {
    for (let i = 0; i < batch.length; i++) rows.push(cellsAt(batch, i))
  }
  return rows
}

const times = (rows: readonly Cell[][]): number[] => rows.map(row => Number(row[0]))

test('every row arrives once, out of order, and less than `within` behind the latest before it', async () => {
  const rows = await arrived(shuffledSource(sorted(5000, 64), { column: 'at', within, seed: 1 }))
  assert.deepEqual(
    times(rows).toSorted((a, b) => a - b),
    Array.from({ length: 5000 }, (_, i) => i * 7),
  )
  for (const [at, who] of rows) assert.equal(who, `row ${Number(at) / 7}`)
  let latest = 0
  let behind = 0
  for (const time of times(rows)) {
    assert.ok(latest - time < within)
    if (time < latest) behind++
    latest = Math.max(latest, time)
  }
  assert.ok(behind > 1000, `${behind} of 5000 rows came after a later one`)
})

test('the order depends on the seed, not on the batches of the source', async () => {
  const shuffle = { column: 'at', within, seed: 5 }
  const rows = await arrived(shuffledSource(sorted(1000, 1000), shuffle))
  for (const size of [1, 7, 333])
    assert.deepEqual(await arrived(shuffledSource(sorted(1000, size), shuffle)), rows)
  assert.notDeepEqual(await arrived(shuffledSource(sorted(1000, 7), { ...shuffle, seed: 6 })), rows)
  assert.deepEqual(
    await arrived(shuffledSource(sorted(1000, 7), shuffle), { from: 30, to: 45 }),
    rows.slice(30, 45),
  )
})

test('few rows wait: most of a batch goes on at once', async () => {
  const sizes: number[] = []
  const source = shuffledSource(sorted(10_000, 500), { column: 'at', within, seed: 1 })
  for await (const { batch } of source.read('0', { from: 0 }, new AbortController().signal))
    sizes.push(batch.length)
  for (const size of sizes.slice(0, -1)) assert.ok(size > 470 && size < 530, `${size}`)
})

test('a source that is not sorted is refused at the row', async () => {
  const back = sorted(10, 4, row => (row === 6 ? 0n : BigInt(row)))
  await assert.rejects(arrived(shuffledSource(back, { column: 'at', within, seed: 1 })), {
    code: 'INVALID_ARGUMENT',
    message: /row 6/,
  })
})

test('a source that must be placed is placed before it is shuffled', async () => {
  const { read, ...unplaced } = sorted(10, 10)
  const nowhere: Source = {
    ...unplaced,
    read: () => assert.fail('read before it was placed'),
    at: ({ dir }) => ({ ...unplaced, read, name: `sorted in ${dir}`, dated: true }),
  }
  const site = { dir: '/data', warehouse: '', runtime: systemRuntime, shared: () => assert.fail() }
  const placed = shuffledSource(nowhere, { column: 'at', within, seed: 1 }).at!(site)
  assert.deepEqual([placed.name, placed.dated], ['shuffled sorted in /data', true])
  assert.equal((await arrived(placed)).length, 10)
})

/** Ten blocks of ten rows, each with a bad record in its middle. */
const withBadRecords: Source = {
  name: 'bad',
  repeatable: true,
  bounded: true,
  partitions: async () => ['0'],
  read: (_, range, signal) => cutBlocks(badBlocks(), range, signal),
}

async function* badBlocks(): AsyncGenerator<Block> {
  for (let block = 0; block < 10; block++) {
    const rows = Array.from({ length: 10 }, (_, i): Cell[] => [BigInt(block * 10 + i)])
    const position = block * 11 + 5
    const bad = {
      place: 'bad',
      position,
      bytes: Buffer.from('?'),
      code: 'BAD_RECORD',
      message: 'bad',
    } as const
    yield { batch: batchOfCells({ at: t.timestamp() }, rows), rejected: [bad] }
  }
}

sourceLaws('shuffled with bad records', {
  rows: 100,
  rejected: 10,
  make: async () => shuffledSource(withBadRecords, { column: 'at', within: 15, seed: 3 }),
})
