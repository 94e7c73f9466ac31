/**
 * The fast way through the records that most files consist of: no quotes, the plainest spelling in every field, a field for
 * each name. They are read in one pass over their bytes. Where anything else comes, `CsvReader` reads the record and decides.
 */
import type {
  BitsBuilder,
  ColumnBuilder,
  FloatBuilder,
  Int32Builder,
  Int64Builder,
  Int128Builder,
  TextBuilder,
} from '../builder.ts'
import type { Rows } from '../decoder.ts'
import { hashBytes } from '../dictionary-builder.ts'
import {
  floatOf,
  type NumberScan,
  scanNumber,
  storeDecimal,
  storeInt32,
  storeInt64,
} from '../text/number-scan.ts'
import { dateAt, timestampAt, timestampEnd } from '../text/time-scan.ts'
import type { ColumnType } from '../type.ts'
import { CARRIAGE_RETURN, type Dialect, LINE_FEED, NONE } from './dialect.ts'

interface Field {
  readonly type: ColumnType
  readonly builder: ColumnBuilder
}

/** Not a position: the record is not plain. */
const NOT_PLAIN = -1

/**
 * Whether a dialect has plain records. With comments or other nulls each field would need a second look; delimiters and
 * quotes that can stand in a number or a time would end it.
 */
export function hasPlain({ comment, nulls, delimiter, quote }: Dialect): boolean {
  const isApart = [delimiter, quote].every(c => c === NONE || !/[\w+\-.: ]/.test(String.fromCharCode(c)))
  return isApart && comment === NONE && nulls.length === 1 && nulls[0] === ''
}

export class PlainReader {
  readonly #rows: Rows
  readonly #delimiter: number
  /** By position in the record; undefined where the schema has no such column. */
  readonly #fields: readonly (Field | undefined)[]
  /** 1 for the bytes that end a field, or have no place in a plain one. */
  readonly #stops = new Uint8Array(256)

  constructor(rows: Rows, names: readonly string[], dialect: Dialect) {
    this.#rows = rows
    this.#delimiter = dialect.delimiter
    const fields = Object.entries(rows.schema).map(([name, type], i): [string, Field] => [
      name,
      { type, builder: rows.builders[i]! },
    ])
    const byName = new Map(fields)
    this.#fields = names.map(name => byName.get(name))
    for (const c of [dialect.delimiter, dialect.quote, LINE_FEED, CARRIAGE_RETURN])
      if (c >= 0) this.#stops[c] = 1
  }

  /**
   * Reads the plain records from `start` on, up to the first that is not plain or the end of the bytes, whose last is a line
   * feed and which are UTF-8. Gives the position after them; the row after the last may be half written.
   */
  read(s: NumberScan, start: number): number {
    const rows = this.#rows
    const { length } = s.bytes
    let pos = start
    while (pos < length) {
      rows.reserve(rows.length + 1)
      const end = this.#record(s, pos, rows.length)
      if (end === NOT_PLAIN) return pos
      rows.length++
      pos = end
    }
    return pos
  }

  #record(s: NumberScan, start: number, row: number): number {
    const { bytes } = s
    const last = this.#fields.length - 1
    let pos = start
    for (let i = 0; i < last; i++) {
      pos = this.#field(s, this.#fields[i], row, pos)
      if (pos === NOT_PLAIN || bytes[pos] !== this.#delimiter) return NOT_PLAIN
      pos++
    }
    pos = this.#field(s, this.#fields[last], row, pos)
    if (pos === NOT_PLAIN) return NOT_PLAIN
    if (bytes[pos] === CARRIAGE_RETURN) pos++
    return bytes[pos] === LINE_FEED ? pos + 1 : NOT_PLAIN
  }

  /** Gives the position after the field, which is not yet known to be its end, or NOT_PLAIN. */
  #field(s: NumberScan, field: Field | undefined, row: number, pos: number): number {
    if (field === undefined) return this.#end(s.bytes, pos)
    if (this.#stops[s.bytes[pos]!] === 1) {
      if (!field.type.nullable) return NOT_PLAIN
      field.builder.setNull(row)
      return pos
    }
    switch (field.type.kind) {
      case 'int64':
        return number(s, pos) && storeInt64(s, field.builder as Int64Builder, row) ? s.pos : NOT_PLAIN
      case 'int32':
        return number(s, pos) && storeInt32(s, field.builder as Int32Builder, row) ? s.pos : NOT_PLAIN
      case 'decimal':
        return number(s, pos) &&
          storeDecimal(s, field.builder as Int64Builder | Int128Builder, row, field.type)
          ? s.pos
          : NOT_PLAIN
      case 'float64':
        return float(s, field.builder as FloatBuilder, row, pos)
      case 'string':
        return this.#text(s.bytes, field.builder as TextBuilder, row, pos)
      case 'timestamp':
        return timestamp(s.bytes, field.builder as Int64Builder, row, pos)
      case 'date':
        return date(s.bytes, field.builder as Int32Builder, row, pos)
      case 'bool':
        return bool(s.bytes, field.builder as BitsBuilder, row, pos)
      case 'enum':
      case 'uuid':
        return this.#coded(s.bytes, field.builder as TextBuilder, row, pos)
      default:
        return NOT_PLAIN
    }
  }

  /** The first byte that a plain field does not hold. */
  #end(bytes: Uint8Array, pos: number): number {
    const stops = this.#stops
    let end = pos
    while (stops[bytes[end]!] === 0) end++
    return end
  }

  #text(bytes: Buffer, builder: TextBuilder, row: number, pos: number): number {
    const end = this.#end(bytes, pos)
    const hash = hashBytes(bytes, pos, end)
    if (!builder.setSeen(row, bytes, pos, end, hash)) builder.setNew(row, bytes, pos, end, hash)
    return end
  }

  /** What has been seen is a good value; what has not is for `CsvReader` to judge. */
  #coded(bytes: Uint8Array, builder: TextBuilder, row: number, pos: number): number {
    const end = this.#end(bytes, pos)
    return builder.setSeen(row, bytes, pos, end, hashBytes(bytes, pos, end)) ? end : NOT_PLAIN
  }
}

function number(s: NumberScan, pos: number): boolean {
  s.pos = pos
  return scanNumber(s)
}

function float(s: NumberScan, builder: FloatBuilder, row: number, pos: number): number {
  if (!number(s, pos) || !s.plain) return NOT_PLAIN
  builder.set(row, floatOf(s))
  return s.pos
}

function timestamp(bytes: Uint8Array, builder: Int64Builder, row: number, pos: number): number {
  const end = timestampEnd(bytes, pos)
  const micros = timestampAt(bytes, pos, end)
  if (Number.isNaN(micros)) return NOT_PLAIN
  builder.setNumber(row, micros)
  return end
}

function date(bytes: Uint8Array, builder: Int32Builder, row: number, pos: number): number {
  const days = dateAt(bytes, pos, pos + 10)
  if (Number.isNaN(days)) return NOT_PLAIN
  builder.set(row, days)
  return pos + 10
}

const TRUE = Buffer.from('true')
const FALSE = Buffer.from('false')

function bool(bytes: Uint8Array, builder: BitsBuilder, row: number, pos: number): number {
  const text = bytes[pos] === TRUE[0] ? TRUE : FALSE
  for (let i = 0; i < text.length; i++) if (bytes[pos + i] !== text[i]) return NOT_PLAIN
  builder.set(row, text === TRUE)
  return pos + text.length
}
