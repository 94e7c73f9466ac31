/** CSV by RFC 4180, or a dialect of it: records end with LF or CRLF, fields may be quoted, quotes in quotes are doubled. */
import { isUtf8 } from 'node:buffer'
import { HeadraceError } from '../../errors.ts'
import { type DecodeOptions, lineFeeds, MAX_RECORD_BYTES, markLength, RecordDecoder } from '../decoder.ts'
import { NumberScan } from '../text/number-scan.ts'
import { notUtf8, ScanError } from '../text/scan-error.ts'
import type { Schema } from '../type.ts'
import { Boundaries } from './boundary.ts'
import {
  CARRIAGE_RETURN,
  type CsvOptions,
  type Dialect,
  dialectOf,
  LINE_FEED,
  refuseLists,
} from './dialect.ts'
import { namesIn } from './header.ts'
import { hasPlain, PlainReader } from './plain.ts'
import { CsvReader } from './record.ts'

/** After so many misses, plain records are looked for at every so many-th record only: some files have none. */
const MAX_MISSES = 8
const RETRY_EVERY = 64

export interface CsvDecodeOptions extends DecodeOptions, CsvOptions {
  /** The names in the header that was read before, where decoding begins at an `offset`. */
  readonly names?: readonly string[]
}

/**
 * `position` is always the beginning of a record, so that decoding can go on there, given the `names` of the header.
 *
 * A quote that is never closed would take the rest of the input with it. So where a record does not end before the input or
 * within MAX_RECORD_BYTES, its first line is the bad record, and decoding goes on at the second.
 */
export class CsvDecoder extends RecordDecoder {
  readonly #dialect: Dialect
  readonly #boundaries: Boundaries
  /** For single records, beside `#boundaries`, which remembers where the input stands. */
  readonly #ends: Boundaries
  readonly #scan = new NumberScan()
  /** Absent until the header has been read. */
  #reader: CsvReader | undefined
  #plain: PlainReader | undefined
  /** How often in a row a record was not plain where one was looked for. */
  #misses = 0
  #names: readonly string[] | undefined
  /** In the bytes being decoded: how many lines lie before which position. */
  #counted = { lines: 0, position: 0 }
  /** The first line of a record is longer than any record may be: what comes up to its end is dropped. */
  #dropping = false

  /** Throws NOT_EXPRESSIBLE for a schema with lists, INVALID_ARGUMENT for a dialect that cannot be read. */
  constructor(schema: Schema, options: CsvDecodeOptions = {}) {
    refuseLists(schema)
    super(schema, options)
    this.#dialect = dialectOf(options)
    this.#boundaries = new Boundaries(this.#dialect)
    this.#ends = new Boundaries(this.#dialect)
    if (options.header === false) this.#readNames(Object.keys(schema))
    else if (options.names !== undefined) this.#readNames(options.names)
  }

  /** The names in the header, once it has been read. */
  get names(): readonly string[] | undefined {
    return this.#names
  }

  protected decode(bytes: Buffer): void {
    const chunk = this.#dropping ? this.#afterDropped(bytes) : bytes
    if (this.#dropping) return
    const last = this.#boundaries.lastEnd(chunk)
    if (this.carry.length + chunk.length > MAX_RECORD_BYTES) this.#measure(chunk)
    else {
      if (last >= 0) this.#records(this.carry.join(chunk.subarray(0, last + 1)))
      this.carry.add(chunk.subarray(last + 1))
    }
  }

  override end(): void {
    if (this.#dropping) this.#endDropped()
    // A quote is not closed.
    while (this.carry.length > 0 && this.#boundaries.open) this.#firstLine(this.carry.join(EMPTY))
    if (this.carry.length > 0) this.#lastRecord(this.carry.join(EMPTY))
    if (this.#reader === undefined) {
      throw new HeadraceError(
        'SCHEMA_MISMATCH',
        'The CSV has no header line. The first line must name the columns, even if no record follows.',
      )
    }
  }

  /** Decodes the first record of what is carried and `chunk`, if it is short enough, and goes on after it. */
  #measure(chunk: Buffer): void {
    const whole = this.carry.join(chunk)
    const end = this.#ends.recordEnd(whole, 0)
    this.#boundaries.reset()
    if (end > MAX_RECORD_BYTES) {
      this.#firstLine(whole)
      return
    }
    this.#records(whole.subarray(0, end + 1), lineFeeds(whole, 0, end + 1))
    this.decode(whole.subarray(end + 1))
  }

  /** Reports the first line of a record that does not end, and goes on at the second. */
  #firstLine(whole: Buffer): void {
    this.#boundaries.reset()
    const end = whole.indexOf(LINE_FEED)
    if (end < 0 && whole.length <= MAX_RECORD_BYTES) this.#lastRecord(whole)
    else if (end >= 0 && end <= MAX_RECORD_BYTES) {
      this.#records(whole.subarray(0, end + 1), 1)
      this.push(whole.subarray(end + 1))
    } else {
      this.#refuseHeader()
      this.#dropping = true
      this.decode(whole)
    }
  }

  /** Decodes a record that ends with the input. */
  #lastRecord(bytes: Buffer): void {
    this.#records(Buffer.concat([bytes, Buffer.of(LINE_FEED)]))
    this.offset--
  }

