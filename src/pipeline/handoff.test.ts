import assert from 'node:assert/strict'
import test from 'node:test'
import { handOff } from './handoff.ts'

test('values come in order, and the producer is never more than one ahead', async () => {
  let put = 0
  const values: number[] = []
  const source = handOff<number>(async give => {
    for (; put < 5; put++) await give(put)
  })
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
  })
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
  })
  for await (const value of source) if (value === 3) break
  assert.equal(ended, true)
})

test('a producer without values gives none', async () => {
  for await (const value of handOff(async () => undefined)) assert.fail(`${value}`)
})
