/** `files`: the formats of local files. */
import { fileEndpoint } from './endpoint.ts'
import { parquetFormat, parquetSource } from './parquet.ts'

export const files = {
  /** Columns by name; those that the schema does not name are not read. */
  parquet: fileEndpoint(parquetFormat, parquetSource),
} as const
