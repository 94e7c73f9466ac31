import assert from 'node:assert/strict'
import { appendFile, mkdtemp, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { constants, gzipSync, zstdCompressSync } from 'node:zlib'
import { seeded } from '../../../runtime/random.ts'
import type { TextCompression } from '../path/compression.ts'
import { BrokenOff, unpacked } from './unpack.ts'

let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headrace-unpack-'))
})
after(() => rm(folder, { recursive: true }))

const SEED = 11
const random = seeded(SEED)
/** Text that packs to about a third, longer than what is unpacked at a time. */
const text = Buffer.from(Array.from({ length: 60_000 }, (_, i) => `${i} ${random()}\n`).join(''))

interface Found {
  readonly bytes: Buffer
  readonly error?: Error
}

async function unpack(name: string, packed: Buffer, wanted?: TextCompression): Promise<Found> {
  const path = join(folder, name)
  await writeFile(path, packed)
  const pieces: Buffer[] = []
  try {
    for await (const piece of unpacked(name, path, wanted)) pieces.push(Buffer.from(piece))
  } catch (error) {
    return { bytes: Buffer.concat(pieces), error: error as Error }
  }
  return { bytes: Buffer.concat(pieces) }
}

const checksum = { params: { [constants.ZSTD_c_checksumFlag]: 1 } }
const packers = {
  gzip: ['x.gz', (bytes: Buffer) => gzipSync(bytes, { level: 1 })],
  zstd: ['x.zst', (bytes: Buffer) => zstdCompressSync(bytes, checksum)],
} as const

for (const [compression, [name, pack]] of Object.entries(packers)) {
  describe(compression, () => {
    const whole = pack(text)

    test('is known by its first bytes, whatever the name', async () => {
      for (const file of [name, 'plain.csv', 'x.other']) {
        const { bytes, error } = await unpack(file, whole)
        assert.equal(error, undefined)
        assert.ok(bytes.equals(text))
      }
    })

    test('several archives that follow each other count as one, wherever they meet', async () => {
      for (let i = 0; i < 12; i++) {
        const cuts = [0, 1, 2].map(() => Math.floor(random() * text.length)).sort((a, b) => a - b)
        const parts = [0, ...cuts].map((from, n) => pack(text.subarray(from, cuts[n] ?? text.length)))
        const { bytes, error } = await unpack(name, Buffer.concat(parts))
        assert.equal(error, undefined, `seed ${SEED}, cuts ${cuts}`)
        assert.ok(bytes.equals(text), `seed ${SEED}, cuts ${cuts}`)
      }
    })

    test('zeros after the end mean nothing', async () => {
      const { bytes, error } = await unpack(name, Buffer.concat([whole, Buffer.alloc(5000)]))
      assert.equal(error, undefined)
      assert.ok(bytes.equals(text))
    })

    test('one that is cut off gives what came before, the same each time, and says where', async () => {
      for (const size of [3, 20, whole.length >> 1, whole.length - 1]) {
        const { bytes, error } = await unpack(name, whole.subarray(0, size))
        assert.ok(error instanceof BrokenOff, `${size} bytes: ${error}`)
        assert.equal(error.byte, size)
        assert.ok(bytes.equals(text.subarray(0, bytes.length)))
        if (size > 1000) assert.ok(bytes.length > size, 'most of it is there')
        const again = await unpack(name, whole.subarray(0, size))
        assert.ok(again.bytes.equals(bytes))
      }
    })

    test('one that is damaged, or followed by something else, is refused', async () => {
      for (const at of [whole.length >> 1, whole.length - 6]) {
        const damaged = Buffer.from(whole)
        damaged[at]! ^= 0x55
        const { error } = await unpack(name, damaged)
        assert.equal((error as { code?: string }).code, 'READ_FAILED', `byte ${at}: ${error}`)
        assert.match(error!.message, /damaged/)
      }
      const { error } = await unpack(name, Buffer.concat([whole, Buffer.from('garbage')]))
      assert.match(error!.message, /damaged/)
    })

    test('a name or an option that promises an archive is held to it', async () => {
      const refused: [Buffer, TextCompression | undefined, RegExp][] = [
        [text, undefined, /does not begin as one.*compression: 'none'/],
        [Buffer.alloc(0), undefined, /it is empty/],
        [text, compression as TextCompression, /does not begin as one/],
        [whole, compression === 'gzip' ? 'zstd' : 'gzip', /does not begin as one/],
      ]
      for (const [bytes, wanted, message] of refused) {
        const { error } = await unpack(name, bytes, wanted)
        assert.equal((error as { code?: string } | undefined)?.code, 'READ_FAILED')
        assert.match(error!.message, message)
      }
      const plain = await unpack(name, text, 'none')
      assert.ok(plain.bytes.equals(text))
    })

    test('what a few bytes become does not fill the memory', async () => {
      const path = join(folder, `bomb.${name}`)
      const zeros = Buffer.alloc(400 * 2 ** 20)
      await writeFile(path, pack(zeros))
      const before = process.memoryUsage.rss()
      let length = 0
      let most = 0
      for await (const piece of unpacked(path, path, undefined)) {
        length += piece.length
        most = Math.max(most, process.memoryUsage.rss())
      }
      assert.equal(length, zeros.length)
      assert.ok(most - before < 200 * 2 ** 20, `${Math.round((most - before) / 2 ** 20)} MB more`)
    })
  })
}

test('a file that is written anew while it is read is refused, and one that grows is read as far as it goes', async () => {
  const first = Buffer.from('1\n'.repeat(400_000))
  const changes: readonly [string, (path: string) => Promise<void>][] = [
    ['cut off', path => truncate(path, 300_000)],
    ['emptied', path => truncate(path, 0)],
    ['as long', path => writeFile(path, '2\n'.repeat(400_000))],
  ]
  const read = async (
    name: string,
    bytes: Buffer,
    change: (path: string) => Promise<void>,
  ): Promise<number> => {
    const path = join(folder, name)
    await writeFile(path, bytes)
    await utimes(path, 0, 0)
    let length = 0
    for await (const piece of unpacked(name, path, undefined)) {
      if (length === 0) await change(path)
      length += piece.length
    }
    return length
  }
  for (const [what, change] of changes) {
    const changed = { code: 'CHANGED_MEANWHILE', message: /^changing.csv was changed/ }
    await assert.rejects(read('changing.csv', first, change), changed, what)
  }
  const packed = zstdCompressSync(text)
  await assert.rejects(
    read('changing.csv', packed, path => truncate(path, 1000)),
    { code: 'CHANGED_MEANWHILE' },
  )
  assert.equal(await read('growing.csv', first, path => appendFile(path, '3\n')), first.length + 2)
})
