/** Text formats, written: batches through an encoder, and a compressor if need be, into a file. */
import { once } from 'node:events'
import { type FileHandle, open } from 'node:fs/promises'
import type { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createGzip, createZstdCompress } from 'node:zlib'
import { HeadraceError } from '../../../errors.ts'
import { type NewFile, writing } from '../../../runtime/pending-file.ts'
import type { Batch } from '../../../schema/batch.ts'
import type { Encoder } from '../../../schema/encoder.ts'
import type { Compression } from '../path/compression.ts'
import type { TextFormat } from '../read/text.ts'
import type { FileFormat, RowWriter } from './format.ts'

/** Encoded bytes that are handed on at a time: the rows of a small batch are not worth a call of the system. */
const BLOCK_BYTES = 256 * 1024

/** What a sink needs to write the format. */
export function textFileFormat(format: TextFormat): FileFormat {
  return {
    name: format.name,
    writers: async (schema, compression) => {
      if (compression === 'snappy') {
        throw new HeadraceError(
          'INVALID_ARGUMENT',
          `files.${format.name}: compression 'snappy' is for Parquet. Text is written with 'none', 'gzip' or 'zstd'.`,
        )
      }
      return {
        create: async file => {
          const encoder = format.encoder(schema)
          return new TextWriter(file, encoder, await openOutput(file, compression))
        },
        close: () => undefined,
      }
    },
  }
}

/** Gzip always has a checksum of the text; zstd when asked, and without one a flipped bit would be read as data. */
const CHECKED = { params: { [constants.ZSTD_c_checksumFlag]: 1 } }

/** Bytes on their way to a file. */
interface FileOutput {
  put(bytes: Uint8Array): Promise<void>
  end(): Promise<void>
  abort(): Promise<void>
}

async function openOutput(file: NewFile, compression: Compression = 'none'): Promise<FileOutput> {
  const handle = await writing(file.path, () => open(file.temporary, 'wx'))
  if (compression === 'none') return plainOutput(handle)
  return packedOutput(handle, compression === 'gzip' ? createGzip() : createZstdCompress(CHECKED))
}

function plainOutput(handle: FileHandle): FileOutput {
  return { put: bytes => handle.writeFile(bytes), end: () => handle.close(), abort: () => handle.close() }
}

function packedOutput(handle: FileHandle, packer: Transform): FileOutput {
  const done = pipeline(packer, handle.createWriteStream())
  // Awaited in the next call, which may come after the failure.
  done.catch(() => undefined)
  const put = async (bytes: Uint8Array): Promise<void> => {
    if (!packer.write(bytes)) await Promise.race([once(packer, 'drain'), done])
  }
  const end = async (): Promise<void> => {
    packer.end()
    await done
  }
  const abort = async (): Promise<void> => {
    packer.destroy()
    await done.catch(() => undefined)
  }
  return { put, end, abort }
}

class TextWriter implements RowWriter {
  readonly #path: string
  readonly #encoder: Encoder
  readonly #output: FileOutput
  #blocks: Uint8Array[]
  #bytes = 0

  constructor({ path }: NewFile, encoder: Encoder, output: FileOutput) {
    this.#path = path
    this.#encoder = encoder
    this.#output = output
    this.#blocks = [encoder.head()]
  }

  async write(batch: Batch): Promise<void> {
    const block = this.#encoder.encode(batch)
    this.#blocks.push(block)
    this.#bytes += block.length
    if (this.#bytes >= BLOCK_BYTES) await this.#put()
  }

  async end(): Promise<void> {
    this.#blocks.push(this.#encoder.tail())
    await this.#put()
    await writing(this.#path, () => this.#output.end())
  }

  async abort(): Promise<void> {
    await this.#output.abort().catch(() => undefined)
  }

  async #put(): Promise<void> {
    const bytes = this.#blocks.length === 1 ? this.#blocks[0]! : Buffer.concat(this.#blocks)
    this.#blocks = []
    this.#bytes = 0
    if (bytes.length > 0) await writing(this.#path, () => this.#output.put(bytes))
  }
}
