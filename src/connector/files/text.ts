/** Text formats: bytes from a file through a decoder, batches through an encoder into a file. */
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { HeadraceError } from '../../errors.ts'
import type { Batch } from '../../schema/batch.ts'
import type { Decoder } from '../../schema/decoder.ts'
import type { Encoder } from '../../schema/encoder.ts'
import type { Schema } from '../../schema/type.ts'
import type { Source } from '../../seam/source.ts'
import { cutToRange } from '../ranges.ts'
import { checkFile, reading } from './path.ts'

/** A text format by its codec. */
export interface TextFormat {
  readonly name: string
  decoder(schema: Schema): Decoder
  encoder(schema: Schema): Encoder
}

/** Bytes decoded at a time; their rows are one batch. */
const CHUNK_BYTES = 256 * 1024

/** One file, one partition. Positions count records; resuming decodes the file again from its beginning. */
export function textSource(path: string, format: TextFormat, schema: Schema): Source {
  return {
    name: `${format.name} ${basename(path)}`,
    repeatable: true,
    bounded: true,
    partitions: async () => {
      await checkFile(path)
      return [path]
    },
    read: (_, range, signal) => cutToRange(decoded(path, format, schema), range, signal),
  }
}

async function* decoded(path: string, format: TextFormat, schema: Schema): AsyncGenerator<Batch> {
  const decoder = await reading(path, () => format.decoder(schema))
  let first = true
  const chunks = createReadStream(path, { highWaterMark: CHUNK_BYTES })
  const next = chunks[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  try {
    for (;;) {
      const chunk = await reading(path, () => next.next())
      await reading(path, () => {
        if (chunk.done === true) return decoder.end()
        if (first) refuseOtherFormats(path, format, chunk.value)
        first = false
        decoder.push(chunk.value)
      })
      if (decoder.rows > 0) yield decoder.take()
      if (chunk.done === true) return
    }
  } finally {
    chunks.destroy()
  }
}

/** The first bytes of formats that no text begins with, and what to read them with. */
const binary: readonly (readonly [Buffer, string])[] = [
  [Buffer.from('PAR1'), 'a Parquet file: read it with files.parquet'],
  [Buffer.from([0x1f, 0x8b]), 'compressed with gzip: unpack it first'],
  [Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), 'compressed with zstd: unpack it first'],
  [Buffer.from('PK\x03\x04'), 'a zip archive: unpack it first'],
]

function refuseOtherFormats(path: string, format: TextFormat, bytes: Buffer): void {
  const other = binary.find(([magic]) => bytes.subarray(0, magic.length).equals(magic))
  if (other === undefined) return
  throw new HeadraceError('READ_FAILED', `Cannot read ${path} as ${format.name}: it is ${other[1]}.`)
}
