/** `files`: the formats of local files. */
import { csv, json, ndjson } from '../../schema/codec.ts'
import { type FileEndpoint, fileEndpoint } from './endpoint.ts'
import { parquetSource } from './parquet.ts'
import { parquetFormat } from './parquet-format.ts'
import { type TextFormat, textSource } from './text.ts'
import { textFileFormat } from './text-format.ts'

function textEndpoint(format: TextFormat): FileEndpoint {
  return fileEndpoint(textFileFormat(format), (path, schema) => textSource(path, format, schema))
}

/** Local files by format. Columns are found by name, and those that the schema does not name are not read. */
export const files = {
  parquet: fileEndpoint(parquetFormat, parquetSource),
  /** One JSON object a line. */
  ndjson: textEndpoint({ name: 'ndjson', ...ndjson }),
  /** One JSON array of objects. */
  json: textEndpoint({ name: 'json', ...json }),
  /** RFC 4180: commas, quotes where needed, a header that names the columns. */
  csv: textEndpoint({ name: 'csv', ...csv() }),
} as const
