/** The choices that a CSV file leaves open. */
import { HeadraceError } from '../../errors.ts'
import { type Schema, typeText } from '../type.ts'

export interface CsvOptions {
  /** One ASCII character; a comma by default. */
  readonly delimiter?: string
  /** Whether the first record names the columns; true by default. Without it, the columns are those of the schema. */
  readonly header?: boolean
}

export const QUOTE = 34
export const LINE_FEED = 10
export const CARRIAGE_RETURN = 13

/** The byte between fields. Throws INVALID_ARGUMENT. */
export function delimiterOf({ delimiter = ',' }: CsvOptions): number {
  const code = delimiter.charCodeAt(0)
  if (
    delimiter.length === 1 &&
    code < 128 &&
    code !== QUOTE &&
    code !== LINE_FEED &&
    code !== CARRIAGE_RETURN
  ) {
    return code
  }
  throw new HeadraceError(
    'INVALID_ARGUMENT',
    `The CSV delimiter must be one ASCII character other than a quote or line end, not ${JSON.stringify(delimiter)}.`,
  )
}

/** CSV has no lists. Throws NOT_EXPRESSIBLE naming the first column that is one. */
export function refuseLists(schema: Schema): void {
  for (const [name, type] of Object.entries(schema)) {
    if (type.kind === 'list') {
      throw new HeadraceError(
        'NOT_EXPRESSIBLE',
        `CSV cannot hold column '${name}' of type ${typeText(type)}. Use NDJSON or Parquet.`,
      )
    }
  }
}
