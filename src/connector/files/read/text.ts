/** Text formats, read: bytes of a file through a decoder. */
import { HeadraceError } from '../../../errors.ts'
import type { BadRecord, DecodeOptions, Decoder } from '../../../schema/decoder.ts'
import type { Encoder } from '../../../schema/encoder.ts'
import type { Schema } from '../../../schema/type.ts'
import type { RejectedRecord } from '../../../seam/source.ts'
import { type Block, cutBlocks } from '../../ranges.ts'
import type { TextCompression } from '../path/compression.ts'
import { decoding } from './failure.ts'
import type { FileReader } from './format.ts'
import { BrokenOff, unpacked } from './unpack.ts'

/** A text format by its codec. */
export interface TextFormat {
  readonly name: string
  decoder(schema: Schema, options?: DecodeOptions): Decoder
  encoder(schema: Schema): Encoder
}

/** Positions count records; resuming decodes the file again from its beginning. */
export function textReader(
  format: TextFormat,
  compression: TextCompression | undefined,
  scan?: FileReader['scan'],
): FileReader {
  return {
    read: (file, schema, range, signal) =>
      cutBlocks(decoded(file, format, schema, compression), range, signal),
    ...(scan === undefined ? {} : { scan }),
  }
}

async function* decoded(
  { name, path }: { readonly name: string; readonly path: string },
  format: TextFormat,
  schema: Schema,
  compression: TextCompression | undefined,
): AsyncGenerator<Block> {
  let rejected: RejectedRecord[] = []
  const onBadRecord = (bad: BadRecord): void => {
    rejected.push(rejectedOf(name, bad))
  }
  const decoder = decoding(name, () => format.decoder(schema, { onBadRecord }))
  const block = (): Block => {
    const batch = decoder.take()
    const found = rejected
    rejected = []
    return found.length === 0 ? { batch } : { batch, rejected: found }
  }
  let isFirst = true
  try {
    for await (const piece of unpacked(name, path, compression)) {
      if (isFirst) refuseOtherFormats(name, format, piece)
      isFirst = false
      decoding(name, () => decoder.push(piece))
      if (decoder.rows > 0 || rejected.length > 0) yield block()
    }
    decoding(name, () => decoder.end())
  } catch (error) {
    if (!(error instanceof BrokenOff)) throw error
    decoder.breakOff('CORRUPT_INPUT', error.reason)
    rejected.push({ ...rejected.pop()!, byte: error.byte })
  }
  if (decoder.rows > 0 || rejected.length > 0) yield block()
}

function rejectedOf(
  place: string,
  { record, line, offset, bytes, length, code, message }: BadRecord,
): RejectedRecord {
  return {
    place,
    position: record - 1,
    ...(line === undefined ? {} : { line }),
    byte: offset,
    bytes,
    ...(length === undefined ? {} : { length }),
    code,
    message: `${place}: ${message}`,
  }
}

/** The first bytes of formats that no text begins with, and what to read them with. */
const binary: readonly (readonly [Buffer, string])[] = [
  [Buffer.from('PAR1'), 'a Parquet file: read it with files.parquet'],
  [Buffer.from([0x1f, 0x8b]), "compressed with gzip: leave out compression: 'none', or unpack it"],
  [
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
    "compressed with zstd: leave out compression: 'none', or unpack it",
  ],
  [Buffer.from('PK\x03\x04'), 'a zip archive: unpack it first'],
]

function refuseOtherFormats(name: string, format: TextFormat, bytes: Buffer): void {
  const other = binary.find(([magic]) => bytes.subarray(0, magic.length).equals(magic))
  if (other === undefined) return
  throw new HeadraceError('READ_FAILED', `Cannot read ${name} as ${format.name}: it is ${other[1]}.`)
}
