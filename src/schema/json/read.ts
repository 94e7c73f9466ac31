/** One reader a type: from the first byte of a JSON value that is not null to a row of a column. */
import type {
  BitsBuilder,
  ColumnBuilder,
  FloatBuilder,
  Int32Builder,
  Int64Builder,
  Int128Builder,
  ListBuilder,
  TextBuilder,
} from '../builder.ts'
import { hashBytes, textAt } from '../dictionary-builder.ts'
import { NOT_ALLOWED } from '../refusal.ts'
import { conformText } from '../standard.ts'
import { floatOf, scanNumber, storeDecimal, storeInt32, storeInt64 } from '../text/number-scan.ts'
import { decimalOfJson, fitInt32, floatOfText, integerOfJson } from '../text/number-text.ts'
import { fail, must } from '../text/scan-error.ts'
import { type ColumnSlot, type Store, stores } from '../text/store-text.ts'
import { timestampAt } from '../text/time-scan.ts'
import { cellOfText } from '../text/value-text.ts'
import type { ColumnType, Kind } from '../type.ts'
import {
  CLOSE_BRACKET,
  COMMA,
  expect,
  FALSE,
  NULL,
  OPEN_BRACKET,
  peek,
  QUOTE,
  type Scan,
  scanString,
  scanValue,
  scanWord,
  TRUE,
} from './scan.ts'

/** Where a value goes, and how it is read: bare, and in quotes. */
export interface JsonSlot extends ColumnSlot {
  readonly read: (s: Scan, slot: JsonSlot, row: number) => void
  readonly store: Store
  /** list: where the elements go. */
  readonly element?: JsonSlot
}

export function slotOf(type: ColumnType, builder: ColumnBuilder): JsonSlot {
  const slot = { type, builder, read: readers[type.kind], store: stores[type.kind] }
  if (type.kind !== 'list') return slot
  return { ...slot, element: slotOf(type.element!, (builder as ListBuilder).child) }
}

/** Reads a value or null, from its first byte. */
export function readInto(s: Scan, slot: JsonSlot, row: number): void {
  if (s.bytes[s.pos] !== 0x6e) {
    slot.read(s, slot, row)
    return
  }
  const start = s.pos
  scanWord(s, NULL)
  if (!slot.type.nullable) fail('NULL_VALUE', NOT_ALLOWED, start)
  slot.builder.setNull(row)
}

const readers: Readonly<Record<Kind, JsonSlot['read']>> = {
  bool: readBool,
  int32: readInt32,
  int64: readInt64,
  float64: readFloat,
  decimal: readDecimal,
  string: readString,
  bytes: readQuoted,
  date: readQuoted,
  timestamp: readTimestamp,
  uuid: readQuoted,
  enum: readQuoted,
  json: readJson,
  list: readList,
}

function readBool(s: Scan, slot: JsonSlot, row: number): void {
  const builder = slot.builder as BitsBuilder
  const c = s.bytes[s.pos]
  if (c !== 0x74 && c !== 0x66) wrongKind(s, 'is neither true nor false')
  scanWord(s, c === 0x74 ? TRUE : FALSE)
  builder.set(row, c === 0x74)
}

function readInt32(s: Scan, slot: JsonSlot, row: number): void {
  const start = s.pos
  number(s)
  const builder = slot.builder as Int32Builder
  if (storeInt32(s, builder, row)) return
  const whole = must(integerOfJson(s.bytes.toString('latin1', start, s.pos)), start)
  builder.set(row, must(fitInt32(Number(whole)), start))
}

function readInt64(s: Scan, slot: JsonSlot, row: number): void {
  const start = s.pos
  if (s.bytes[start] === QUOTE) {
    readQuoted(s, slot, row)
    return
  }
  number(s)
  const builder = slot.builder as Int64Builder
  if (storeInt64(s, builder, row)) return
  builder.setCell(row, must(integerOfJson(s.bytes.toString('latin1', start, s.pos)), start))
}

