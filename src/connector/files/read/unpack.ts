/** Bytes of a file as they were before they were packed: plain, gzip or zstd, known by their first bytes. */
import type { BigIntStats } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { pipeline, Readable, type Transform } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { HeadraceError } from '../../../errors.ts'
import { compressionByName, type TextCompression } from '../path/compression.ts'
import { reading } from './failure.ts'

/** Bytes read, or unpacked, at a time; their rows are one batch. */
const CHUNK_BYTES = 256 * 1024

/** An archive ends before its end. What came before is whole. */
export class BrokenOff extends Error {
  /** How many bytes of the archive there are. */
  readonly byte: number
  /** To be read after the name of a record. */
  readonly reason: string

  constructor(compression: TextCompression, byte: number) {
    super(`The ${compression} archive breaks off`)
    this.byte = byte
    this.reason = `here the ${compression} archive breaks off, at its byte ${byte}. It is cut off, or still being written`
  }
}

/**
 * The bytes of a file, unpacked, in pieces that are valid until the next one is asked for. Memory is bounded, whatever the
 * archive makes of a few bytes. Several archives that follow each other count as one. `name` is the file's in messages.
 * Throws CHANGED_MEANWHILE at the end of a file that was written anew while it was read, BrokenOff after the last piece of an archive that is cut off, and READ_FAILED for one that is damaged, since what it
 * gave cannot be relied on.
 */
export async function* unpacked(
  name: string,
  path: string,
  wanted: TextCompression | undefined,
): AsyncGenerator<Buffer> {
  const file = await reading(name, () => open(path))
  try {
    const before = await file.stat({ bigint: true })
    const compression = await compressionOf(name, file, wanted)
    try {
      if (compression === 'none') yield* plain(name, file)
      else yield* archives(name, file, compression)
    } catch (error) {
      await refuseChanged(name, file, before)
      throw error
    }
    await refuseChanged(name, file, before)
  } finally {
    await file.close()
  }
}

/** A file that only grew has been read as far as it went; of one that was written anew a part may be of before. */
async function refuseChanged(name: string, file: FileHandle, before: BigIntStats): Promise<void> {
  const { mtimeNs, size } = await file.stat({ bigint: true })
  if (size > before.size || (size === before.size && mtimeNs === before.mtimeNs)) return
  throw new HeadraceError(
    'CHANGED_MEANWHILE',
    `${name} was changed while it was being read. Run again to read what it holds now.`,
  )
}

async function* plain(name: string, file: FileHandle): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
  for (;;) {
    const { bytesRead } = await reading(name, () => file.read(buffer, 0, CHUNK_BYTES))
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
  }
}

const MAGIC: readonly (readonly [TextCompression, RegExp])[] = [
  ['gzip', /^1f(8b|$)/],
  // A frame of data, or one of those that a reader skips.
  ['zstd', /^(28(b5|$)(2f|$)(fd|$)|5.(2a|$)(4d|$)(18|$))/],
]

/** How a file is packed, by its first bytes. Throws READ_FAILED for one that is not packed as its name or its reader says. */
async function compressionOf(
  name: string,
  file: FileHandle,
  wanted: TextCompression | undefined,
): Promise<TextCompression> {
  if (wanted === 'none') return 'none'
  const { buffer, bytesRead } = await reading(name, () => file.read(Buffer.alloc(4), 0, 4, 0))
  const begin = buffer.toString('hex', 0, bytesRead)
  const expected = wanted ?? compressionByName(name)
  // Of a name that promises an archive two bytes are enough; a text may begin as half a magic number does.
  const found = MAGIC.find(([, magic]) => magic.test(begin))?.[0]
  if (expected === undefined) return bytesRead === 4 && found !== undefined ? found : 'none'
  if (found !== undefined && begin !== '' && (found === expected || wanted === undefined)) return found
  const what = bytesRead === 0 ? 'it is empty' : 'it does not begin as one'
  throw new HeadraceError(
    'READ_FAILED',
    `Cannot read ${name} as a ${expected} archive: ${what}. ${bytesRead === 0 ? 'Fetch it again.' : "If it is plain, give compression: 'none'."}`,
  )
}

/** Node's unpackers stop after one archive, or go on: whatever is left begins another one. */
async function* archives(
  name: string,
  file: FileHandle,
  compression: TextCompression,
): AsyncGenerator<Buffer> {
  let begin = 0
  for (;;) {
    const size = yield* archive(name, file, compression, begin)
    begin += size
    if (await isPadding(name, file, begin)) return
  }
}

/** Zeros after an archive fill a block of a tape or a disk, and mean nothing. */
async function isPadding(name: string, file: FileHandle, begin: number): Promise<boolean> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
  for (let at = begin; ; ) {
    const { bytesRead } = await reading(name, () => file.read(buffer, 0, CHUNK_BYTES, at))
    if (bytesRead === 0) return true
    if (buffer.subarray(0, bytesRead).some(byte => byte !== 0)) return false
    at += bytesRead
  }
}

/** Unpacks the archive that begins at a byte; gives its length. */
async function* archive(
  name: string,
  file: FileHandle,
  compression: TextCompression,
  begin: number,
): AsyncGenerator<Buffer, number> {
  const unpacker = UNPACKERS[compression as keyof typeof UNPACKERS](ONE_PIECE)
  const packed = Readable.from(bytesFrom(file, begin, unpacker), { objectMode: false })
  // What fails shows when the pieces are asked for.
  pipeline(packed, unpacker, () => undefined)
  try {
    for await (const piece of unpacker) yield piece as Buffer
    return unpacker.bytesWritten
  } catch (error) {
    throw failureOf(name, compression, (await file.stat()).size, error as NodeJS.ErrnoException)
  } finally {
    packed.destroy()
    unpacker.destroy()
  }
}

const UNPACKERS = { gzip: createGunzip, zstd: createZstdDecompress }

/** A stream that fails forgets what it holds, so it holds one piece, and goes on when that has been taken. */
const ONE_PIECE = { chunkSize: CHUNK_BYTES, highWaterMark: 1 }

async function* bytesFrom(file: FileHandle, begin: number, unpacker: Transform): AsyncGenerator<Buffer> {
  for (let at = begin; !unpacker.readableEnded; ) {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(PACKED_BYTES), 0, PACKED_BYTES, at)
    if (bytesRead === 0) return
    at += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

const PACKED_BYTES = 64 * 1024

function failureOf(
  name: string,
  compression: TextCompression,
  size: number,
  cause: NodeJS.ErrnoException,
): Error {
  // The unpackers ask for more bytes, and there are none.
  if (cause.code === 'Z_BUF_ERROR') return new BrokenOff(compression, size)
  return new HeadraceError(
    'READ_FAILED',
    `Cannot read ${name}: the ${compression} archive is damaged (${cause.message}). Fetch it again, or leave it out.`,
    { cause },
  )
}
