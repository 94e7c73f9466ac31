import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seeded } from '../../runtime/random.ts'
import { type Hash, type HashedCell, hashCell, hashInt64 } from './hash.ts'
import { HyperLogLog } from './hyperloglog.ts'

const hashOf = (cell: HashedCell): [number, number] => {
  const hash: Hash = { high: 0, low: 0 }
  hashCell(cell, hash)
  return [hash.high, hash.low]
}

function sketchOf(values: Iterable<HashedCell>): HyperLogLog {
  const sketch = new HyperLogLog()
  for (const value of values) sketch.add(value)
  return sketch
}

function* range(n: number, value: (i: number) => HashedCell): Generator<HashedCell> {
  for (let i = 0; i < n; i++) yield value(i)
}

test('equal cells hash alike, and an int64 by its words as by its bigint', () => {
  assert.deepEqual(hashOf(-0), hashOf(0))
  assert.deepEqual(hashOf(Uint8Array.of(1, 2)), hashOf(Buffer.from([1, 2])))
  assert.notDeepEqual(hashOf('a\0'), hashOf('a'))
  assert.notDeepEqual(hashOf(Uint8Array.of(0)), hashOf(Uint8Array.of(0, 0)))
  assert.notDeepEqual(hashOf('ab'), hashOf('ba'))
  assert.notDeepEqual(hashOf(true), hashOf(false))
  for (const value of [0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 1_700_000_000_000_000n]) {
    const hash: Hash = { high: 0, low: 0 }
    hashInt64(Number(BigInt.asIntN(32, value)), Number(value >> 32n), hash)
    assert.deepEqual([hash.high, hash.low], hashOf(value))
  }
})

test('one changed bit of the input changes every bit of the hash about half of the time', () => {
  const random = seeded(7)
  const flips = new Array<number>(64).fill(0)
  const trials = 4000
  for (let i = 0; i < trials; i++) {
    const value = BigInt(Math.floor(random() * 2 ** 53))
    const bit = BigInt(Math.floor(random() * 53))
    const a = hashOf(value)
    const b = hashOf(value ^ (1n << bit))
    for (let k = 0; k < 64; k++) flips[k]! += ((a[k >> 5]! ^ b[k >> 5]!) >>> (k & 31)) & 1
  }
  // Five standard deviations of a fair coin.
  for (const n of flips) assert.ok(Math.abs(n - trials / 2) < 5 * Math.sqrt(trials / 4), `${n} of ${trials}`)
})

test('the estimate is within three standard errors, from none to a million values of every form', () => {
  const forms: [name: string, value: (i: number) => HashedCell][] = [
    ['int32', i => i],
    ['int64', i => BigInt(i) * 1_000_000n],
    ['float64', i => i / 1024],
    ['text', i => `user-${i}`],
    ['bytes', i => Buffer.from(`${i}`)],
  ]
  for (const [name, value] of forms) {
    for (const n of [0, 1, 2, 10, 100, 1000, 2500, 20_000, 60_000]) {
      const estimate = sketchOf(range(n, value)).estimate()
      assert.ok(Math.abs(estimate - n) <= Math.ceil(3 * 0.0081 * n), `${name}: ${estimate} for ${n}`)
    }
  }
  const estimate = sketchOf(range(1_000_000, i => i)).estimate()
  assert.ok(Math.abs(estimate - 1_000_000) < 0.025 * 1_000_000, `${estimate}`)
})

test('repeats, order and merging do not change the estimate', () => {
  const values = [...range(5000, i => `k${i}`)]
  const whole = sketchOf(values).estimate()
  assert.equal(sketchOf([...values, ...values]).estimate(), whole)
  assert.equal(sketchOf(values.toReversed()).estimate(), whole)
  for (const cut of [0, 1, 50, 2500, 5000]) {
    const merged = sketchOf(values.slice(0, cut))
    const rest = sketchOf(values.slice(cut))
    const before = rest.estimate()
    merged.merge(rest)
    assert.equal(merged.estimate(), whole)
    assert.equal(rest.estimate(), before)
  }
})
