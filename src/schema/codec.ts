/** Codecs: the formats whose rows are text, each decoded straight to columns. */
import { type CsvDecodeOptions, CsvDecoder } from './csv/decode.ts'
import type { CsvOptions } from './csv/dialect.ts'
import { CsvEncoder } from './csv/encode.ts'
import type { DecodeOptions, Decoder } from './decoder.ts'
import type { Encoder } from './encoder.ts'
import { JsonDecoder } from './json/array.ts'
import { JsonEncoder } from './json/encode.ts'
import { NdjsonDecoder } from './json/ndjson.ts'
import type { Schema } from './type.ts'

/** A format: how rows are read from its bytes, and written. */
export interface Codec {
  decoder(schema: Schema, options?: DecodeOptions): Decoder
  encoder(schema: Schema): Encoder
}

/** One JSON object a line. */
export const ndjson: Codec = {
  decoder: (schema, options) => new NdjsonDecoder(schema, options),
  encoder: () => new JsonEncoder(true),
}

/** One JSON array of objects. */
export const json: Codec = {
  decoder: (schema, options) => new JsonDecoder(schema, options),
  encoder: () => new JsonEncoder(false),
}

/** CSV by RFC 4180 with a header, or as the options say. */
export const csv = (format: CsvOptions = {}): Codec => ({
  decoder: (schema, options: CsvDecodeOptions = {}) => new CsvDecoder(schema, { ...format, ...options }),
  encoder: schema => new CsvEncoder(schema, format),
})
