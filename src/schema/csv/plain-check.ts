/**
 * Whether CSV bytes are plain: a line feed after each record, a field for each name, no quotes, and in each field a value of
 * its type in a spelling that means the same to every reader. It makes no values, and is several times as fast as decoding.
 * What is not plain need not be bad; that is for the codec to judge.
 */
import { dayExists } from '../text/time-text.ts'
import type { ColumnType, Kind, Schema } from '../type.ts'
import { CARRIAGE_RETURN, type Dialect, LINE_FEED } from './dialect.ts'

/** Bytes that must be readable behind those that are checked. */
export const CHECK_SLACK = 32

/** Not a position: the field is not plain. */
const NOT_PLAIN = -1

/** Digits of a double before and after the point: more than files hold, fewer than make it infinite. */
const FLOAT_DIGITS = 60

/** How fields are spelled. Numbers, because the check compares them for every field. */
const TEXT = 0
const NUMBER = 1
const TIMESTAMP = 2
const DATE = 3
const BOOL = 4

const SPELLINGS: { readonly [K in Kind]?: number } = {
  string: TEXT,
  int32: NUMBER,
  int64: NUMBER,
  decimal: NUMBER,
  float64: NUMBER,
  timestamp: TIMESTAMP,
  date: DATE,
  bool: BOOL,
}

/** Whether all values of a schema can be spelled plainly. */
export function canBePlain(schema: Schema): boolean {
  return Object.values(schema).every(({ kind }) => SPELLINGS[kind] !== undefined)
}

interface Field {
  readonly spelling: number
  /** Digits before the point and after it, at most: with fewer than the type may have, no value is out of its range. */
  readonly whole: number
  readonly scale: number
  /** Whether it may be empty. */
  readonly nullable: boolean
}

function fieldOf({ kind, nullable, precision = 0, scale = 0 }: ColumnType, columns: number): Field {
  const [whole, fraction] =
    kind === 'int32'
      ? [9, 0]
      : kind === 'int64'
        ? [18, 0]
        : kind === 'decimal'
          ? [precision - scale, scale]
          : [FLOAT_DIGITS, FLOAT_DIGITS]
  // In a file of one column DuckDB passes over an empty line, which is a null.
  return { spelling: SPELLINGS[kind]!, whole, scale: fraction, nullable: nullable && columns > 1 }
}

export class PlainCheck {
  /** By position in the record. */
  readonly #fields: readonly Field[]
  readonly #delimiter: number
  /** 1 for the bytes that end a field, or have no place in a plain one. */
  readonly #stops = new Uint8Array(256)
  /** Found so far. */
  records = 0

  /** `names` are the columns of the file, in its order. */
  constructor(schema: Schema, names: readonly string[], { delimiter, quote }: Dialect) {
    const types = names.map(name => (Object.hasOwn(schema, name) ? schema[name]! : UNREAD))
    this.#fields = types.map(type => fieldOf(type, names.length))
    this.#delimiter = delimiter
    for (const c of [delimiter, quote, LINE_FEED, CARRIAGE_RETURN]) if (c >= 0) this.#stops[c] = 1
  }

  /** Whether `bytes[start, end)`, whole lines in UTF-8, are plain. `bytes` go on for CHECK_SLACK. */
  check(bytes: Buffer, start: number, end: number): boolean {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const fields = this.#fields
    const stops = this.#stops
    const delimiter = this.#delimiter
    const last = fields.length - 1
    let records = 0
    for (let pos = start; pos < end; pos++) {
      for (let i = 0; i < last; i++, pos++) {
        pos = fieldEnd(fields[i]!, bytes, view, pos, stops)
        if (pos === NOT_PLAIN || bytes[pos] !== delimiter) return false
      }
      pos = fieldEnd(fields[last]!, bytes, view, pos, stops)
      if (pos === NOT_PLAIN || bytes[pos] !== LINE_FEED) return false
      records++
    }
    this.records += records
    return true
  }
}

/** Gives the position after the field, which is not yet known to be its end, or NOT_PLAIN. */
function fieldEnd(field: Field, bytes: Buffer, view: DataView, pos: number, stops: Uint8Array): number {
  const end = valueEnd(field, bytes, view, pos, stops)
  if (end > pos) return end
  return field.nullable && stops[bytes[pos]!] === 1 ? pos : NOT_PLAIN
}