  /** Drops what belongs to the long line; gives what follows it. */
  #afterDropped(chunk: Buffer): Buffer {
    const end = chunk.indexOf(LINE_FEED)
    this.carry.add(end < 0 ? chunk : chunk.subarray(0, end))
    if (end < 0) return EMPTY
    this.#endDropped()
    this.offset++
    this.lines++
    return chunk.subarray(end + 1)
  }

  #endDropped(): void {
    this.#dropping = false
    this.tooLong()
  }

  #refuseHeader(): void {
    if (this.#reader !== undefined) return
    throw new HeadraceError(
      'BAD_RECORD',
      `The first line of the CSV is longer than ${MAX_RECORD_BYTES} bytes. Is this CSV, with LF or CRLF at the end of lines?`,
    )
  }

  /** Decodes whole records. `lines` is how many lines they are, where `#boundaries` has not counted those in quotes. */
  #records(bytes: Buffer, lines?: number): void {
    const s = this.#scan
    s.bytes = bytes
    const before = this.lines
    this.#counted = { lines: before, position: 0 }
    const utf8 = isUtf8(bytes)
    let pos = this.offset === 0 ? markLength(bytes) : 0
    while (pos < bytes.length) {
      if (utf8) pos = this.#plainFrom(s, pos)
      if (pos < bytes.length) pos = this.#next(s, pos, utf8)
    }
    this.offset += bytes.length
    this.lines = lines === undefined ? this.lines + this.#boundaries.takeQuotedLines() : before + lines
  }

  /** Decodes the plain records from `start` on; gives the position after them. */
  #plainFrom(s: NumberScan, start: number): number {
    if (this.#plain === undefined || (this.#misses >= MAX_MISSES && this.record % RETRY_EVERY !== 0))
      return start
    const before = this.table.length
    const end = this.#plain.read(s, start)
    const records = this.table.length - before
    this.#misses = records === 0 ? this.#misses + 1 : 0
    this.record += records
    this.lines += records
    return end
  }

  /** Decodes the record at `start`; gives the position after it. */
  #next(s: NumberScan, start: number, utf8: boolean): number {
    this.lines++
    const c = s.bytes[start]
    if (c === this.#dialect.comment) return s.bytes.indexOf(LINE_FEED, start) + 1
    if (this.#reader === undefined) return this.#header(s.bytes, start)
    const blank = c === LINE_FEED ? 1 : c === CARRIAGE_RETURN && s.bytes[start + 1] === LINE_FEED ? 2 : 0
    // In a file of one column an empty line is a null.
    if (blank > 0 && this.#names!.length > 1) return start + blank
    this.record++
    try {
      if (!utf8 && !isUtf8(s.bytes.subarray(start, this.#ends.recordEnd(s.bytes, start)))) notUtf8(start)
      const end = this.#reader.read(s, start)
      this.table.length++
      return end
    } catch (error) {
      if (!(error instanceof ScanError)) throw error
      return this.#bad(error, start)
    }
  }

  /** Reads the header at `start`; gives the position after it. */
  #header(bytes: Buffer, start: number): number {
    const end = this.#ends.recordEnd(bytes, start)
    const header = bytes.subarray(start, end)
    if (!isUtf8(header)) {
      throw new HeadraceError('ILL_FORMED_TEXT', 'The bytes of the CSV header are not UTF-8.')
    }
    this.#readNames(namesIn(header.toString().replace(/\r?\n?$/, ''), this.#dialect))
    return end + 1
  }

  #readNames(names: readonly string[]): void {
    this.#names = names
    this.#reader = new CsvReader(this.table, names, this.#dialect)
    if (hasPlain(this.#dialect)) this.#plain = new PlainReader(this.table, names, this.#dialect)
  }

  #bad(error: ScanError, start: number): number {
    const bytes = this.#scan.bytes
    const end = this.#ends.recordEnd(bytes, start)
    // The line of a quote that is not closed has its line feed within.
    const last = bytes[end - 1] === LINE_FEED ? end - 1 : end
    this.report({
      start,
      line: this.#lineAt(start),
      bytes: bytes.subarray(start, last),
      code: error.refusal.code,
      message: where => this.#reader!.describe(bytes, error, where, last),
    })
    return end + 1
  }

  /** The line on which a record begins, counted on from the last one that was asked for. */
  #lineAt(start: number): number {
    const { lines, position } = this.#counted
    this.#counted = { lines: lines + lineFeeds(this.#scan.bytes, position, start), position: start }
    return this.#counted.lines + 1
  }
}

const EMPTY = Buffer.alloc(0)
