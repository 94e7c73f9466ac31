/** `files`: the formats of local files. */
import { csv, json, ndjson } from '../../schema/codec.ts'
import { type CsvOptions, csvOptionNames, dialectOf } from '../../schema/csv/dialect.ts'
import { fileEndpoint } from './endpoint.ts'
import { type Compression, compressionByName, type TextCompression } from './path/compression.ts'
import type { FileReader } from './read/format.ts'
import { parquetReader } from './read/parquet.ts'
import { type TextFormat, textReader } from './read/text.ts'
import { parquetFormat } from './write/parquet.ts'
import { textFileFormat } from './write/text.ts'

/** How text files are packed. */
export interface TextFileOptions {
  /** By default as the path ends, .gz or .zst; and files are unpacked if they begin as archives do. */
  readonly compression?: TextCompression
}

/** How CSV files are written. */
export interface CsvFileOptions extends TextFileOptions, CsvOptions {}

/** How Parquet files are packed. */
export interface ParquetFileOptions {
  /** How files that are written are packed; zstd by default. Reading finds out by itself. */
  readonly compression?: Compression
}

const TEXT_COMPRESSIONS = ['none', 'gzip', 'zstd'] as const

function textParts(format: TextFormat, { compression }: TextFileOptions, scan?: FileReader['scan']) {
  return { format: textFileFormat(format), reader: textReader(format, compression, scan) }
}

/** CSV that an engine may read by itself: what differs from RFC 4180 in more than this, our decoder alone reads. */
function csvScan({
  compression,
  delimiter = ',',
  header = true,
  ...other
}: CsvFileOptions): FileReader['scan'] {
  const isUsual = Object.values(other).every(option => option === undefined)
  if (!isUsual || (compression ?? 'none') !== 'none') return undefined
  const isPlain = (name: string): boolean => compression === 'none' || compressionByName(name) === undefined
  return { format: 'csv', dialect: { delimiter, header }, isPlain }
}

/** Local files by format. Columns are found by name, and those that the schema does not name are not read. */
export const files = {
  parquet: fileEndpoint<ParquetFileOptions>({
    name: 'parquet',
    options: ['compression'],
    compressions: ['none', 'gzip', 'zstd', 'snappy'],
    of: () => ({ format: parquetFormat, reader: parquetReader }),
  }),
  /** One JSON object a line. */
  ndjson: fileEndpoint<TextFileOptions>({
    name: 'ndjson',
    options: ['compression'],
    compressions: TEXT_COMPRESSIONS,
    of: options => textParts({ name: 'ndjson', ...ndjson }, options),
  }),
  /** One JSON array of objects. */
  json: fileEndpoint<TextFileOptions>({
    name: 'json',
    options: ['compression'],
    compressions: TEXT_COMPRESSIONS,
    of: options => textParts({ name: 'json', ...json }, options),
  }),
  /** RFC 4180: commas, quotes where needed, a header that names the columns; or as the options say. */
  csv: fileEndpoint<CsvFileOptions>({
    name: 'csv',
    options: ['compression', ...csvOptionNames],
    compressions: TEXT_COMPRESSIONS,
    of: options => {
      const { compression: _, ...dialect } = options
      dialectOf(dialect)
      return textParts({ name: 'csv', ...csv(dialect) }, options, csvScan(options))
    },
  }),
} as const
