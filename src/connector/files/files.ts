/** `files`: the formats of local files. */
import { CsvDecoder } from '../../schema/csv/decode.ts'
import { CsvEncoder } from '../../schema/csv/encode.ts'
import { JsonDecoder } from '../../schema/json/array.ts'
import { JsonEncoder } from '../../schema/json/encode.ts'
import { NdjsonDecoder } from '../../schema/json/ndjson.ts'
import { type FileEndpoint, fileEndpoint } from './endpoint.ts'
import { parquetFormat, parquetSource } from './parquet.ts'
import { type TextFormat, textFileFormat, textSource } from './text.ts'

const ndjson: TextFormat = {
  name: 'ndjson',
  decoder: schema => new NdjsonDecoder(schema),
  encoder: () => new JsonEncoder(true),
}
const json: TextFormat = {
  name: 'json',
  decoder: schema => new JsonDecoder(schema),
  encoder: () => new JsonEncoder(false),
}
const csv: TextFormat = {
  name: 'csv',
  decoder: schema => new CsvDecoder(schema),
  encoder: schema => new CsvEncoder(schema),
}

function textEndpoint(format: TextFormat): FileEndpoint {
  return fileEndpoint(textFileFormat(format), (path, schema) => textSource(path, format, schema))
}

/** Local files by format. Columns are found by name, and those that the schema does not name are not read. */
export const files = {
  parquet: fileEndpoint(parquetFormat, parquetSource),
  /** One JSON object a line. */
  ndjson: textEndpoint(ndjson),
  /** One JSON array of objects. */
  json: textEndpoint(json),
  /** RFC 4180: commas, quotes where needed, a header that names the columns. */
  csv: textEndpoint(csv),
} as const
