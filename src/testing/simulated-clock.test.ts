import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulatedClock } from './simulated-clock.ts'

const never = new AbortController().signal

test('the clock stands still until it is moved', async () => {
  const clock = simulatedClock({ start: 1000 })
  assert.equal(clock.now(), 1000)
  await clock.advance(250)
  assert.equal(clock.now(), 1250)
  await assert.rejects(clock.advance(-1), { code: 'INVALID_ARGUMENT', message: /only moves forward/ })
  await assert.rejects(clock.advance(Number.NaN), { code: 'INVALID_ARGUMENT' })
})

test('who sleeps wakes at its time, the earliest first, and may sleep again', async () => {
  const clock = simulatedClock()
  const woken: string[] = []
  const ticking = async (name: string, every: number): Promise<void> => {
    for (let i = 0; i < 3; i++) {
      await clock.sleep(every, never)
      woken.push(`${name} at ${clock.now()}`)
    }
  }
  const all = Promise.all([ticking('a', 20), ticking('b', 30)])
  await clock.advance(59)
  assert.deepEqual(woken, ['a at 20', 'b at 30', 'a at 40'])
  await clock.advance(31)
  assert.deepEqual(woken.slice(3), ['b at 60', 'a at 60', 'b at 90'])
  await all
})

test('an aborted sleep ends at once, without the clock', async () => {
  const clock = simulatedClock()
  const stop = new AbortController()
  const sleeping = clock.sleep(10, stop.signal)
  await clock.asleep()
  stop.abort()
  await sleeping
  await clock.sleep(10, stop.signal)
  await clock.sleep(0, never)
  assert.equal(clock.now(), 0)
})

test('asleep tells when so many wait', async () => {
  const clock = simulatedClock()
  let two = false
  const both = clock.asleep(2).then(() => {
    two = true
  })
  const first = clock.sleep(5, never)
  await clock.advance(0)
  assert.equal(two, false)
  const second = clock.sleep(5, never)
  await both
  await clock.advance(5)
  await Promise.all([first, second])
})
