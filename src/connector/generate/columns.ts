/** Column generators: each makes any range of a column from a seed alone, without an object or a bigint a row. */
import { HeadraceError } from '../../errors.ts'
import { type Duration, durationMicros } from '../../plan/duration.ts'
import { hashAt } from '../../runtime/random.ts'
import { columnOfCells } from '../../schema/batch.ts'
import { type Column, formOf, writeInt128 } from '../../schema/column.ts'
import { MAX_DAY, MIN_DAY } from '../../schema/instant.ts'
import { type ColumnType, typeText } from '../../schema/type.ts'
import { cellOf } from '../../schema/value.ts'

/** Makes rows `first` to `first + length` of one column. The same arguments give the same column. */
export type MakeColumn = (first: number, length: number) => Column

/** How the values of one column come about. Made by `generate.sequence`, `.uniform`, `.oneOf`, `.withNulls`. */
export interface ColumnGenerator {
  /** Binds the generator to a column's type and a key drawn from the seed. Throws INVALID_ARGUMENT, naming the column. */
  bind(type: ColumnType, key: number, column: string): MakeColumn
}

const TWO_32 = 4_294_967_296

/** A whole number for each row, in units of the type (decimal: unscaled; timestamp: µs; date: days). */
type Units = (row: number) => number

/** The column of a numeric or temporal type whose row r holds `units(r)`, a safe integer. */
function fill(type: ColumnType, units: Units, first: number, length: number): Column {
  switch (formOf(type)) {
    case 'int32': {
      const values = new Int32Array(length)
      for (let i = 0; i < length; i++) values[i] = units(first + i)
      return { form: 'int32', values }
    }
    case 'float': {
      const values = new Float64Array(length)
      for (let i = 0; i < length; i++) values[i] = units(first + i) / FLOAT_STEPS
      return { form: 'float', values }
    }
    case 'int128': {
      const values = new BigInt64Array(length * 2)
      for (let i = 0; i < length; i++) writeInt128(values, i, BigInt(units(first + i)))
      return { form: 'int128', values }
    }
    default: {
      // Two halves of 32 bits: writing a BigInt64Array element would allocate.
      const words = new Int32Array(length * 2)
      for (let i = 0; i < length; i++) {
        const value = units(first + i)
        words[2 * i] = value | 0
        words[2 * i + 1] = Math.floor(value / TWO_32)
      }
      return { form: 'int64', values: new BigInt64Array(words.buffer) }
    }
  }
}

/** float64 columns hold multiples of 1/1024, so that sums of them are exact in any order. */
const FLOAT_STEPS = 1024

/** A number in the units of the type, or INVALID_ARGUMENT; only float64 is rounded, to the nearest 1/1024. */
function unitsOf(type: ColumnType, value: number, column: string): number {
  const numeric = ['int32', 'int64', 'float64', 'decimal', 'timestamp', 'date'].includes(type.kind)
  if (!numeric) {
    throw new HeadraceError(
      'INVALID_ARGUMENT',
      `generate: column '${column}' is ${typeText(type)}, and this generator makes numbers and times. Use generate.oneOf(…).`,
    )
  }
  const scale = type.kind === 'decimal' ? 10 ** type.scale! : type.kind === 'float64' ? FLOAT_STEPS : 1
  const units = Math.round(value * scale)
  if (type.kind !== 'float64' && Math.abs(value * scale - units) > 1e-6) {
    throw new HeadraceError(
      'INVALID_ARGUMENT',
      `generate: column '${column}' is ${typeText(type)}, which cannot hold ${value} exactly.`,
    )
  }
  return within(type, units, column)
}

/** The same units if the type can hold them, or INVALID_ARGUMENT. */
function within(type: ColumnType, units: number, column: string): number {
  const [least, most] = range(type)
  if (units >= least && units <= most) return units
  throw new HeadraceError(
    'INVALID_ARGUMENT',
    `generate: column '${column}' would leave the range of ${typeText(type)}, or of exact numbers (2^53).`,
  )
}

function range(type: ColumnType): readonly [least: number, most: number] {
  const most = Number.MAX_SAFE_INTEGER
  switch (type.kind) {
    case 'int32':
      return [-(2 ** 31), 2 ** 31 - 1]
    case 'date':
      return [MIN_DAY, MAX_DAY]
    case 'decimal':
      return type.precision! > 15 ? [-most, most] : [1 - 10 ** type.precision!, 10 ** type.precision! - 1]
    default:
      return [-most, most]
  }
}

function startOf(type: ColumnType, from: number | string, column: string): number {
  return typeof from === 'number' ? from : Number(cellOf(type, from, `generate: column '${column}': from`))
}

