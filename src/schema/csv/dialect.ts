/** The choices that a CSV file leaves open. */
import { HeadraceError } from '../../errors.ts'
import { type Schema, typeText } from '../type.ts'

export interface CsvOptions {
  /** What stands between fields: one ASCII character, a comma by default. */
  readonly delimiter?: string
  /** What fields may stand in: one ASCII character, `"` by default; false = nothing, and a field holds no delimiter or line end. */
  readonly quote?: string | false
  /** What stands before a quote in quotes, and before itself: one ASCII character, by default the quote. */
  readonly escape?: string
  /** Whether the first record names the columns; true by default. Without it, the columns are those of the schema. */
  readonly header?: boolean
  /** What means null, if it stands without quotes; by default the empty field alone. The first is what is written. */
  readonly nulls?: readonly string[]
  /** Lines that begin with this ASCII character are passed over; by default none. */
  readonly comment?: string
}

/** The names of the options, for checks. */
export const csvOptionNames = ['delimiter', 'quote', 'escape', 'header', 'nulls', 'comment'] as const

export const LINE_FEED = 10
export const CARRIAGE_RETURN = 13

/** The options as bytes; NONE where there is none. */
export interface Dialect {
  readonly delimiter: number
  readonly quote: number
  readonly escape: number
  readonly comment: number
  readonly header: boolean
  readonly nulls: readonly string[]
}

/** No byte. */
export const NONE = -1

/** The dialect that options describe. Throws INVALID_ARGUMENT where a reader could not tell its characters apart. */
export function dialectOf(options: CsvOptions = {}): Dialect {
  const { header = true, nulls = [''] } = options
  const delimiter = byteOf('delimiter', options.delimiter ?? ',')
  const quote = options.quote === false ? NONE : byteOf('quote', options.quote ?? '"')
  const escaping = options.escape === undefined ? quote : byteOf('escape', options.escape)
  const comment = options.comment === undefined ? NONE : byteOf('comment', options.comment)
  if (typeof header !== 'boolean')
    throw invalid(`header must be true or false, not ${JSON.stringify(header)}.`)
  if (quote === NONE && escaping !== NONE) throw invalid('escape has no use without a quote.')
  const distinct = [delimiter, quote, comment, escaping === quote ? NONE : escaping].filter(c => c !== NONE)
  if (new Set(distinct).size < distinct.length) {
    throw invalid(
      'delimiter, quote, escape and comment must be different characters; only escape may be the quote.',
    )
  }
  const dialect = { delimiter, quote, escape: escaping, comment, header, nulls }
  checkNulls(dialect)
  return dialect
}

function byteOf(what: string, character: unknown): number {
  const code = typeof character === 'string' && character.length === 1 ? character.charCodeAt(0) : NONE
  if (code >= 0 && code < 128 && code !== LINE_FEED && code !== CARRIAGE_RETURN) return code
  throw invalid(
    `${what} must be one ASCII character other than a line end, not ${JSON.stringify(character)}.`,
  )
}

function checkNulls({ nulls, delimiter, quote, comment }: Dialect): void {
  const texts: unknown = nulls
  if (!Array.isArray(texts) || !texts.every(text => typeof text === 'string')) {
    throw invalid(`nulls must be a list of texts such as ['', 'NA'], not ${JSON.stringify(texts)}.`)
  }
  for (const text of nulls) {
    const found = [...Buffer.from(text)].find(
      c => c === delimiter || c === quote || c === LINE_FEED || c === CARRIAGE_RETURN,
    )
    if (found !== undefined || (text !== '' && text.charCodeAt(0) === comment)) {
      throw invalid(
        `nulls has ${JSON.stringify(text)}, which no field without quotes can be: it has a delimiter, quote, line end or comment.`,
      )
    }
  }
}

function invalid(what: string): HeadraceError {
  return new HeadraceError('INVALID_ARGUMENT', `CSV: ${what}`)
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
