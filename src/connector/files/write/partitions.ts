/** Which partition of a folder each row goes to: by columns, by its time, by both, or all to one. */
import { HeadraceError } from '../../../errors.ts'
import { nearest } from '../../../plan/nearest.ts'
import { type Batch, columnOf } from '../../../schema/batch.ts'
import type { Column } from '../../../schema/column.ts'
import { MAX_INSTANT, MIN_INSTANT } from '../../../schema/instant.ts'
import { textOfTimestamp } from '../../../schema/text/time-text.ts'
import { type Schema, typeText } from '../../../schema/type.ts'
import type { SinkInput } from '../../../seam/sink.ts'
import type { Interval } from '../../../seam/site.ts'
import { checkAligned, intervalAt } from '../path/dated.ts'
import { checkPartitionBy, hiveFolder } from '../path/hive.ts'
import { datedPathAt, type Layout } from '../path/layout.ts'
import { CellCodes, wordKeys } from './cell-codes.ts'

/** The most partitions of one run. Each is at least a file. */
const MAX_PARTITIONS = 100_000

const HOUR = 3_600_000_000
const DAY = 24 * HOUR

/** A part of a folder: what a run replaces whole. */
export interface Partition {
  /** Below the folder; '' is the folder itself. A dated path may name a file. */
  readonly path: string
  /** The time that its rows may have; absent where its name says none. */
  readonly time?: Interval
}

/** Numbers partitions from 0 in the order in which they first come. */
export interface Partitioner {
  /** By number. */
  readonly partitions: readonly Partition[]
  /** There is one partition, the folder itself. */
  readonly isWhole: boolean
  /** The number of each row's partition. Throws WRITE_FAILED for a row that may not be written. */
  of(batch: Batch): Int32Array
}

export interface PartitionOptions {
  /** The option's call, for messages: `files.csv('out/')`. */
  readonly what: string
  readonly layout: Layout
  readonly partitionBy: readonly string[]
  readonly datedBy?: string
  readonly interval?: Interval
}

/** Throws REFUSED for an interval that is not made of whole partitions, and what `checkPartitionBy` throws. */
export function partitionerOf(input: SinkInput, options: PartitionOptions): Partitioner {
  const { what, layout, partitionBy, interval } = options
  const axes: Axis[] = []
  if (layout.kind === 'dated') axes.push(datedAxis(input, options))
  if (partitionBy.length > 0) checkPartitionBy(what, input.schema, partitionBy)
  const timed = partitionBy.find(name => ['date', 'timestamp'].includes(input.schema[name]!.kind))
  for (const name of partitionBy) axes.push(new HiveAxis(input.schema, name, name === timed))
  if (interval !== undefined && partitionBy.length > 0 && layout.kind !== 'dated') {
    checkHive(options, input.schema, timed)
  }
  return new Grid(what, axes, interval)
}

function checkHive({ what, partitionBy, interval }: PartitionOptions, schema: Schema, timed?: string): void {
  if (timed === undefined) {
    throw new HeadraceError(
      'REFUSED',
      `${what}: the run is over an interval, and its partitions (${partitionBy.join(', ')}) name no time, so that it is unknown which to replace. Partition by a date or timestamp column too, or run without from and to.`,
    )
  }
  if (schema[timed]!.kind === 'date') checkAligned(what, 'day', interval!)
}

/** One of the things that partitions differ in. */
interface Axis {
  /** Numbers from 0. */
  of(batch: Batch): Int32Array
  at(code: number): Partition
}

/** All combinations of its axes that come. */
class Grid implements Partitioner {
  readonly partitions: Partition[] = []
  readonly isWhole: boolean
  readonly #what: string
  readonly #axes: readonly Axis[]
  readonly #interval: Interval | undefined
  /** The number of a combination, by those of the axes, one inside the other. */
  readonly #codes: readonly Map<number, number>[]

  constructor(what: string, axes: readonly Axis[], interval: Interval | undefined) {
    this.#what = what
    this.#axes = axes
    this.#interval = interval
    this.#codes = axes.map(() => new Map())
    this.isWhole = axes.length === 0
    if (this.isWhole) this.partitions.push({ path: '' })
  }

