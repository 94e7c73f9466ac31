import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seeded } from '../../runtime/random.ts'
import { DDSketch } from './ddsketch.ts'

const QUANTILES = [0, 0.001, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1]

function sketchOf(values: readonly number[]): DDSketch {
  const sketch = new DDSketch()
  for (const value of values) sketch.add(value)
  return sketch
}

const answers = (sketch: DDSketch) => QUANTILES.map(q => sketch.quantile(q))

/** Values over many magnitudes, both signs and zero. */
function sample(seed: number, n: number): number[] {
  const random = seeded(seed)
  return Array.from({ length: n }, () => {
    const magnitude = 10 ** (random() * 24 - 12)
    const kind = random()
    return kind < 0.1 ? 0 : kind < 0.5 ? -magnitude : magnitude
  })
}

test('every quantile is within 1 % of the value at its rank', () => {
  const seed = 11
  for (const n of [1, 2, 3, 10, 1000, 20_000]) {
    const values = sample(seed, n)
    const sorted = values.toSorted((a, b) => a - b)
    const sketch = sketchOf(values)
    for (const q of QUANTILES) {
      const exact = sorted[Math.floor(q * (n - 1))]!
      const error = Math.abs(sketch.quantile(q)! - exact)
      assert.ok(error <= 0.01 * Math.abs(exact) * (1 + 1e-9), `seed ${seed}, n ${n}, q ${q}: ${exact}`)
    }
  }
})

test('the extremes of doubles stay finite, signed and in order', () => {
  const sketch = sketchOf([-Number.MAX_VALUE, -1e-300, -0, 1e-300, Number.MAX_VALUE])
  const found = [0, 0.25, 0.5, 0.75, 1].map(q => sketch.quantile(q)!)
  assert.deepEqual(found.map(Math.sign), [-1, -1, 0, 1, 1])
  assert.ok(found.every(Number.isFinite))
  assert.ok(Math.abs(found[4]! / Number.MAX_VALUE - 1) <= 0.01)
  assert.ok(Math.abs(found[3]! / 1e-300 - 1) <= 0.01)
})

test('order, merging and retraction give the sketch of the multiset', () => {
  const values = sample(5, 3000)
  const whole = answers(sketchOf(values))
  assert.deepEqual(answers(sketchOf(values.toReversed())), whole)
  const merged = sketchOf(values.slice(0, 700))
  merged.merge(sketchOf(values.slice(700)))
  assert.deepEqual(answers(merged), whole)
  const extra = sample(6, 500)
  const retracted = sketchOf([...extra, ...values])
  for (const value of extra) retracted.retract(value)
  assert.deepEqual(answers(retracted), whole)
})

test('an empty sketch has no quantile, and taking away what was never added is a mistake', () => {
  const sketch = new DDSketch()
  assert.equal(sketch.quantile(0.5), null)
  sketch.change(3, 2)
  sketch.change(3, -2)
  assert.equal(sketch.quantile(0.5), null)
  assert.throws(() => sketch.retract(3), /never added/)
})
