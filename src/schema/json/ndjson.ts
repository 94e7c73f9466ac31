/** NDJSON: one JSON object a line. */
import { isUtf8 } from 'node:buffer'
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
import { failAt, peek, Scan } from './scan.ts'

const LINE_FEED = 10

/** `position` is always the beginning of a line, so that decoding can go on there. Blank lines are skipped. */
export class NdjsonDecoder implements Decoder {
  readonly #rows: Rows
  readonly #reader: RecordReader
  readonly #scan = new Scan(true)
  readonly #carry = new Carry()
  readonly #onBadRecord: NonNullable<DecodeOptions['onBadRecord']>
  #record = 0
  #position: number

  constructor(schema: Schema, options: DecodeOptions = {}) {
    this.#rows = new Rows(schema)
    this.#reader = new RecordReader(this.#rows)
    this.#onBadRecord = options.onBadRecord ?? failOnBadRecord
    this.#position = options.offset ?? 0
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
    const chunk = bufferOf(bytes)
    const last = chunk.lastIndexOf(LINE_FEED)
    if (last < 0) {
      this.#carry.add(chunk)
      return
    }
    // Only the line that began in an earlier chunk is copied.
    const first = this.#carry.length === 0 ? 0 : chunk.indexOf(LINE_FEED) + 1
    if (first > 0) this.#lines(this.#carry.join(chunk.subarray(0, first)))
    this.#lines(chunk.subarray(first, last + 1))
    this.#carry.add(chunk.subarray(last + 1))
  }

  end(): void {
    if (this.#carry.length === 0) return
    this.#lines(this.#carry.join(Buffer.of(LINE_FEED)))
    this.#position-- // the line feed that was not there
  }

  /** Decodes whole lines. */
  #lines(bytes: Buffer): void {
    const s = this.#scan
    s.enter(bytes)
    s.pos = this.#position === 0 ? markLength(bytes) : 0
    const utf8 = isUtf8(bytes)
    while (s.pos < bytes.length) this.#line(s, utf8)
    this.#position += bytes.length
  }

  /** Decodes one line. A function of its own, so that V8 optimises it as a whole rather than the loop around it. */
  #line(s: Scan, utf8: boolean): void {
    const start = s.pos
    if (peek(s) === LINE_FEED) {
      s.pos++
      return
    }
    this.#record++
    try {
      if (!utf8) checkUtf8(s.bytes, start)
      this.#reader.read(s)
      if (peek(s) !== LINE_FEED) failAt(s, 'the end of the line')
      s.pos++
      this.#rows.length++
    } catch (error) {
      if (!(error instanceof ScanError)) throw error
      this.#bad(error, start)
    }
  }

  /** Reports the line that begins at `start`, and goes on after it. */
  #bad(error: ScanError, start: number): void {
    const s = this.#scan
    const end = s.bytes.indexOf(LINE_FEED, start)
    const offset = this.#position + start
    const where = `Record ${this.#record} at byte ${offset}`
    const message = this.#reader.describe(s, error, where, end)
    s.pos = end + 1
    this.#onBadRecord({
      record: this.#record,
      offset,
      bytes: new Uint8Array(s.bytes.subarray(start, end)),
      code: error.refusal.code,
      message,
    })
  }
}

function checkUtf8(bytes: Buffer, start: number): void {
  if (!isUtf8(bytes.subarray(start, bytes.indexOf(LINE_FEED, start)))) notUtf8(start)
}
