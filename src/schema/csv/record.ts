/** One CSV record as one row. */
import { HeadraceError } from '../../errors.ts'
import type { Rows } from '../decoder.ts'
import { NOT_ALLOWED, refusalText, shorten } from '../refusal.ts'
import type { NumberScan } from '../text/number-scan.ts'
import { fail, must, type ScanError } from '../text/scan-error.ts'
import { type ColumnSlot, type Store, stores } from '../text/store-text.ts'
import { cellOfText } from '../text/value-text.ts'
import { CARRIAGE_RETURN, type Dialect, LINE_FEED } from './dialect.ts'
import { unescapeIn } from './header.ts'

interface Field extends ColumnSlot {
  readonly name: string
  readonly store: Store
}

/** Reads records whose fields stand in the order of `names`. */
export class CsvReader {
  readonly #rows: Rows
  readonly #delimiter: number
  readonly #quote: number
  readonly #escape: number
  readonly #unescape: (text: string) => string
  readonly #emptyIsNull: boolean
  /** Texts that mean null beside the empty one; undefined where there are none. */
  readonly #nulls: readonly Buffer[] | undefined
  /** By position in the record; undefined where the schema has no such column. */
  readonly #fields: readonly (Field | undefined)[]
  #current: Field | undefined

  /** Throws SCHEMA_MISMATCH unless `names` has every column of the schema exactly once. Other names are left out. */
  constructor(rows: Rows, names: readonly string[], dialect: Dialect) {
    this.#rows = rows
    this.#delimiter = dialect.delimiter
    this.#quote = dialect.quote
    this.#escape = dialect.escape
    this.#unescape = unescapeIn(dialect)
    this.#emptyIsNull = dialect.nulls.includes('')
    const nulls = dialect.nulls.filter(text => text !== '').map(text => Buffer.from(text))
    this.#nulls = nulls.length === 0 ? undefined : nulls
    checkNames(Object.keys(rows.schema), names)
    const fields = new Map(
      Object.entries(rows.schema).map(([name, type], i): [string, Field] => [
        name,
        { name, type, builder: rows.builders[i]!, store: stores[type.kind] },
      ]),
    )
    this.#fields = names.map(name => fields.get(name))
  }

  /**
   * Reads the record at `start` into the row after the last, which the caller then counts in. Gives the position after
   * its line end. Throws ScanError.
   */
  read(s: NumberScan, start: number): number {
    const row = this.#rows.length
    const count = this.#fields.length
    this.#rows.reserve(row + 1)
    let pos = start
    for (let i = 0; i < count; i++) {
      const field = this.#fields[i]
      this.#current = field
      const end =
        s.bytes[pos] === this.#quote ? this.#quoted(s, field, row, pos) : this.#bare(s, field, row, pos)
      this.#current = undefined
      pos = end + 1
      if (s.bytes[end] === this.#delimiter) {
        if (i === count - 1) fail('BAD_RECORD', `has more fields than the ${count} expected`, end)
      } else if (i < count - 1) fail('BAD_RECORD', `has ${i + 1} fields instead of ${count}`, end)
      else if (s.bytes[end] === CARRIAGE_RETURN) pos++
    }
    return pos
  }

  /** Reads a field without quotes; gives the position of the delimiter or line end after it. */
  #bare(s: NumberScan, field: Field | undefined, row: number, start: number): number {
    const { bytes } = s
    const quote = this.#quote
    let end = start
    for (let c = bytes[end]!; c !== this.#delimiter && c !== LINE_FEED; c = bytes[++end]!) {
      if (c === quote) fail('BAD_RECORD', 'a quote stands in a field that does not begin with one', end)
      if (c === CARRIAGE_RETURN) {
        if (bytes[end + 1] === LINE_FEED) break
        fail('BAD_RECORD', 'a carriage return stands outside quotes', end)
      }
    }
    if (field === undefined) return end
    if (end === start && this.#emptyIsNull) this.#null(field, row, start)
    else if (this.#nulls !== undefined && this.#isNull(bytes, start, end)) this.#null(field, row, start)
    else field.store(s, field, row, start, end)
    return end
  }

  #null(field: Field, row: number, start: number): void {
    if (!field.type.nullable) fail('NULL_VALUE', NOT_ALLOWED, start)
    field.builder.setNull(row)
  }

