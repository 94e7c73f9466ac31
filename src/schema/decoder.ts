/** What all decoders share: from bytes to columns record by record, and the fate of a bad record. */
import { type ErrorCode, HeadraceError } from '../errors.ts'
import type { Batch } from './batch.ts'
import { builderOf, type ColumnBuilder } from './builder.ts'
import type { Schema } from './type.ts'

/** A record that could not be decoded. */
export interface BadRecord {
  /** 1 for the first record of the input; header lines and blank lines are none. */
  readonly record: number
  /** The line of the input on which the record begins: 1 for the first, counting header lines and blank lines. Absent where a format has no lines. */
  readonly line?: number
  /** The byte of the input at which the record begins. */
  readonly offset: number
  /** The record as it was found, without its terminator. A copy: it may be kept. */
  readonly bytes: Uint8Array
  readonly code: ErrorCode
  /** Names the record, its offset, the column, what was expected and what was found. */
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
 * until they are taken, so the caller bounds them by the size of its pieces.
 */
export interface Decoder {
  push(bytes: Uint8Array): void
  /** The input has ended. Throws, or reports a bad record, where it ends within one. */
  end(): void
  /** Rows decoded and not yet taken. */
  readonly rows: number
  /** The byte of the input after the last record decoded: where another decoder may resume. */
  readonly position: number
  /** The rows since the last call as a batch, perhaps of none. */
  take(): Batch
}

export function failOnBadRecord(bad: BadRecord): never {
  throw new HeadraceError(bad.code, bad.message)
}

/** Longest record; a longer one is taken for a broken input, before it fills the memory. */
const MAX_RECORD_BYTES = 64 * 1024 * 1024

/** The beginning of a record whose end has not come yet. */
export class Carry {
  #pieces: Buffer[] = []
  length = 0

  /** Keeps a copy. Throws BAD_RECORD above MAX_RECORD_BYTES. */
  add(piece: Buffer): void {
    if (piece.length === 0) return
    this.#pieces.push(Buffer.from(piece))
    this.length += piece.length
    if (this.length > MAX_RECORD_BYTES) {
      throw new HeadraceError(
        'BAD_RECORD',
        `A record is longer than ${MAX_RECORD_BYTES} bytes; is this the format?`,
      )
    }
  }

  /** What was kept, followed by `piece`. Nothing is kept any more. */
  join(piece: Buffer): Buffer {
    const whole = this.length === 0 ? piece : Buffer.concat([...this.#pieces, piece])
    this.#pieces = []
    this.length = 0
    return whole
  }
}

/** The same bytes as a Buffer. */
export function bufferOf(bytes: Uint8Array): Buffer {
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
