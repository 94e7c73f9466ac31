/**
 * From the bytes of one text to a row of a column: CSV fields, and what JSON writes in quotes. Plain spellings go
 * straight to the column; all others go through `cellOfText`, whose grammar is the authority. The byte after `end`
 * belongs to no value (a quote, a delimiter, a line end).
 */
import type {
  ColumnBuilder,
  FloatBuilder,
  Int32Builder,
  Int64Builder,
  Int128Builder,
  TextBuilder,
} from '../builder.ts'
import { hashBytes, textAt } from '../dictionary-builder.ts'
import type { ColumnType, Kind } from '../type.ts'
import { floatOf, type NumberScan, scanNumber, storeDecimal, storeInt32, storeInt64 } from './number-scan.ts'
import { must } from './scan-error.ts'
import { dateAt, timestampAt } from './time-scan.ts'
import { cellOfText } from './value-text.ts'

/** Where values go. */
export interface ColumnSlot {
  readonly type: ColumnType
  readonly builder: ColumnBuilder
}

export type Store = (s: NumberScan, slot: ColumnSlot, row: number, start: number, end: number) => void

/** Stores the value written in `s.bytes[start, end)`, valid UTF-8. Throws ScanError. Leaves `s.pos` anywhere. */
export const stores: Readonly<Record<Kind, Store>> = {
  bool: storeAny,
  int32: storeInteger32,
  int64: storeInteger64,
  float64: storeFloat,
  decimal: storeDecimalText,
  string: storeString,
  bytes: storeAny,
  date: storeDate,
  timestamp: storeTimestamp,
  uuid: storeCoded,
  enum: storeCoded,
  json: storeAny,
  list: storeAny,
}

/** The slow way, for every type. */
function storeAny(s: NumberScan, slot: ColumnSlot, row: number, start: number, end: number): void {
  slot.builder.setCell(row, must(cellOfText(slot.type, textAt(s.bytes, start, end)), start))
}

function storeInteger32(s: NumberScan, slot: ColumnSlot, row: number, start: number, end: number): void {
  const plain = isNumber(s, start, end) && storeInt32(s, slot.builder as Int32Builder, row)
  if (!plain) storeAny(s, slot, row, start, end)
}

function storeInteger64(s: NumberScan, slot: ColumnSlot, row: number, start: number, end: number): void {
  const plain = isNumber(s, start, end) && storeInt64(s, slot.builder as Int64Builder, row)
  if (!plain) storeAny(s, slot, row, start, end)
}

function storeDecimalText(s: NumberScan, slot: ColumnSlot, row: number, start: number, end: number): void {
  const builder = slot.builder as Int64Builder | Int128Builder
  const plain = isNumber(s, start, end) && storeDecimal(s, builder, row, slot.type)
  if (!plain) storeAny(s, slot, row, start, end)
}

function storeFloat(s: NumberScan, slot: ColumnSlot, row: number, start: number, end: number): void {
  if (isNumber(s, start, end) && s.plain) (slot.builder as FloatBuilder).set(row, floatOf(s))
  else storeAny(s, slot, row, start, end)
}

/** Whether all of the text is one number as JSON spells it. */
function isNumber(s: NumberScan, start: number, end: number): boolean {
  s.pos = start
  return scanNumber(s) && s.pos === end
}

function storeString(s: NumberScan, slot: ColumnSlot, row: number, start: number, end: number): void {
  const builder = slot.builder as TextBuilder
  const hash = hashBytes(s.bytes, start, end)
  if (!builder.setSeen(row, s.bytes, start, end, hash)) builder.setNew(row, s.bytes, start, end, hash)
}

/** uuid and enum: a spelling seen before needs no second check, because only good ones are kept. */
function storeCoded(s: NumberScan, slot: ColumnSlot, row: number, start: number, end: number): void {
  const seen = (slot.builder as TextBuilder).setSeen(row, s.bytes, start, end, hashBytes(s.bytes, start, end))
  if (!seen) storeAny(s, slot, row, start, end)
}

function storeDate(s: NumberScan, slot: ColumnSlot, row: number, start: number, end: number): void {
  const days = dateAt(s.bytes, start, end)
  if (Number.isNaN(days)) storeAny(s, slot, row, start, end)
  else (slot.builder as Int32Builder).set(row, days)
}

function storeTimestamp(s: NumberScan, slot: ColumnSlot, row: number, start: number, end: number): void {
  const micros = timestampAt(s.bytes, start, end)
  if (Number.isNaN(micros)) storeAny(s, slot, row, start, end)
  else (slot.builder as Int64Builder).setNumber(row, micros)
}
