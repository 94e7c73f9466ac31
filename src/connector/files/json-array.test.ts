import assert from 'node:assert/strict'
import test from 'node:test'
import { linesOfArray } from './json-array.ts'

/** The elements, parsed one a line, of a text fed in chunks of `size` bytes. */
async function elements(text: string, size = 1000): Promise<unknown[]> {
  const bytes = Buffer.from(text)
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size)
  }
  let lines = ''
  for await (const part of linesOfArray('x.json', chunks())) lines += part.toString('latin1')
  const utf8 = Buffer.from(lines, 'latin1').toString()
  return utf8.split('\n').flatMap(line => (line.trim() === '' ? [] : [JSON.parse(line)]))
}

const records = [
  { a: 1, text: 'x], {"y' },
  { a: [1, [2, 3]], text: 'a \\" b\\\\' },
  { a: { b: [] }, text: 'ü €\n😀' },
]

test('elements come out one a line, wherever the chunks are cut', async () => {
  for (const text of [JSON.stringify(records), JSON.stringify(records, null, 2)]) {
    for (const size of [1, 2, 3, 7, 1000]) assert.deepEqual(await elements(text, size), records)
  }
  assert.deepEqual(await elements(' [ ] \n'), [])
})

test('what is no array, or not whole, is refused at its byte', async () => {
  for (const [text, place] of [
    ['{"a":1}', 'byte 0'],
    ['', 'byte 0'],
    ['[{"a":1}', 'byte 8'],
    ['[{"a":1}] 5', 'byte 10'],
    ['[,{"a":1}]', 'byte 1'],
    ['[{"a":1},,{}]', 'byte 9'],
    ['[{"a":1},]', 'byte 9'],
    ['[1}', 'byte 2'],
    ['["x', 'byte 3'],
  ] as const) {
    await assert.rejects(
      elements(text),
      { code: 'BAD_RECORD', message: new RegExp(`x\\.json.*${place}`) },
      text,
    )
  }
})