  of(batch: Batch): Int32Array {
    const codes = this.#axes.map(axis => axis.of(batch))
    const out = new Int32Array(batch.length)
    if (this.isWhole) return out
    for (let row = 0; row < out.length; row++) out[row] = this.#number(codes, row)
    return out
  }

  #number(codes: readonly Int32Array[], row: number): number {
    let number = 0
    for (let a = 0; a < codes.length; a++) {
      const key = number * MAX_PARTITIONS + codes[a]![row]!
      const known = this.#codes[a]!.get(key)
      number = known ?? this.#add(codes, a, row, key)
    }
    return number
  }

  /** A beginning of a combination that is new. Only whole ones are partitions. */
  #add(codes: readonly Int32Array[], axis: number, row: number, key: number): number {
    const number = this.#codes[axis]!.size
    if (number === MAX_PARTITIONS) {
      throw new HeadraceError(
        'WRITE_FAILED',
        `${this.#what}: the rows make more than ${MAX_PARTITIONS} partitions. Partition by columns of fewer values, or by longer times.`,
      )
    }
    this.#codes[axis]!.set(key, number)
    if (axis < codes.length - 1) return number
    const parts = this.#axes.map((each, a) => each.at(codes[a]![row]!))
    const time = parts.find(part => part.time !== undefined)?.time
    const path = parts.map(part => part.path).join('/')
    this.#checkInside(path, time)
    this.partitions.push(time === undefined ? { path } : { path, time })
    return number
  }

  #checkInside(path: string, time: Interval | undefined): void {
    const interval = this.#interval
    if (interval === undefined || (time !== undefined && isWithin(time, interval))) return
    throw new HeadraceError(
      'WRITE_FAILED',
      `${this.#what}: a row belongs to ${path}, and the run is over [${shown(interval.from)}, ${shown(interval.to)}), whose partitions are all that it replaces. Filter such rows out, or run over more time.`,
    )
  }
}

/** Whether a partition lies in an interval. One without end is given as one that ends with time itself. */
export function isWithin(partition: Interval, { from, to }: Interval): boolean {
  return from <= partition.from && (partition.to <= to || to === MAX_INSTANT)
}

function shown(micros: bigint): string {
  if (micros === MIN_INSTANT) return 'the beginning'
  return micros === MAX_INSTANT ? 'the end' : textOfTimestamp(micros)
}

/** A column whose values are the names of folders. */
class HiveAxis implements Axis {
  readonly #schema: Schema
  readonly #name: string
  readonly #isTime: boolean
  readonly #codes = new CellCodes()

  constructor(schema: Schema, name: string, isTime: boolean) {
    this.#schema = schema
    this.#name = name
    this.#isTime = isTime
  }

  of(batch: Batch): Int32Array {
    return this.#codes.of(columnOf(batch, this.#name))
  }

