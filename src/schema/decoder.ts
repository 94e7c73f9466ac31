/** What all decoders share: from bytes to columns record by record, and the fate of a bad record. */
import { type ErrorCode, HeadraceError } from '../errors.ts'
import type { Batch } from './batch.ts'
import { builderOf, type ColumnBuilder } from './builder.ts'
import type { Schema } from './type.ts'

/** A record that could not be decoded. */
export interface BadRecord {
  /** 1 for the first record of the input; header lines, comments and blank lines are none. */
  readonly record: number
  /** The line of the input on which the record begins: 1 for the first, whatever it holds. Absent where decoding began at an `offset`. */
  readonly line?: number
  /** The byte of the input at which the record begins. */
  readonly offset: number
  /** The record as it was found, without its terminator. A copy: it may be kept. */
  readonly bytes: Uint8Array
  /** The length of the record where `bytes` are only its beginning. */
  readonly length?: number
  readonly code: ErrorCode
  /** Names the record, its line and offset, the column, what was expected and what was found. */
  readonly message: string
}

export interface DecodeOptions {
  /** Called for each bad record; returning skips it. By default it throws, and the read fails. */
  readonly onBadRecord?: (bad: BadRecord) => void
  /** The offset of the first byte given, where decoding does not begin at the beginning of the input. */
  readonly offset?: number
}

/**
 * Decodes one input. Bytes come in pieces that may end anywhere and are not looked at again after the call. Rows add up
 * until they are taken, so the caller bounds them by the size of its pieces. What is no record of the format at all, such as
 * a header that lacks a column, is thrown; a record that is bad is reported.
 */
export interface Decoder {
  push(bytes: Uint8Array): void
  /** The input has ended. Reports a bad record where it ends within one. */
  end(): void
  /** The input has broken off, and this is why. Reports one bad record: what came after the last whole one, be it nothing. */
  breakOff(code: ErrorCode, reason: string): void
  /** Rows decoded and not yet taken. */
  readonly rows: number
  /** The byte of the input after the last record decoded: where another decoder may resume. */
  readonly position: number
  /** The rows since the last call as a batch, perhaps of none. */
  take(): Batch
}

function failOnBadRecord(bad: BadRecord): never {
  throw new HeadraceError(bad.code, bad.message)
}

/** Longest record. A longer one is bad, so that no input fills the memory. */
export const MAX_RECORD_BYTES = 64 * 1024 * 1024

/** What is kept of a longer record. */
export const KEPT_BYTES = 1024 * 1024

/** The most bytes decoded at a time, however long the pieces are that come. */
const PIECE_BYTES = 16 * 1024 * 1024

/** The beginning of a record whose end has not come yet. Of one that is too long, only the first KEPT_BYTES. */
class Carry {
  #pieces: Buffer[] = []
  /** Of the record so far. */
  length = 0

  /** Keeps a copy. */
  add(piece: Buffer): void {
    if (piece.length === 0) return
    const wasShort = this.length <= MAX_RECORD_BYTES
    this.length += piece.length
    if (this.length <= MAX_RECORD_BYTES) this.#pieces.push(Buffer.from(piece))
    else if (wasShort) this.#pieces = [Buffer.concat([...this.#pieces, piece], KEPT_BYTES)]
  }