  #isNull(bytes: Buffer, start: number, end: number): boolean {
    return this.#nulls!.some(
      text => text.length === end - start && bytes.compare(text, 0, text.length, start, end) === 0,
    )
  }

  /** The same for a field in quotes, which is never null. */
  #quoted(s: NumberScan, field: Field | undefined, row: number, start: number): number {
    const { bytes } = s
    const quote = this.#quote
    const escaping = this.#escape
    const first = start + 1
    let end = first
    let escapes = false
    for (let c = bytes[end]; ; c = bytes[++end]) {
      if (c !== quote && c !== escaping) {
        if (c === undefined) fail('BAD_RECORD', 'a quoted field does not end', start)
        continue
      }
      const next = bytes[end + 1]
      if (c === escaping && (next === quote || next === escaping)) {
        escapes = true
        end++
      } else if (c === quote) break
    }
    const after = end + 1
    const c = bytes[after]
    const ends =
      c === this.#delimiter || c === LINE_FEED || (c === CARRIAGE_RETURN && bytes[after + 1] === LINE_FEED)
    if (!ends) fail('BAD_RECORD', 'a quoted field is followed by more than a delimiter', after)
    if (field === undefined) return after
    if (!escapes) field.store(s, field, row, first, end)
    else {
      const text = this.#unescape(bytes.toString('utf8', first, end))
      field.builder.setCell(row, must(cellOfText(field.type, text), first))
    }
    return after
  }

  /** What was wrong with the record that `read` threw on. `where` names it, it ends before `end`. */
  describe(bytes: Buffer, error: ScanError, where: string, end: number): string {
    const { code, reason } = error.refusal
    const field = this.#current
    const place = field === undefined ? where : `${where}, column '${field.name}'`
    if (code === 'BAD_RECORD' || field === undefined)
      return `${place}: ${reason}, before '${shorten(bytes.toString('utf8', error.at, end))}'.`
    if (code === 'NULL_VALUE') {
      const text = this.#fieldAt(bytes, error.at, end)
      const [found, reason] = text === '' ? ['an empty field', EMPTY_IS_NULL] : [text, TEXT_IS_NULL]
      return refusalText(place, field.type, found, `${reason}, and null is what ${NOT_ALLOWED}`)
    }
    return refusalText(place, field.type, this.#fieldAt(bytes, error.at, end), reason)
  }

  #fieldAt(bytes: Buffer, at: number, recordEnd: number): string {
    const stops = bytes[at - 1] === this.#quote ? [this.#quote] : [this.#delimiter, CARRIAGE_RETURN]
    let end = at
    while (end < recordEnd && !stops.includes(bytes[end]!)) end++
    return shorten(bytes.toString('utf8', at, end))
  }
}

const EMPTY_IS_NULL = 'is null unless it is written ""'
const TEXT_IS_NULL = 'is null unless it stands in quotes'

function checkNames(wanted: readonly string[], found: readonly string[]): void {
  const missing = wanted.filter(name => !found.includes(name))
  const twice = wanted.filter(name => found.indexOf(name) !== found.lastIndexOf(name))
  if (missing.length === 0 && twice.length === 0) return
  const what = missing.length > 0 ? `does not name ${missing.join(', ')}` : `names ${twice.join(', ')} twice`
  const isOneLine = found.some(name => name.includes('\r'))
  const hint = isOneLine ? ' Carriage returns alone end no line here: write LF or CRLF.' : ''
  throw new HeadraceError('SCHEMA_MISMATCH', `The CSV header ${what}. It has: ${listed(found)}.${hint}`)
}

/** The most names that a message shows. */
const SHOWN_NAMES = 50

function listed(names: readonly string[]): string {
  const more = names.length - SHOWN_NAMES
  const shown = names.slice(0, SHOWN_NAMES).map(name => shorten(JSON.stringify(name).slice(1, -1)))
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
