/** DuckDB's errors as ours. Its messages are the only thing that tells them apart. */
import { type ErrorCode, errors, HeadraceError } from '../errors.ts'
import { text } from './sql.ts'

const MARK = 'headrace'

/** SQL that fails with a code of ours, for a value that SQL itself would let pass. `value` is SQL of a text to show. */
export function failSql(code: ErrorCode, message: string, value?: string): string {
  const shown = value === undefined ? '' : ` || coalesce(${value}, 'null')`
  return `error(${text(`${MARK}:${code}:${message}`)}${shown})`
}

/** Patterns of DuckDB 1.5 messages, the first that fits. */
const KNOWN: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^INTERRUPT|Interrupted!/, 'STOPPED'],
  [/No files found that match the pattern|No such file or directory/, 'NOT_FOUND'],
  [/Invalid string encoding found|Invalid unicode|not valid UTF-?8/i, 'ILL_FORMED_TEXT'],
  // What does not fit the memory goes to files of this name, in a folder that is made for them.
  [/^Out of Memory Error|duckdb_temp_.*No space left|^IO Error: Failed to create directory/, 'OUT_OF_MEMORY'],
  // Damage inside a file: a page that does not unpack, and its header, of which only the decoder's words come through.
  [
    /Failed to read file|TProtocolException|don't know what type|Variable-length int|Out of buffer/,
    'READ_FAILED',
  ],
  [/^IO Error: Could not read/, 'READ_FAILED'],
  [/^Out of Range Error|Overflow/, 'OVERFLOW'],
  [/Malformed JSON/, 'BAD_VALUE'],
  // Patterns have let pass only texts of the right form, and types only values of the right kind.
  [/^Conversion Error/, 'OUT_OF_RANGE'],
]

/**
 * The error to throw for one that DuckDB threw while `what` was tried. `otherwise` is the code where the message says
 * nothing that is known; without it such an error is taken for a fault of Headrace and passed on with `what`.
 */
export function asHeadraceError(cause: unknown, what: string, otherwise?: ErrorCode): Error {
  if (cause instanceof HeadraceError) return cause
  const message = cause instanceof Error ? cause.message : String(cause)
  const marked = new RegExp(`${MARK}:([A-Z_]+):([^]*)`).exec(message)
  if (marked !== null && marked[1]! in errors) {
    return new HeadraceError(marked[1] as ErrorCode, `${what}: ${marked[2]}`, { cause })
  }
  const code = KNOWN.find(([pattern]) => pattern.test(message))?.[1] ?? otherwise
  const [line] = message.split(BESIDE)
  if (code === undefined) return new Error(`${what}: DuckDB failed: ${line}`, { cause })
  if (code === 'STOPPED') return new HeadraceError('STOPPED', `${what}: stopped by its signal.`, { cause })
  const happened = line!.replace(KIND, '')
  const way = WAY_OUT[code] ?? ''
  const stop = way === '' || /[.!]$/.test(happened) ? '' : '.'
  return new HeadraceError(code, `${what}: ${happened}${stop}${way}`, { cause })
}

/**
 * The error for SQL that a user wrote and DuckDB does not take, with all of its words: they say where. An empty text is
 * the one that its binding has no words for.
 */
export function asSqlError(cause: unknown, what: string): Error {
  const message = cause instanceof Error ? cause.message : String(cause)
  const said = message.replace(EXTRACTING, '').replace(INSTALLING, '. Extensions of DuckDB are not loaded.')
  const words = /native callback/.test(message) ? 'there is no statement.' : said
  return new HeadraceError('INVALID_SQL', `${what}: ${words.trimEnd()}`, { cause })
}

/** Where DuckDB goes on to show the SQL, or settings of its own that nobody here can reach. */
const BESIDE = /\n\n(?:LINE |Possible solutions)|\nThis limit was set/

/** Advice that nobody here can follow. */
const INSTALLING = /\.?\s*Please try installing and loading.*$/s

const EXTRACTING = /^Failed to extract statements: /

/** The kind of error that DuckDB writes before what happened; our code says it. */
const KIND = /^[A-Z][A-Za-z ]* Error: /

/** What to do about an error of which DuckDB says only what happened. */
const WAY_OUT: { readonly [C in ErrorCode]?: string } = {
  OUT_OF_MEMORY:
    ' Filter or aggregate earlier, or give the machine more memory, or space in its temporary folder.',
  READ_FAILED: ' The file is damaged, or was written to while it was read.',
  OVERFLOW: ' Cast to a wider type first.',
  OUT_OF_RANGE: ' Cast to a wider type, or use tryCast, which gives null.',
}