  /** What was kept, followed by `piece`. Nothing is kept any more. */
  join(piece: Buffer): Buffer {
    const whole = this.length === 0 ? piece : Buffer.concat([...this.#pieces, piece])
    this.#pieces = []
    this.length = 0
    return whole
  }
}

/** What a decoder says of a record that it could not decode. */
interface Fault {
  /** Where it begins in the bytes since `position`. */
  readonly start: number
  readonly line: number
  readonly bytes: Buffer
  /** Of the record, where `bytes` are only its beginning. */
  readonly length?: number
  readonly code: ErrorCode
  /** What is wrong, after the words that say where. */
  readonly message: (where: string) => string
}

/** What is the same in all decoders. */
export abstract class RecordDecoder implements Decoder {
  protected readonly table: Rows
  protected readonly carry = new Carry()
  /** Records so far, bad ones too. */
  protected record = 0
  /** Lines before the first byte after `position`. */
  protected lines = 0
  protected offset: number
  readonly #onBadRecord: NonNullable<DecodeOptions['onBadRecord']>
  readonly #hasLines: boolean

  constructor(schema: Schema, { offset = 0, onBadRecord = failOnBadRecord }: DecodeOptions) {
    this.table = new Rows(schema)
    this.offset = offset
    this.#onBadRecord = onBadRecord
    this.#hasLines = offset === 0
  }

  get rows(): number {
    return this.table.length
  }

  get position(): number {
    return this.offset
  }

  take(): Batch {
    return this.table.take()
  }

  push(bytes: Uint8Array): void {
    const all = bufferOf(bytes)
    for (let at = 0; at < all.length; at += PIECE_BYTES) this.decode(all.subarray(at, at + PIECE_BYTES))
  }

  abstract end(): void

  breakOff(code: ErrorCode, reason: string): void {
    this.record++
    this.unfinished(code, reason)
  }

  protected abstract decode(piece: Buffer): void

  /** Reports what is carried as the record that has been counted last; nothing is carried any more. */
  protected unfinished(code: ErrorCode, reason: string): void {
    const { length } = this.carry
    const bytes = this.carry.join(EMPTY)
    const fault = {
      start: 0,
      line: this.lines + 1,
      bytes,
      code,
      message: (where: string) => `${where}: ${reason}.`,
    }
    this.report(bytes.length < length ? { ...fault, length } : fault)
    this.offset += length
  }

  /** Reports that what is carried is longer than any record may be. */
  protected tooLong(): void {
    this.record++
    this.unfinished(
      'BAD_RECORD',
      `is longer than ${MAX_RECORD_BYTES} bytes, the longest that a record may be`,
    )
  }

  /** Reports the record that has been counted last. */
  protected report({ start, line, bytes, length, code, message }: Fault): void {
    const offset = this.offset + start
    const place = this.#hasLines ? `line ${line}, byte ${offset}` : `byte ${offset}`
    this.#onBadRecord({
      record: this.record,
      ...(this.#hasLines ? { line } : {}),
      offset,
      bytes: new Uint8Array(bytes),
      ...(length === undefined ? {} : { length }),
      code,
      message: message(`Record ${this.record} at ${place}`),
    })
  }
}

const EMPTY = Buffer.alloc(0)

const LINE_FEED = 10

/** How many line feeds lie in `bytes[start, end)`. */
export function lineFeeds(bytes: Buffer, start = 0, end = bytes.length): number {
  let count = 0
  for (let at = bytes.indexOf(LINE_FEED, start); at >= 0 && at < end; at = bytes.indexOf(LINE_FEED, at + 1))
    count++
  return count
}

/** The same bytes as a Buffer. */
function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

const BYTE_ORDER_MARK = Buffer.from('\ufeff')

/** The length of the byte order mark that `bytes` begin with, or 0. */
export function markLength(bytes: Buffer): number {
  return bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0
}

/** The columns of a decoder, written row by row. `length` is the count of good rows; the next one may be half written. */
export class Rows {
  readonly schema: Schema
  readonly builders: readonly ColumnBuilder[]
  length = 0
  #capacity = 0

  constructor(schema: Schema) {
    this.schema = schema
    this.builders = Object.values(schema).map(builderOf)
  }

  reserve(rows: number): void {
    if (rows <= this.#capacity) return
    this.#capacity = Math.max(rows, this.#capacity * 2)
    for (const builder of this.builders) builder.reserve(this.#capacity)
  }

  take(): Batch {
    const length = this.length
    this.length = 0
    this.reserve(1)
    return { schema: this.schema, length, columns: this.builders.map(builder => builder.take(length)) }
  }
}
