/** Records of DuckDB as reads: the rows of a schema, and the records that are none. */
import { type ErrorCode, HeadraceError } from '../errors.ts'
import { unusedName } from '../runtime/random.ts'
import type { Batch } from '../schema/batch.ts'
import { cellAt } from '../schema/cell.ts'
import { ndjson } from '../schema/codec.ts'
import type { Column } from '../schema/column.ts'
import { conformBatch } from '../schema/standard.ts'
import { concat, slice, take } from '../schema/take.ts'
import { type Schema, t } from '../schema/type.ts'
import type { DatabaseScan, Range, Read, RejectedRecord } from '../seam/source.ts'
import { atFault } from './adapt.ts'
import { type Duckdb, MAX_BATCH_ROWS } from './duckdb.ts'
import { name, text } from './sql.ts'

/** What is read: `from` gives the records from the first that is wanted. */
export type Judged = Pick<DatabaseScan, 'from' | 'columns' | 'fault' | 'record' | 'place' | 'stored'>

/** The code of an error that is not known, of what is read: one of SQL that a user wrote is no fault of ours. */
export function unknownCode({ stored }: Pick<DatabaseScan, 'stored'>): ErrorCode | undefined {
  return stored ? undefined : 'INVALID_SQL'
}

/** The records of a range, whose first has the position `range.from`. */
export async function* judgedReads(
  db: Duckdb,
  relation: Judged,
  schema: Schema,
  range: Range,
  signal: AbortSignal | undefined,
  batchRows = MAX_BATCH_ROWS,
): AsyncGenerator<Read> {
  const { from, columns, fault, record, place } = relation
  const sql =
    fault === undefined ? `SELECT ${columns.join(', ')} FROM ${from}` : judged(columns, fault, record, from)
  const placed = Object.fromEntries(Object.values(schema).map((type, i) => [`c${i}`, type]))
  const extra = fault === undefined ? {} : { fault: t.nullable(t.string()), record: t.nullable(t.string()) }
  const end = range.to ?? Number.POSITIVE_INFINITY
  let position = range.from
  if (position >= end) return
  const otherwise = unknownCode(relation)
  const options = { batchRows, what: `Reading ${place}`, ...(otherwise === undefined ? {} : { otherwise }) }
  for await (const found of db.batches(sql, { ...placed, ...extra }, signal, options)) {
    const length = Math.min(found.length, end - position)
    const read = conformed(splitOf(found, schema, length, place, position), place, position)
    position += length
    yield { ...read, position }
    if (position >= end || signal?.aborted) return
  }
}

/** A column to stand beside those that are found, whose names may be any. */
export function unusedColumn(): string {
  return name(`headrace ${unusedName()}`)
}

/** A value of a record at fault may be anything, or fail: it is not asked for. */
function judged(columns: readonly string[], fault: string, record: string, from: string): string {
  const column = unusedColumn()
  const kept = columns.map(sql => `CASE WHEN ${column} IS NULL THEN ${sql} END`)
  const found = `CASE WHEN ${column} IS NOT NULL THEN ${record} END`
  return `SELECT ${kept.join(', ')}, ${column}, ${found} FROM (SELECT *, ${fault} AS ${column} FROM ${from})`
}

type Records = Pick<Read, 'batch' | 'rejected'>

/** The first `length` records of a batch: those that are rows, and the others. */
function splitOf(found: Batch, schema: Schema, length: number, place: string, position: number): Records {
  const width = Object.keys(schema).length
  if (found.columns.length === width) return { batch: slice({ ...found, schema }, 0, length) }
  const all: Batch = { schema, length: found.length, columns: found.columns.slice(0, width) }
  const [fault, record] = found.columns.slice(width) as [Column, Column]
  const good: number[] = []
  const rejected: RejectedRecord[] = []
  for (let row = 0; row < length; row++) {
    const verdict = cellAt(fault, row)
    if (verdict === null) good.push(row)
    else rejected.push(atFault(place, position + row, verdict as string, cellAt(record, row) as string))
  }
  const batch = good.length === found.length ? all : take(all, Int32Array.from(good))
  return rejected.length === 0 ? { batch } : { batch, rejected }
}

/** The rows that pass the validators of their columns; those that do not are rejected, too. */
function conformed(records: Records, place: string, first: number): Records {
  const { batch, rejected = [] } = records
  try {
    return { ...records, batch: conformBatch(batch) }
  } catch (error) {
    if (!(error instanceof HeadraceError)) throw error
  }
  const positions = freePositions(first, batch.length, rejected)
  const good: Batch[] = []
  const more: RejectedRecord[] = []
  for (let row = 0; row < batch.length; row++) {
    const one = slice(batch, row, row + 1)
    try {
      good.push(conformBatch(one, () => `${place}: row ${positions[row]! + 1}`))
    } catch (error) {
      if (!(error instanceof HeadraceError)) throw error
      const bytes = Buffer.from(ndjson.encoder(one.schema).encode(one)).subarray(0, -1)
      more.push({ place, position: positions[row]!, bytes, code: error.code, message: error.message })
    }
  }
  const all = [...rejected, ...more].sort((a, b) => a.position - b.position)
  return { batch: good.length === 0 ? slice(batch, 0, 0) : concat(good), rejected: all }
}

/** The positions of the rows among records of which some are rejected. */
function freePositions(first: number, rows: number, rejected: readonly RejectedRecord[]): number[] {
  const taken = new Set(rejected.map(({ position }) => position))
  const positions: number[] = []
  for (let position = first; positions.length < rows; position++)
    if (!taken.has(position)) positions.push(position)
  return positions
}

/** SQL of a record as JSON, whatever its types. JSON has no words for doubles that are not finite: they are texts. */
export function recordOf(columns: readonly { readonly name: string; readonly found: string }[]): string {
  const members = columns.map(column => `${text(column.name)}: ${finite(name(column.name), column.found)}`)
  return `CAST(to_json({${members.join(', ')}}) AS VARCHAR)`
}

function finite(value: string, found: string): string {
  if (/^(DOUBLE|FLOAT)(\[\])+$/.test(found))
    return `list_transform(${value}, lambda e: ${finite('e', found.slice(0, -2))})`
  if (found !== 'DOUBLE' && found !== 'FLOAT') return value
  return `CASE WHEN isfinite(${value}) THEN to_json(${value}) ELSE to_json(CAST(${value} AS VARCHAR)) END`
}
