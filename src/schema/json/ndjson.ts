/** NDJSON: one JSON object a line. */
import { isUtf8 } from 'node:buffer'
import { type DecodeOptions, MAX_RECORD_BYTES, markLength, RecordDecoder } from '../decoder.ts'
import { notUtf8, ScanError } from '../text/scan-error.ts'
import type { Schema } from '../type.ts'
import { RecordReader } from './record.ts'
import { failAt, peek, Scan } from './scan.ts'

const LINE_FEED = 10

/** `position` is always the beginning of a line, so that decoding can go on there. Blank lines are skipped. */
export class NdjsonDecoder extends RecordDecoder {
  readonly #reader: RecordReader
  readonly #scan = new Scan(true)

  constructor(schema: Schema, options: DecodeOptions = {}) {
    super(schema, options)
    this.#reader = new RecordReader(this.table)
  }

  protected decode(chunk: Buffer): void {
    const last = chunk.lastIndexOf(LINE_FEED)
    if (last < 0) {
      this.carry.add(chunk)
      return
    }
    // Only the line that began in an earlier chunk is copied.
    const first = this.carry.length === 0 ? 0 : chunk.indexOf(LINE_FEED) + 1
    if (first > 0) this.#carried(chunk.subarray(0, first))
    this.#lines(chunk.subarray(first, last + 1))
    this.carry.add(chunk.subarray(last + 1))
  }

  override end(): void {
    if (this.carry.length === 0) return
    this.#carried(Buffer.of(LINE_FEED))
    this.offset-- // the line feed that was not there
  }

  /** Decodes the line that is carried, with its end. */
  #carried(end: Buffer): void {
    if (this.carry.length + end.length - 1 <= MAX_RECORD_BYTES) {
      this.#lines(this.carry.join(end))
      return
    }
    this.carry.add(end.subarray(0, -1))
    this.tooLong()
    this.lines++
    this.offset++
  }

  /** Decodes whole lines. */
  #lines(bytes: Buffer): void {
    const s = this.#scan
    s.enter(bytes)
    s.pos = this.offset === 0 ? markLength(bytes) : 0
    const utf8 = isUtf8(bytes)
    while (s.pos < bytes.length) this.#line(s, utf8)
    this.offset += bytes.length
  }

  /** Decodes one line. A function of its own, so that V8 optimises it as a whole rather than the loop around it. */
  #line(s: Scan, utf8: boolean): void {
    const start = s.pos
    this.lines++
    if (peek(s) === LINE_FEED) {
      s.pos++
      return
    }
    this.record++
    try {
      if (!utf8) checkUtf8(s.bytes, start)
      this.#reader.read(s)
      if (peek(s) !== LINE_FEED) failAt(s, 'the end of the line')
      s.pos++
      this.table.length++
    } catch (error) {
      if (!(error instanceof ScanError)) throw error
      this.#bad(error, start)
    }
  }

  /** Reports the line that begins at `start`, and goes on after it. */
  #bad(error: ScanError, start: number): void {
    const s = this.#scan
    const end = s.bytes.indexOf(LINE_FEED, start)
    const message = (where: string): string => this.#reader.describe(s, error, where, end)
    const bytes = s.bytes.subarray(start, end)
    this.report({ start, line: this.lines, bytes, code: error.refusal.code, message })
    s.pos = end + 1
  }
}

function checkUtf8(bytes: Buffer, start: number): void {
  if (!isUtf8(bytes.subarray(start, bytes.indexOf(LINE_FEED, start)))) notUtf8(start)
}
