import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HeadraceError } from '../errors.ts'
import { type Duration, durationMicros, durationText, offsetMicros } from './duration.ts'

test('durations are counted in microseconds', () => {
  assert.equal(durationMicros('size', '5 seconds'), 5_000_000)
  assert.equal(durationMicros('size', '1 week'), 604_800_000_000)
  assert.equal(durationMicros('lateness', '0 seconds', 0), 0)
  assert.equal(offsetMicros('-90 minutes'), -5_400_000_000)
})

test('what is not a duration is refused', () => {
  const wrong = [
    '',
    '5',
    '5s',
    '1.5 seconds',
    '5 months',
    ' 5 seconds',
    '0 seconds',
    '-1 second',
    '99999999999 weeks',
  ]
  for (const text of wrong) {
    assert.throws(
      () => durationMicros('size', text as Duration),
      (error: HeadraceError) => error.code === 'INVALID_DURATION' && error.message.includes(`'${text}'`),
    )
  }
})

test('durations are written in their largest whole unit', () => {
  assert.deepEqual([0, 1, 1_500, 60_000_000, 90_000_000, 604_800_000_000].map(durationText), [
    '0 seconds',
    '1 microsecond',
    '1500 microseconds',
    '1 minute',
    '90 seconds',
    '1 week',
  ])
})
