/** JSON: one array of objects. */
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

type Place = 'before' | 'in' | 'after'

/**
 * First the ends of elements are found, by strings and depth alone and across chunks; then each is read like a line of
 * NDJSON. An array cannot be entered in the middle, so `position` serves messages only, and `offset` must be 0.
 */
export class JsonDecoder implements Decoder {
  readonly #rows: Rows
  readonly #reader: RecordReader
  readonly #scan = new Scan(false)
  readonly #carry = new Carry()
  readonly #onBadRecord: NonNullable<DecodeOptions['onBadRecord']>
  #place: Place = 'before'
  /** Within an element: arrays and objects open, a string open, the next byte is escaped. */
  #depth = 0
  #inString = false
  #escaped = false
  #record = 0
  #position = 0

  constructor(schema: Schema, options: DecodeOptions = {}) {
    if ((options.offset ?? 0) !== 0) {
      throw new HeadraceError(
        'INVALID_ARGUMENT',
        `A JSON array is read from its beginning, not from ${options.offset}.`,
      )
    }
    this.#rows = new Rows(schema)
    this.#reader = new RecordReader(this.#rows)
    this.#onBadRecord = options.onBadRecord ?? failOnBadRecord
  }

  get rows(): number {
    return this.#rows.length
  }

  get position(): number {
    return this.#position
  }

  take(): Batch {
    return this.#rows.take()
  }

  push(bytes: Uint8Array): void {
    let chunk = bufferOf(bytes)
    if (this.#place === 'before') {
      chunk = this.#carry.join(chunk)
      const begin = this.#begin(chunk)
      if (begin < 0) {
        this.#carry.add(chunk)
        return
      }
      chunk = chunk.subarray(begin)
    }
    let start = 0
    for (let i = this.#elementEnd(chunk, 0); i < chunk.length; i = this.#elementEnd(chunk, start)) {
      const piece = chunk.subarray(start, i + 1)
      start = i + 1
      this.#element(this.#carry.join(piece))
    }
    this.#carry.add(chunk.subarray(start))
  }

  end(): void {
    if (this.#place === 'after') return
    const what = this.#place === 'before' ? 'before its array begins' : 'within its array'
    throw new HeadraceError('BAD_RECORD', `The JSON ends ${what}, after ${this.#record} records.`)
  }

  /** The position after the opening bracket; −1 where it has not come yet. */
  #begin(bytes: Buffer): number {
    // Two bytes of a mark are not told from garbage yet.
    if (bytes.length < 3 && bytes[0] === 0xef) return -1
    for (let i = markLength(bytes); i < bytes.length; i++) {
      if (bytes[i] === OPEN_BRACKET) {
        this.#place = 'in'
        this.#position = i + 1
        return i + 1
      }
      if (!isSpace(bytes[i]!)) {
        throw new HeadraceError(
          'BAD_RECORD',
          `Expected an array of objects, found '${bytes.toString('utf8', i, i + 20)}'.`,
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
      if (this.#place === 'after') {
        if (!isSpace(c))
          throw new HeadraceError(
            'BAD_RECORD',
            `After the JSON array comes '${bytes.toString('utf8', i, i + 20)}'.`,
          )
      } else if (this.#inString) {
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

  /** Reads one element and the byte that ends it. */
  #element(bytes: Buffer): void {
    const s = this.#scan
    s.enter(bytes)
    const end = bytes.length - 1
    if (bytes[end] === CLOSE_BRACKET) this.#place = 'after'
    if (peek(s) === CLOSE_BRACKET && s.pos === end && this.#record === 0) return
    this.#record++
    try {
      if (!isUtf8(bytes)) notUtf8(0)
      this.#reader.read(s)
      peek(s)
      if (s.pos !== end) failAt(s, 'the end of the object')
      this.#rows.length++
    } catch (error) {
      if (!(error instanceof ScanError)) throw error
      this.#bad(error, end)
    }
    this.#position += bytes.length
  }

  #bad(error: ScanError, end: number): void {
    const offset = this.#position
    const message = this.#reader.describe(this.#scan, error, `Record ${this.#record} at byte ${offset}`, end)
    const bytes = new Uint8Array(this.#scan.bytes.subarray(0, end))
    this.#onBadRecord({ record: this.#record, offset, bytes, code: error.refusal.code, message })
  }
}

function isSpace(c: number): boolean {
  return c === 32 || c === 9 || c === 10 || c === 13
}
