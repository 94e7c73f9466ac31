import assert from 'node:assert/strict'
import test from 'node:test'
import { handOff } from './handoff.ts'

const never = new AbortController().signal

test('values come in order, and the producer is never more than one ahead', async () => {
  let put = 0
  const values: number[] = []
  const source = handOff<number>(async give => {
    for (; put < 5; put++) await give(put)
  }, never)
  for await (const value of source) {
    values.push(value)
    assert.equal(put, value)
    await new Promise(setImmediate)
  }
  assert.deepEqual(values, [0, 1, 2, 3, 4])
})

test('a producer that fails fails the consumer after the values before it', async () => {
  const values: number[] = []
  const source = handOff<number>(async give => {
    await give(1)
    throw new Error('scripted')
  }, never)
  await assert.rejects(
    async () => {
      for await (const value of source) values.push(value)
    },
    { message: 'scripted' },
  )
  assert.deepEqual(values, [1])
})

test('a consumer that stops aborts the producer and waits for its end', async () => {
  let ended = false
  const source = handOff<number>(async (give, signal) => {
    for (let i = 0; !signal.aborted; i++) await give(i)
    await new Promise(setImmediate)
    ended = true
    throw new Error('nobody hears this')
  }, never)
  for await (const value of source) if (value === 3) break
  assert.equal(ended, true)
})

test('a producer without values gives none', async () => {
  for await (const value of handOff(async () => undefined, never)) assert.fail(`${value}`)
})

test('an abort from outside ends the producer, though the consumer is still busy with a value', async () => {
  const outer = new AbortController()
  const ended = Promise.withResolvers<void>()
  const source = handOff<number>(async (give, signal) => {
    for (let i = 0; !signal.aborted; i++) await give(i)
    ended.resolve()
    throw new Error('stopped')
  }, outer.signal)
  assert.equal((await source.next()).value, 0)
  outer.abort()
  await ended.promise
  await assert.rejects(source.next(), { message: 'stopped' })
})