  at(code: number): Partition {
    const cell = this.#codes.cells[code]!
    const path = hiveFolder([this.#name], [this.#schema[this.#name]!], [cell])
    if (!this.#isTime || cell === null) return { path }
    if (typeof cell === 'bigint') return { path, time: { from: cell, to: cell + 1n } }
    const from = BigInt(cell as number) * BigInt(DAY)
    return { path, time: { from, to: from + BigInt(DAY) } }
  }
}

function datedAxis(input: SinkInput, { what, layout, datedBy, interval }: PartitionOptions): Axis {
  const unit = layout.unit!
  if (interval !== undefined) checkAligned(what, unit, interval)
  const time = timeColumn(what, input, datedBy)
  if (time !== undefined) {
    if (input.schema[time.column]!.kind === 'date' && unit === 'hour') {
      throw new HeadraceError(
        'REFUSED',
        `${what} has one file or folder for each hour, and '${time.column}' is a date. Date rows by a timestamp, or take {HH} out of the path.`,
      )
    }
    return new DatedAxis(what, layout, time)
  }
  const whole = interval === undefined ? undefined : intervalAt(unit, interval.from)
  if (whole !== undefined && whole.to === interval!.to) {
    const at = { path: datedPathAt(layout, whole.from), time: whole }
    return { of: batch => new Int32Array(batch.length), at: () => at }
  }
  throw new HeadraceError(
    'REFUSED',
    `${what} has one file or folder for each ${unit}, and nothing says to which a row belongs: the rows have no event time. Name a date or timestamp column in datedBy, or run over one ${unit}.`,
  )
}

interface TimeColumn {
  readonly column: string
  /** What to add to it, in µs. */
  readonly offset: 0 | -1
}

function timeColumn(what: string, input: SinkInput, datedBy: string | undefined): TimeColumn | undefined {
  const { schema, eventTime } = input
  if (datedBy === undefined || datedBy === eventTime?.column) return eventTime
  const type = Object.hasOwn(schema, datedBy) ? schema[datedBy]! : undefined
  if (type === undefined) {
    const known = Object.keys(schema)
    throw new HeadraceError(
      'UNKNOWN_COLUMN',
      `${what}: datedBy names '${datedBy}', and there is no such column${nearest(datedBy, known)} Columns: ${known.join(', ')}.`,
    )
  }
  if (type.kind !== 'date' && type.kind !== 'timestamp') {
    throw new HeadraceError(
      'TYPE_MISMATCH',
      `${what}: datedBy names '${datedBy}', which is a ${typeText(type)}. Name a date or timestamp column.`,
    )
  }
  return { column: datedBy, offset: 0 }
}

/** The years, months, days or hours of a dated path, by the time of a row. */
class DatedAxis implements Axis {
  readonly #what: string
  readonly #layout: Layout
  readonly #time: TimeColumn
  readonly #partitions: Partition[] = []
  /** The number of an hour's partition, by hours since 1970. */
  readonly #ofHour = new Map<number, number>()
  readonly #ofPath = new Map<string, number>()

  constructor(what: string, layout: Layout, time: TimeColumn) {
    this.#what = what
    this.#layout = layout
    this.#time = time
  }

  of(batch: Batch): Int32Array {
    const column = columnOf(batch, this.#time.column)
    if (column.valid?.includes(0)) {
      throw new HeadraceError(
        'WRITE_FAILED',
        `${this.#what}: a row has no time: its '${this.#time.column}' is null, so that it belongs to no file. Filter such rows out, or give them a time.`,
      )
    }
    const hourAt = hoursOf(column, this.#time.offset)
    const codes = new Int32Array(batch.length)
    let last = Number.NaN
    let code = -1
    for (let row = 0; row < codes.length; row++) {
      const hour = hourAt(row)
      if (hour !== last) {
        code = this.#ofHour.get(hour) ?? this.#add(hour)
        last = hour
      }
      codes[row] = code
    }
    return codes
  }

  at(code: number): Partition {
    return this.#partitions[code]!
  }

  #add(hour: number): number {
    const micros = BigInt(hour) * BigInt(HOUR)
    const path = datedPathAt(this.#layout, micros)
    let code = this.#ofPath.get(path)
    if (code === undefined) {
      code = this.#partitions.push({ path, time: intervalAt(this.#layout.unit!, micros) }) - 1
      this.#ofPath.set(path, code)
    }
    this.#ofHour.set(hour, code)
    return code
  }
}

/** Hours since 1970, of a column of instants or dates. Below 2^53 µs the division never rounds up to the next hour. */
function hoursOf(column: Column, offset: 0 | -1): (row: number) => number {
  if (column.form === 'int32') return row => column.values[row]! * 24
  const micros = wordKeys(column.values as BigInt64Array)
  return row => {
    const value = micros(row)
    if (typeof value === 'number') return Math.floor((value + offset) / HOUR)
    return Number((value + BigInt(offset) - mod(value + BigInt(offset))) / BigInt(HOUR))
  }
}

/** The remainder of an hour, never negative. */
function mod(micros: bigint): bigint {
  const hour = BigInt(HOUR)
  return ((micros % hour) + hour) % hour
}
