/** One CSV record as one row. */
import { HeadraceError } from '../../errors.ts'
import type { Rows } from '../decoder.ts'
import { NOT_ALLOWED, refusalText, shorten } from '../refusal.ts'
import type { NumberScan } from '../text/number-scan.ts'
import { fail, must, type ScanError } from '../text/scan-error.ts'
import { type ColumnSlot, type Store, stores } from '../text/store-text.ts'
import { cellOfText } from '../text/value-text.ts'
import { CARRIAGE_RETURN, LINE_FEED, QUOTE } from './format.ts'

interface Field extends ColumnSlot {
  readonly name: string
  readonly store: Store
}

/** Reads records whose fields stand in the order of `names`. */
export class CsvReader {
  readonly #rows: Rows
  readonly #delimiter: number
  /** By position in the record; undefined where the schema has no such column. */
  readonly #fields: readonly (Field | undefined)[]
  #current: Field | undefined

  /** Throws SCHEMA_MISMATCH unless `names` has every column of the schema exactly once. Other names are left out. */
  constructor(rows: Rows, names: readonly string[], delimiter: number) {
    this.#rows = rows
    this.#delimiter = delimiter
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
      const end = s.bytes[pos] === QUOTE ? this.#quoted(s, field, row, pos) : this.#bare(s, field, row, pos)
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
    let end = start
    for (let c = bytes[end]!; c !== this.#delimiter && c !== LINE_FEED; c = bytes[++end]!) {
      if (c === QUOTE) fail('BAD_RECORD', 'a quote stands in a field that does not begin with one', end)
      if (c === CARRIAGE_RETURN) {
        if (bytes[end + 1] === LINE_FEED) break
        fail('BAD_RECORD', 'a carriage return stands outside quotes', end)
      }
    }
    if (field === undefined) return end
    if (end > start) field.store(s, field, row, start, end)
    else if (field.type.nullable) field.builder.setNull(row)
    else fail('NULL_VALUE', NOT_ALLOWED, NOWHERE)
    return end
  }

  /** The same for a field in quotes, which is never null. */
  #quoted(s: NumberScan, field: Field | undefined, row: number, start: number): number {
    const { bytes } = s
    const first = start + 1
    let end = first
    let doubled = false
    for (; bytes[end] !== QUOTE || bytes[end + 1] === QUOTE; end++) {
      if (end >= bytes.length) fail('BAD_RECORD', 'a quoted field does not end', start)
      if (bytes[end] !== QUOTE) continue
      doubled = true
      end++
    }
    const after = end + 1
    const c = bytes[after]
    const ends =
      c === this.#delimiter || c === LINE_FEED || (c === CARRIAGE_RETURN && bytes[after + 1] === LINE_FEED)
    if (!ends) fail('BAD_RECORD', 'a quoted field is followed by more than a delimiter', after)
    if (field === undefined) return after
    if (!doubled) field.store(s, field, row, first, end)
    else {
      const text = bytes.toString('utf8', first, end).replaceAll('""', '"')
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
    if (error.at === NOWHERE) {
      return refusalText(
        place,
        field.type,
        'an empty field',
        `is null unless it is written "", and null is what ${reason}`,
      )
    }
    return refusalText(place, field.type, this.#fieldAt(bytes, error.at, end), reason)
  }

  #fieldAt(bytes: Buffer, at: number, recordEnd: number): string {
    const stops = bytes[at - 1] === QUOTE ? [QUOTE] : [this.#delimiter, CARRIAGE_RETURN]
    let end = at
    while (end < recordEnd && !stops.includes(bytes[end]!)) end++
    return shorten(bytes.toString('utf8', at, end))
  }
}

/** The place of a field that is empty. */
const NOWHERE = -1

function checkNames(wanted: readonly string[], found: readonly string[]): void {
  const missing = wanted.filter(name => !found.includes(name))
  const twice = wanted.filter(name => found.indexOf(name) !== found.lastIndexOf(name))
  if (missing.length === 0 && twice.length === 0) return
  const what = missing.length > 0 ? `does not name ${missing.join(', ')}` : `names ${twice.join(', ')} twice`
  throw new HeadraceError('SCHEMA_MISMATCH', `The CSV header ${what}. It has: ${found.join(', ')}.`)
}

/** The names in a header record, quoted or not. Throws BAD_RECORD. */
export function namesIn(header: string, delimiter: string): string[] {
  const names: string[] = []
  for (let pos = 0; ; pos++) {
    const quoted = header[pos] === '"'
    const end = quoted ? quoteEnd(header, pos + 1) : delimiterAfter(header, delimiter, pos)
    names.push(quoted ? header.slice(pos + 1, end).replaceAll('""', '"') : header.slice(pos, end))
    pos = quoted ? end + 1 : end
    if (pos >= header.length) return names
    if (header[pos] !== delimiter) {
      throw new HeadraceError(
        'BAD_RECORD',
        `In the CSV header a quoted name is followed by '${shorten(header.slice(pos))}'.`,
      )
    }
  }
}

function delimiterAfter(header: string, delimiter: string, pos: number): number {
  const end = header.indexOf(delimiter, pos)
  return end < 0 ? header.length : end
}

function quoteEnd(header: string, from: number): number {
  let end = from
  while (end < header.length && (header[end] !== '"' || header[end + 1] === '"'))
    end += header[end] === '"' ? 2 : 1
  return end
}