/** The same for a field that is not empty. */
function valueEnd(field: Field, bytes: Buffer, view: DataView, pos: number, stops: Uint8Array): number {
  switch (field.spelling) {
    case NUMBER:
      return numberEnd(bytes, pos, field.whole, field.scale)
    case TIMESTAMP:
      return timestampEnd(bytes, view, pos)
    case DATE:
      return dateEnd(bytes, view, pos)
    case BOOL:
      return boolEnd(bytes, view, pos)
    default:
      return textEnd(bytes, pos, stops)
  }
}

/** What a column is like that the schema does not have. */
const UNREAD: ColumnType = { kind: 'string', nullable: true }

function textEnd(bytes: Buffer, pos: number, stops: Uint8Array): number {
  let end = pos
  while (stops[bytes[end]!] === 0) end++
  return end
}

const DIGITS = Uint8Array.from({ length: 256 }, (_, c) => (c >= 48 && c <= 57 ? 1 : 0))

/** A sign, digits, and perhaps more after a point. DuckDB rounds what has too many, and takes `.5`, `5.`, `1e3`, `1_0`. */
function numberEnd(bytes: Buffer, pos: number, whole: number, scale: number): number {
  const first = bytes[pos] === 45 ? pos + 1 : pos
  let end = first
  while (DIGITS[bytes[end]!] === 1) end++
  if (end === first || end - first > whole) return NOT_PLAIN
  if (bytes[end] !== 46) return end
  const point = ++end
  while (DIGITS[bytes[end]!] === 1) end++
  return end === point || end - point > scale ? NOT_PLAIN : end
}

/** `2024-01-31`, if there is such a day. DuckDB knows a year 0, and takes `2024-1-31`, `2024/01/31` and `24-01-31`. */
function dateEnd(bytes: Buffer, view: DataView, pos: number): number {
  const wrong =
    differs(view.getInt32(pos, true), 0xffffffff, 0x30303030) |
    differs(view.getInt32(pos + 4, true), 0x00ffff00, 0x2d30302d) |
    differs(view.getInt16(pos + 8, true) & 0xffff, 0x0000ffff, 0x00003030)
  if (wrong !== 0) return NOT_PLAIN
  const year = two(bytes, pos) * 100 + two(bytes, pos + 2)
  const month = two(bytes, pos + 5)
  const day = two(bytes, pos + 8)
  const isUsual = year > 0 && month > 0 && month <= 12 && day > 0 && day <= 28
  return isUsual || dayExists(year, month, day) ? pos + 10 : NOT_PLAIN
}

/** The number of two bytes that are digits. */
function two(bytes: Buffer, pos: number): number {
  return bytes[pos]! * 10 + bytes[pos + 1]! - 528
}

/**
 * A date, `T` or a space, `23:59:59`, perhaps a point and up to six digits, perhaps `Z`. DuckDB knows an hour 24, cuts off a
 * seventh digit, and takes no notice of an offset such as `+02:00`.
 */
function timestampEnd(bytes: Buffer, view: DataView, pos: number): number {
  const clock = pos + 11
  if (dateEnd(bytes, view, pos) === NOT_PLAIN || (bytes[clock - 1] !== 84 && bytes[clock - 1] !== 32))
    return NOT_PLAIN
  const wrong =
    differs(view.getInt32(clock, true), 0xff00ffff | 0, 0x303a3030) |
    differs(view.getInt32(clock + 4, true), 0xffff00ff | 0, 0x30303a30)
  if (wrong !== 0 || two(bytes, clock) > 23 || bytes[clock + 3]! > 53 || bytes[clock + 6]! > 53)
    return NOT_PLAIN
  let end = clock + 8
  if (bytes[end] === 46) {
    const point = ++end
    while (DIGITS[bytes[end]!] === 1) end++
    if (end === point || end - point > 6) return NOT_PLAIN
  }
  return bytes[end] === 90 ? end + 1 : end
}

/**
 * Zero if four bytes are as in `text`, where any digits may stand in the bytes that `digits` masks; there `text` has zeros.
 * A byte between 0x30 and 0x39 keeps its high half when 6 is added; no other byte has 3 there both times.
 */
function differs(word: number, digits: number, text: number): number {
  const high = (word & ~(digits & 0x0f0f0f0f)) ^ text
  const carried = ((word + (digits & 0x06060606)) & digits & 0xf0f0f0f0) ^ (digits & 0x30303030)
  return high | carried
}

const TRUE = 0x65757274
const FALS = 0x736c6166

function boolEnd(bytes: Buffer, view: DataView, pos: number): number {
  const word = view.getInt32(pos, true)
  if (word === TRUE) return pos + 4
  return word === FALS && bytes[pos + 4] === 101 ? pos + 5 : NOT_PLAIN
}
