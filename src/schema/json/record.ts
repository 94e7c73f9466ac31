/** One JSON object as one row: keys in any order, unknown keys checked and left out, missing keys null. */

import type { Rows } from '../decoder.ts'
import { DictionaryBuilder, hashBytes, textAt } from '../dictionary-builder.ts'
import { NOT_ALLOWED, refusalText, shorten } from '../refusal.ts'
import { fail, ScanError } from '../text/scan-error.ts'
import { MemberName } from './member-name.ts'
import { type JsonSlot, readInto, slotOf } from './read.ts'
import {
  CLOSE_BRACE,
  COMMA,
  expect,
  failAt,
  OPEN_BRACE,
  peek,
  QUOTE,
  type Scan,
  scanString,
  scanValue,
} from './scan.ts'

const COLON = 0x3a
const FEW = 16

/** A column as the reader meets it. */
interface Field extends JsonSlot {
  readonly name: string
  readonly member: MemberName
  /** The field that followed it the last time: writers keep to an order. */
  next: Field | undefined
  /** The number of the last record that had it. */
  seen: number
}

export class RecordReader {
  readonly #rows: Rows
  readonly #fields: readonly Field[]
  readonly #names = new DictionaryBuilder()
  #first: Field | undefined
  /** Counts records, bad ones too. */
  #record = 0
  /** The field whose value is being read. */
  #current: Field | undefined

  constructor(rows: Rows) {
    this.#rows = rows
    this.#fields = Object.entries(rows.schema).map(([name, type], i) => {
      const bytes = Buffer.from(name)
      this.#names.add(bytes, 0, bytes.length, hashBytes(bytes, 0, bytes.length))
      return {
        ...slotOf(type, rows.builders[i]!),
        name,
        member: new MemberName(name),
        next: undefined,
        seen: 0,
      }
    })
    this.#first = this.#fields[0]
  }

  /** Reads the object at `s.pos` into the row after the last, which the caller then counts in. Throws ScanError. */
  read(s: Scan): void {
    this.#record++
    this.#current = undefined
    this.#rows.reserve(this.#rows.length + 1)
    expect(s, OPEN_BRACE, 'an object')
    let count = 0
    if (peek(s) === CLOSE_BRACE) s.pos++
    else count = this.#members(s, this.#rows.length)
    if (count < this.#fields.length) this.#fillMissing(this.#rows.length)
  }

  /** Reads the members of an object and its closing brace; gives the count of fields found. */
  #members(s: Scan, row: number): number {
    let count = 0
    let previous: Field | undefined
    let guess = this.#first
    for (;;) {
      const field = guess?.member.skip(s) ? guess : (this.#usual(s) ?? this.#key(s))
      peek(s)
      if (field === undefined) scanValue(s, 1)
      else {
        if (field !== guess) this.#learn(previous, field)
        this.#current = field
        if (field.seen === this.#record) fail('BAD_RECORD', 'the record has this key twice', s.pos)
        field.seen = this.#record
        readInto(s, field, row)
        this.#current = undefined
        count++
        previous = field
        guess = field.next
      }
      const c = peek(s)
      s.pos++
      if (c === CLOSE_BRACE) return count
      if (c !== COMMA) fail('BAD_RECORD', "expected ',' or '}'", s.pos - 1)
    }
  }

  /** Tries all keys as they are usually spelt: mostly one comparison each, so for a few fields no hash is faster. */
  #usual(s: Scan): Field | undefined {
    if (this.#fields.length > FEW) return undefined
    for (const field of this.#fields) if (field.member.skip(s)) return field
    return undefined
  }

  /** Reads any key and its colon; gives its field, if it is one. */
  #key(s: Scan): Field | undefined {
    if (peek(s) !== QUOTE) failAt(s, 'a quoted key')
    const start = s.pos + 1
    const end = scanString(s)
    const code = s.escaped ? this.#escapedKey(s, start, end) : this.#code(s.bytes, start, end)
    expect(s, COLON, "':'")
    return this.#fields[code]
  }

  #escapedKey(s: Scan, start: number, end: number): number {
    const name = Buffer.from(JSON.parse(`"${textAt(s.bytes, start, end)}"`))
    return this.#code(name, 0, name.length)
  }

  #code(bytes: Buffer, start: number, end: number): number {
    return this.#names.find(bytes, start, end, hashBytes(bytes, start, end))
  }

  #learn(previous: Field | undefined, field: Field): void {
    if (previous === undefined) this.#first = field
    else previous.next = field
  }

  #fillMissing(row: number): void {
    for (const field of this.#fields) {
      if (field.seen === this.#record) continue
      this.#current = field
      if (!field.type.nullable) fail('NULL_VALUE', NOT_ALLOWED, NOWHERE)
      field.builder.setNull(row)
    }
    this.#current = undefined
  }

  /** What was wrong with the record that `read` threw on. `where` names it, it ends before `end`. */
  describe(s: Scan, error: ScanError, where: string, end: number): string {
    const { code, reason } = error.refusal
    const field = this.#current
    const place = field === undefined ? where : `${where}, column '${field.name}'`
    const found = error.at === NOWHERE ? 'no such field' : tokenAt(s, error.at, end)
    if (field === undefined || code === 'BAD_RECORD') return `${place}: ${reason}, found ${found}.`
    return refusalText(place, field.type, found, reason)
  }
}

/** The place of a field that is missing. */
const NOWHERE = -1

/** The value at a position as it is written, or the rest of the record where it is broken. */
function tokenAt(s: Scan, at: number, end: number): string {
  // A refused text begins after its quote, and nothing else that is refused does.
  if (s.bytes[at - 1] === QUOTE) at--
  let stop = end
  s.pos = at
  try {
    scanValue(s, 0)
    stop = Math.min(s.pos, end)
  } catch (error) {
    if (!(error instanceof ScanError)) throw error
  }
  return stop <= at ? 'the end of the record' : shorten(s.bytes.toString('utf8', at, stop))
}
