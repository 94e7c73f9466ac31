/** CSV by RFC 4180: records end with LF or CRLF, fields may be quoted, quotes in quotes are doubled. */
import { isUtf8 } from 'node:buffer'
import { HeadraceError } from '../../errors.ts'
import type { Batch } from '../batch.ts'
import {
  bufferOf,
  Carry,
  type DecodeOptions,
  type Decoder,
  failOnBadRecord,
  markLength,
  Rows,
} from '../decoder.ts'
import { NumberScan } from '../text/number-scan.ts'
import { notUtf8, ScanError } from '../text/scan-error.ts'
import type { Schema } from '../type.ts'
import { CARRIAGE_RETURN, type CsvOptions, delimiterOf, LINE_FEED, QUOTE, refuseLists } from './format.ts'
import { CsvReader, namesIn } from './record.ts'

export interface CsvDecodeOptions extends DecodeOptions, CsvOptions {
  /** The names in the header that was read before, where decoding begins at an `offset`. */
  readonly names?: readonly string[]
}

/** `position` is always the beginning of a record, so that decoding can go on there, given the `names` of the header. */
export class CsvDecoder implements Decoder {
  readonly #rows: Rows
  readonly #delimiter: number
  readonly #scan = new NumberScan()
  readonly #carry = new Carry()
  readonly #onBadRecord: NonNullable<DecodeOptions['onBadRecord']>
  /** Absent until the header has been read. */
  #reader: CsvReader | undefined
  #names: readonly string[] | undefined
  /** An odd count of quotes since the last record end: the carry ends within quotes. */
  #open = false
  #record = 0
  #position: number

  /** Throws NOT_EXPRESSIBLE for a schema with lists. */
  constructor(schema: Schema, options: CsvDecodeOptions = {}) {
    refuseLists(schema)
    this.#rows = new Rows(schema)
    this.#delimiter = delimiterOf(options)
    this.#onBadRecord = options.onBadRecord ?? failOnBadRecord
    this.#position = options.offset ?? 0
    if (options.header === false) this.#readNames(Object.keys(schema))
    else if (options.names !== undefined) this.#readNames(options.names)
  }

  get rows(): number {
    return this.#rows.length
  }

  get position(): number {
    return this.#position
  }

  /** The names in the header, once it has been read. */
  get names(): readonly string[] | undefined {
    return this.#names
  }

  take(): Batch {
    return this.#rows.take()
  }

  push(bytes: Uint8Array): void {
    const chunk = bufferOf(bytes)
    const last = this.#lastEnd(chunk)
    if (last < 0) {
      this.#carry.add(chunk)
      return
    }
    this.#records(this.#carry.join(chunk.subarray(0, last + 1)))
    this.#carry.add(chunk.subarray(last + 1))
  }

  end(): void {
    if (this.#carry.length > 0) {
      // Within quotes a quote is missing, too; the record is bad, and its reader finds where.
      this.#records(this.#carry.join(Buffer.of(LINE_FEED)))
      this.#position--
    }
    if (this.#reader === undefined) {
      throw new HeadraceError(
        'SCHEMA_MISMATCH',
        'The CSV has no header line. The first line must name the columns, even if no record follows.',
      )
    }
  }

  /** The position of the last line feed outside quotes, or −1. Quotes come in pairs, so counting them is enough. */
  #lastEnd(chunk: Buffer): number {
    if (!this.#open && chunk.indexOf(QUOTE) < 0) return chunk.lastIndexOf(LINE_FEED)
    let open = this.#open
    let last = -1
    for (let i = 0; i < chunk.length; i++) {
      const c = chunk[i]
      if (c === QUOTE) open = !open
      else if (c === LINE_FEED && !open) last = i
    }
    this.#open = open
    return last
  }

  /** Decodes whole records. */
  #records(bytes: Buffer): void {
    const s = this.#scan
    s.bytes = bytes
    const utf8 = isUtf8(bytes)
    let pos = this.#position === 0 ? markLength(bytes) : 0
    while (pos < bytes.length) pos = this.#next(s, pos, utf8)
    this.#position += bytes.length
  }

  /** Decodes the record at `start`; gives the position after it. */
  #next(s: NumberScan, start: number, utf8: boolean): number {
    if (this.#reader === undefined) {
      const end = recordEnd(s.bytes, start)
      if (!isUtf8(s.bytes.subarray(start, end))) {
        throw new HeadraceError('ILL_FORMED_TEXT', 'The bytes of the CSV header are not UTF-8.')
      }
      this.#readNames(
        namesIn(
          s.bytes.toString('utf8', start, end).replace(/\r$/, ''),
          String.fromCharCode(this.#delimiter),
        ),
      )
      return end + 1
    }
    const c = s.bytes[start]
    const blank = c === LINE_FEED ? 1 : c === CARRIAGE_RETURN && s.bytes[start + 1] === LINE_FEED ? 2 : 0
    // In a file of one column an empty line is a null.
    if (blank > 0 && this.#names!.length > 1) return start + blank
    this.#record++
    try {
      if (!utf8 && !isUtf8(s.bytes.subarray(start, recordEnd(s.bytes, start)))) notUtf8(start)
      const end = this.#reader.read(s, start)
      this.#rows.length++
      return end
    } catch (error) {
      if (!(error instanceof ScanError)) throw error
      return this.#bad(error, start)
    }
  }

  #readNames(names: readonly string[]): void {
    this.#names = names
    this.#reader = new CsvReader(this.#rows, names, this.#delimiter)
  }

  #bad(error: ScanError, start: number): number {
    const bytes = this.#scan.bytes
    const end = recordEnd(bytes, start)
    const offset = this.#position + start
    this.#onBadRecord({
      record: this.#record,
      offset,
      bytes: new Uint8Array(bytes.subarray(start, end)),
      code: error.refusal.code,
      message: this.#reader!.describe(bytes, error, `Record ${this.#record} at byte ${offset}`, end),
    })
    return end + 1
  }
}

/** The position of the line feed that ends the record, or the end of the input. */
function recordEnd(bytes: Buffer, start: number): number {
  let open = false
  let i = start
  for (; i < bytes.length; i++) {
    if (bytes[i] === QUOTE) open = !open
    else if (bytes[i] === LINE_FEED && !open) return i
  }
  return i
}