function readDecimal(s: Scan, slot: JsonSlot, row: number): void {
  const start = s.pos
  if (s.bytes[start] === QUOTE) {
    readQuoted(s, slot, row)
    return
  }
  number(s)
  const builder = slot.builder as Int64Builder | Int128Builder
  if (storeDecimal(s, builder, row, slot.type)) return
  const text = s.bytes.toString('latin1', start, s.pos)
  builder.setCell(row, must(decimalOfJson(text, slot.type.precision!, slot.type.scale!), start))
}

function readFloat(s: Scan, slot: JsonSlot, row: number): void {
  const start = s.pos
  number(s)
  const builder = slot.builder as FloatBuilder
  if (s.plain) builder.set(row, floatOf(s))
  else builder.set(row, must(floatOfText(s.bytes.toString('latin1', start, s.pos)), start))
}

/** A string seen before is stored by its code alone. */
function readString(s: Scan, slot: JsonSlot, row: number): void {
  const start = s.pos + 1
  const end = quoted(s)
  const builder = slot.builder as TextBuilder
  if (s.escaped) {
    builder.setCell(row, textOf(s, start, end))
    return
  }
  const hash = hashBytes(s.bytes, start, end)
  if (!builder.setSeen(row, s.bytes, start, end, hash)) builder.setNew(row, s.bytes, start, end, hash)
}

/** The usual spellings have their quote 20 to 27 bytes on: what lies before it is checked by reading it. */
function readTimestamp(s: Scan, slot: JsonSlot, row: number): void {
  const bytes = s.bytes
  const start = s.pos + 1
  const last = Math.min(start + 27, bytes.length - 1)
  let end = start + 20
  while (end < last && bytes[end] !== QUOTE) end++
  const micros = end <= last && bytes[start - 1] === QUOTE ? timestampAt(bytes, start, end) : Number.NaN
  if (Number.isNaN(micros) || bytes[end] !== QUOTE) {
    readQuoted(s, slot, row)
    return
  }
  ;(slot.builder as Int64Builder).setNumber(row, micros)
  s.pos = end + 1
}

/** All that stands in quotes and is no string: read as a CSV field would be. */
function readQuoted(s: Scan, slot: JsonSlot, row: number): void {
  const start = s.pos + 1
  const end = quoted(s)
  const after = s.pos
  if (s.escaped) slot.builder.setCell(row, must(cellOfText(slot.type, textOf(s, start, end)), start))
  else slot.store(s, slot, row, start, end)
  s.pos = after
}

/** Kept to the letter, without the white space around it. */
function readJson(s: Scan, slot: JsonSlot, row: number): void {
  const start = s.pos
  scanValue(s, 1)
  slot.builder.setCell(row, must(conformText(slot.type, textAt(s.bytes, start, s.pos)), start))
}

function readList(s: Scan, slot: JsonSlot, row: number): void {
  if (s.bytes[s.pos] !== OPEN_BRACKET) wrongKind(s, 'is not an array')
  const element = slot.element!
  const builder = slot.builder as ListBuilder
  let child = builder.begin(row)
  s.pos++
  if (peek(s) === CLOSE_BRACKET) {
    s.pos++
    builder.end(row, child)
    return
  }
  for (;;) {
    element.builder.reserve(child + 1)
    peek(s)
    readInto(s, element, child++)
    if (peek(s) === CLOSE_BRACKET) break
    expect(s, COMMA, "',' or ']'")
  }
  s.pos++
  builder.end(row, child)
}

/** Scans a number, or refuses what stands in its place. */
function number(s: Scan): void {
  const start = s.pos
  const c = s.bytes[start]!
  if (c !== 45 && (c < 48 || c > 57)) wrongKind(s, 'is not a number')
  if (!scanNumber(s)) fail('BAD_RECORD', 'expected a number', start)
}

/** Scans a string; gives the position of its closing quote. */
function quoted(s: Scan): number {
  if (s.bytes[s.pos] !== QUOTE) wrongKind(s, 'is not a string')
  return scanString(s)
}

/** The text of the string just scanned. */
function textOf(s: Scan, start: number, end: number): string {
  const text = textAt(s.bytes, start, end)
  return s.escaped ? JSON.parse(`"${text}"`) : text
}

/** A value of another kind is bad, but only if it is JSON at all. */
function wrongKind(s: Scan, reason: string): never {
  const at = s.pos
  scanValue(s, 1)
  fail('BAD_VALUE', reason, at)
}
