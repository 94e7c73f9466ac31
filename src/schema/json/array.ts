/** JSON: one array of objects. */
import { isUtf8 } from 'node:buffer'
import { HeadraceError } from '../../errors.ts'
import { type DecodeOptions, lineFeeds, MAX_RECORD_BYTES, markLength, RecordDecoder } from '../decoder.ts'
import { notUtf8, ScanError } from '../text/scan-error.ts'
import type { Schema } from '../type.ts'
import { RecordReader } from './record.ts'
import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  failAt,
  OPEN_BRACE,
  OPEN_BRACKET,
  peek,
  QUOTE,
  Scan,
} from './scan.ts'

/** `beyond`: something other than white space came after the array, which is one bad record up to the end. */
type Place = 'before' | 'in' | 'after' | 'beyond'

/**
 * First the ends of elements are found, by strings and depth alone and across chunks; then each is read like a line of
 * NDJSON. So an element that is bad is lost alone, as long as its brackets and quotes are paired; where they are not, what
 * is left of the input is one bad record. An array cannot be entered in the middle, so `position` serves messages only, and
 * `offset` must be 0.
 */
export class JsonDecoder extends RecordDecoder {
  readonly #reader: RecordReader
  readonly #scan = new Scan(false)
  #place: Place = 'before'
  /** Within an element: arrays and objects open, a string open, the next byte is escaped. */
  #depth = 0
  #inString = false
  #escaped = false

  constructor(schema: Schema, options: DecodeOptions = {}) {
    if ((options.offset ?? 0) !== 0) {
      throw new HeadraceError(
        'INVALID_ARGUMENT',
        `A JSON array is read from its beginning, not from ${options.offset}.`,
      )
    }
    super(schema, options)
    this.#reader = new RecordReader(this.table)
  }

  protected decode(bytes: Buffer): void {
    let chunk = bytes
    if (this.#place === 'before') {
      chunk = this.carry.join(chunk)
      const begin = this.#begin(chunk)
      if (begin < 0) {
        this.carry.add(chunk)
        return
      }
      chunk = chunk.subarray(begin)
    }
    let start = 0
    while (this.#place === 'in') {
      const end = this.#elementEnd(chunk, start)
      if (end === chunk.length) break
      this.#ended(chunk.subarray(start, end + 1))
      start = end + 1
    }
    const rest = chunk.subarray(start)
    if (this.#place === 'after' && !isBlank(rest)) this.#place = 'beyond'
    // White space after the array is of no record, but may become the beginning of one.
    this.carry.add(rest)
  }

  override end(): void {
    if (this.#place === 'before') {
      throw new HeadraceError(
        'BAD_RECORD',
        'The JSON ends before its array begins. An array of no rows is [].',
      )
    }
    if (this.#place === 'in') this.breakOff('BAD_RECORD', 'the JSON ends within its array, before a ]')
    if (this.#place === 'beyond') this.breakOff('BAD_RECORD', 'more comes after the end of the JSON array')
  }

  /** The position after the opening bracket; −1 where it has not come yet. */
  #begin(bytes: Buffer): number {
    // Two bytes of a mark are not told from garbage yet.
    if (bytes.length < 3 && bytes[0] === 0xef) return -1
    for (let i = markLength(bytes); i < bytes.length; i++) {
      if (bytes[i] === OPEN_BRACKET) {
        this.#place = 'in'
        this.offset = i + 1
        this.lines = lineFeeds(bytes, 0, i)
        return i + 1
      }
      if (!isSpace(bytes[i]!)) {
        throw new HeadraceError(
          'BAD_RECORD',
          `Expected an array of objects, found '${bytes.toString('utf8', i, i + 20)}'. Read one object a line with files.ndjson.`,
        )
      }
    }
    return -1
  }

  /** The position of the next `,` or `]` that ends an element; the length of `bytes` where there is none. */
  #elementEnd(bytes: Buffer, from: number): number {
    let i = from
    for (; i < bytes.length; i++) {
      const c = bytes[i]!
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false
        else if (c === BACKSLASH) this.#escaped = true
        else if (c === QUOTE) this.#inString = false
      } else if (c === QUOTE) this.#inString = true
      else if (c === OPEN_BRACE || c === OPEN_BRACKET) this.#depth++
      else if (this.#depth === 0) {
        if (c === COMMA || c === CLOSE_BRACKET) return i
      } else if (c === CLOSE_BRACE || c === CLOSE_BRACKET) this.#depth--
    }
    return i
  }

  /** An element has ended with the last byte of `piece`. */
  #ended(piece: Buffer): void {
    if (piece.at(-1) === CLOSE_BRACKET) this.#place = 'after'
    if (this.carry.length + piece.length - 1 <= MAX_RECORD_BYTES) {
      this.#element(this.carry.join(piece))
      return
    }
    this.carry.add(piece.subarray(0, -1))
    this.tooLong()
    this.offset++
  }

  /** Reads one element and the byte that ends it. */
  #element(bytes: Buffer): void {
    const s = this.#scan
    s.enter(bytes)
    const end = bytes.length - 1
    const isEmptyArray = this.record === 0 && peek(s) === CLOSE_BRACKET && s.pos === end
    if (!isEmptyArray) this.#record(bytes, end)
    this.offset += bytes.length
    this.lines += lineFeeds(bytes)
  }

  #record(bytes: Buffer, end: number): void {
    const s = this.#scan
    s.pos = 0
    this.record++
    try {
      if (!isUtf8(bytes)) notUtf8(0)
      this.#reader.read(s)
      peek(s)
      if (s.pos !== end) failAt(s, 'the end of the object')
      this.table.length++
    } catch (error) {
      if (!(error instanceof ScanError)) throw error
      this.#bad(error, end)
    }
  }

  #bad(error: ScanError, end: number): void {
    const { bytes } = this.#scan
    let start = 0
    while (start < end && isSpace(bytes[start]!)) start++
    const message = (where: string): string => this.#reader.describe(this.#scan, error, where, end)
    const line = this.lines + 1 + lineFeeds(bytes, 0, start)
    this.report({ start, line, bytes: bytes.subarray(start, end), code: error.refusal.code, message })
  }
}

function isSpace(c: number): boolean {
  return c === 32 || c === 9 || c === 10 || c === 13
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every(isSpace)
}