function lengthOf(type: ColumnType, length: number | Duration, column: string): number {
  if (typeof length === 'number') return length
  if (type.kind === 'timestamp') return durationMicros(`generate: column '${column}'`, length, 0)
  throw new HeadraceError(
    'INVALID_ARGUMENT',
    `generate: column '${column}' is ${typeText(type)} and moves by numbers, not by '${length}'.`,
  )
}

export interface SequenceOptions {
  /** The value of the first row, 0 by default: a number, or the text of a timestamp. */
  readonly from?: number | string
  /** From row to row, 1 by default: a number, or for timestamps a duration. */
  readonly step?: number | Duration
  /** How far a value may be moved, either way, so that rows come out of order. */
  readonly jitter?: number | Duration
}

/** `from`, `from + step`, `from + 2 step`… (numbers of timestamps are µs, of dates days). */
export function sequence(options: SequenceOptions = {}): ColumnGenerator {
  return {
    bind(type, key, column) {
      const from = unitsOf(type, startOf(type, options.from ?? 0, column), column)
      const step = unitsOf(type, lengthOf(type, options.step ?? 1, column), column)
      const jitter = unitsOf(type, lengthOf(type, options.jitter ?? 0, column), column)
      const line: Units = row => from + row * step
      const moved: Units = row =>
        from + row * step + Math.floor((hashAt(key, row) / TWO_32) * (2 * jitter + 1)) - jitter
      const units = jitter === 0 ? line : moved
      return (first, length) => {
        for (const end of [line(first), line(first + length - 1)]) {
          within(type, end - jitter, column)
          within(type, end + jitter, column)
        }
        return fill(type, units, first, length)
      }
    },
  }
}

/** Numbers from `least` to `most`, both included, all equally likely. float64 columns get multiples of 1/1024. */
export function uniform(least: number, most: number): ColumnGenerator {
  return {
    bind(type, key, column) {
      const low = unitsOf(type, least, column)
      const span = unitsOf(type, most, column) - low + 1
      if (span < 1) {
        throw new HeadraceError(
          'INVALID_ARGUMENT',
          `generate: column '${column}' has the range ${least} to ${most}. The first is the smaller one.`,
        )
      }
      const near: Units = row => low + Math.floor((hashAt(key, row) / TWO_32) * span)
      // A span beyond 32 bits takes a second hash for its lower digits.
      const far: Units = row =>
        low + Math.floor(((hashAt(key, row) + hashAt(~key, row) / TWO_32) / TWO_32) * span)
      const units = span <= TWO_32 ? near : far
      return (first, length) => fill(type, units, first, length)
    },
  }
}

/** One of the given values, all equally likely, written as in `memory.rows`. Text shares one dictionary among all batches. */
export function oneOf(values: readonly unknown[]): ColumnGenerator {
  return {
    bind(type, key, column) {
      if (values.length === 0) {
        throw new HeadraceError('INVALID_ARGUMENT', `generate: column '${column}' is one of no values.`)
      }
      const cells = values.map(value => cellOf(type, value, `generate: column '${column}'`))
      const choose = (row: number): number => Math.floor((hashAt(key, row) / TWO_32) * cells.length)
      const form = formOf(type)
      if ((form !== 'text' && form !== 'binary') || cells.includes(null)) {
        return (first, length) =>
          columnOfCells(
            type,
            Array.from({ length }, (_, i) => cells[choose(first + i)]!),
          )
      }
      return (first, length) => {
        const codes = new Int32Array(length)
        for (let i = 0; i < length; i++) codes[i] = choose(first + i)
        return { form, values: codes, dictionary: cells } as Column
      }
    },
  }
}

/** Null in about `share` (0 to 1) of the rows of a nullable column, and what the generator makes in the others. */
export function withNulls(share: number, generator: ColumnGenerator): ColumnGenerator {
  return {
    bind(type, key, column) {
      if (!(share >= 0 && share <= 1)) {
        throw new HeadraceError(
          'INVALID_ARGUMENT',
          `generate: column '${column}' would be null in ${share} of its rows. The share is a number from 0 to 1.`,
        )
      }
      if (!type.nullable) {
        throw new HeadraceError(
          'INVALID_ARGUMENT',
          `generate: column '${column}' is not nullable. Declare it t.nullable(…).`,
        )
      }
      const make = generator.bind(type, key, column)
      const nulls = share * TWO_32
      return (first, length) => {
        const made = make(first, length)
        const valid = made.valid?.slice() ?? new Uint8Array(length).fill(1)
        for (let i = 0; i < length; i++) if (hashAt(key ^ NULLS, first + i) < nulls) valid[i] = 0
        return { ...made, valid }
      }
    },
  }
}

/** Keeps the choice of nulls apart from the choice of values. */
const NULLS = 0x5bd1e995
