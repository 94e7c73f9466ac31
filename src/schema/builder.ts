/**
 * Column builders: growable columns that decoders write by row number. A row may be written again (a record that turned
 * out bad is overwritten by the next one), and every row up to `take` must have been written, as a value or as null.
 * `reserve` makes room; `take` gives the first rows as a column and begins again.
 */
import type { Cell } from './cell.ts'
import { type Column, formOf, writeInt128 } from './column.ts'
import { DictionaryBuilder, hashBytes } from './dictionary-builder.ts'
import type { ColumnType } from './type.ts'

/** A dictionary above one of these bounds is left to its batches, and the next batch begins a new one. */
export const DICTIONARY_STRINGS = 262_144
const DICTIONARY_BYTES = 16 * 1024 * 1024

const FIRST_ROWS = 1024

export type ColumnBuilder =
  | BitsBuilder
  | Int32Builder
  | Int64Builder
  | Int128Builder
  | FloatBuilder
  | TextBuilder
  | BinaryBuilder
  | ListBuilder

/** An empty builder of the one form that columns of a type have. */
export function builderOf(type: ColumnType): ColumnBuilder {
  const form = formOf(type)
  switch (form) {
    case 'bits':
      return new BitsBuilder()
    case 'int32':
      return new Int32Builder()
    case 'int64':
      return new Int64Builder()
    case 'int128':
      return new Int128Builder()
    case 'float':
      return new FloatBuilder()
    case 'text':
      return new TextBuilder(type.kind !== 'json')
    case 'binary':
      return new BinaryBuilder()
    case 'list':
      return new ListBuilder(builderOf(type.element!))
  }
}

/** Which rows are present; what all builders share. */
abstract class Builder {
  protected capacity = 0
  protected valid = new Uint8Array(0)

  /** Makes room for `rows` rows. */
  reserve(rows: number): void {
    if (rows <= this.capacity) return
    this.capacity = Math.max(rows, this.capacity * 2, FIRST_ROWS)
    const valid = new Uint8Array(this.capacity)
    valid.set(this.valid)
    this.valid = valid
    this.grow(this.capacity)
  }

  protected abstract grow(capacity: number): void

  setNull(row: number): void {
    this.valid[row] = 0
  }

  /** The `valid` property of a column, where there is a null. */
  protected nulls(rows: number): { valid?: Uint8Array } {
    const nulls = this.valid.indexOf(0)
    return nulls < 0 || nulls >= rows ? {} : { valid: this.valid.slice(0, rows) }
  }
}

export class BitsBuilder extends Builder {
  #values = new Uint8Array(0)

  protected override grow(capacity: number): void {
    const values = new Uint8Array(capacity)
    values.set(this.#values)
    this.#values = values
  }

  set(row: number, value: boolean): void {
    this.#values[row] = value ? 1 : 0
    this.valid[row] = 1
  }

  setCell(row: number, cell: Cell): void {
    this.set(row, cell as boolean)
  }

  take(rows: number): Column {
    return { form: 'bits', values: this.#values.slice(0, rows), ...this.nulls(rows) }
  }
}

export class Int32Builder extends Builder {
  #values = new Int32Array(0)

  protected override grow(capacity: number): void {
    const values = new Int32Array(capacity)
    values.set(this.#values)
    this.#values = values
  }

  set(row: number, value: number): void {
    this.#values[row] = value
    this.valid[row] = 1
  }

  setCell(row: number, cell: Cell): void {
    this.set(row, cell as number)
  }

  take(rows: number): Column {
    return { form: 'int32', values: this.#values.slice(0, rows), ...this.nulls(rows) }
  }
}

/** The index of the low half of a 64-bit word among its two 32-bit halves. */
const LOW = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 0 : 1
const HIGH = 1 - LOW

export class Int64Builder extends Builder {
  #values = new BigInt64Array(0)
  /** The same memory, so that small integers are stored without a bigint. */
  #halves = new Int32Array(0)

  protected override grow(capacity: number): void {
    const values = new BigInt64Array(capacity)
    values.set(this.#values)
    this.#values = values
    this.#halves = new Int32Array(values.buffer)
  }

  /** Stores a whole number of at most 2^53. */
  setNumber(row: number, value: number): void {
    const low = value | 0
    this.#halves[2 * row + LOW] = low
    this.#halves[2 * row + HIGH] = low === value ? low >> 31 : Math.floor(value * 2 ** -32)
    this.valid[row] = 1
  }

  setCell(row: number, cell: Cell): void {
    this.#values[row] = cell as bigint
    this.valid[row] = 1
  }

  take(rows: number): Column {
    return { form: 'int64', values: this.#values.slice(0, rows), ...this.nulls(rows) }
  }
}

export class Int128Builder extends Builder {
  #values = new BigInt64Array(0)
  #halves = new Int32Array(0)

  protected override grow(capacity: number): void {
    const values = new BigInt64Array(capacity * 2)
    values.set(this.#values)
    this.#values = values
    this.#halves = new Int32Array(values.buffer)
  }

  /** Stores a whole number of at most 2^53. */
  setNumber(row: number, value: number): void {
    const high = Math.floor(value * 2 ** -32)
    const sign = high >> 31
    this.#halves[4 * row + LOW] = value | 0
    this.#halves[4 * row + HIGH] = high
    this.#halves[4 * row + 2] = sign
    this.#halves[4 * row + 3] = sign
    this.valid[row] = 1
  }

  setCell(row: number, cell: Cell): void {
    writeInt128(this.#values, row, cell as bigint)
    this.valid[row] = 1
  }

  take(rows: number): Column {
    return { form: 'int128', values: this.#values.slice(0, rows * 2), ...this.nulls(rows) }
  }
}

export class FloatBuilder extends Builder {
  #values = new Float64Array(0)

  protected override grow(capacity: number): void {
    const values = new Float64Array(capacity)
    values.set(this.#values)
    this.#values = values
  }

  set(row: number, value: number): void {
    this.#values[row] = value
    this.valid[row] = 1
  }

  setCell(row: number, cell: Cell): void {
    this.set(row, cell as number)
  }

  take(rows: number): Column {
    return { form: 'float', values: this.#values.slice(0, rows), ...this.nulls(rows) }
  }
}

/** `shared`: equal strings share a code, and batches a dictionary. Otherwise (json, hardly ever equal) neither. */
export class TextBuilder extends Builder {
  readonly #shared: boolean
  #values = new Int32Array(0)
  #dictionary = new DictionaryBuilder()
  #strings: string[] = []

  constructor(shared: boolean) {
    super()
    this.#shared = shared
  }

  protected override grow(capacity: number): void {
    const values = new Int32Array(capacity)
    values.set(this.#values)
    this.#values = values
  }

  override setNull(row: number): void {
    this.#values[row] = -1
    this.valid[row] = 0
  }

  /** Stores the string in `bytes[start, end)` if it has been seen; says whether it has. */
  setSeen(row: number, bytes: Uint8Array, start: number, end: number, hash: number): boolean {
    const code = this.#dictionary.find(bytes, start, end, hash)
    if (code < 0) return false
    this.#values[row] = code
    this.valid[row] = 1
    return true
  }

  /** Stores the string in `bytes[start, end)`, valid UTF-8 that `setSeen` has just not found. */
  setNew(row: number, bytes: Buffer, start: number, end: number, hash: number): void {
    this.#values[row] = this.#dictionary.add(bytes, start, end, hash)
    this.valid[row] = 1
  }

  setCell(row: number, cell: Cell): void {
    const text = cell as string
    if (!this.#shared) {
      this.#values[row] = this.#strings.push(text) - 1
      this.valid[row] = 1
      return
    }
    const bytes = Buffer.from(text)
    const hash = hashBytes(bytes, 0, bytes.length)
    if (!this.setSeen(row, bytes, 0, bytes.length, hash)) this.setNew(row, bytes, 0, bytes.length, hash)
  }

  take(rows: number): Column {
    const dictionary = this.#shared ? this.#dictionary.strings : this.#strings
    const column: Column = {
      form: 'text',
      values: this.#values.slice(0, rows),
      dictionary,
      ...this.nulls(rows),
    }
    this.#strings = []
    if (dictionary.length > DICTIONARY_STRINGS || this.#dictionary.size > DICTIONARY_BYTES) {
      this.#dictionary = new DictionaryBuilder()
    }
    return column
  }
}

export class BinaryBuilder extends Builder {
  #values = new Int32Array(0)
  #dictionary: Uint8Array[] = []

  protected override grow(capacity: number): void {
    const values = new Int32Array(capacity)
    values.set(this.#values)
    this.#values = values
  }

  override setNull(row: number): void {
    this.#values[row] = -1
    this.valid[row] = 0
  }

  setCell(row: number, cell: Cell): void {
    this.#values[row] = this.#dictionary.push(cell as Uint8Array) - 1
    this.valid[row] = 1
  }

  take(rows: number): Column {
    const dictionary = this.#dictionary
    this.#dictionary = []
    return { form: 'binary', values: this.#values.slice(0, rows), dictionary, ...this.nulls(rows) }
  }
}

/** Rows must be written in order: a list's elements follow those of the row before it. */
export class ListBuilder extends Builder {
  readonly child: ColumnBuilder
  #offsets = new Int32Array(1)

  constructor(child: ColumnBuilder) {
    super()
    this.child = child
  }

  protected override grow(capacity: number): void {
    const offsets = new Int32Array(capacity + 1)
    offsets.set(this.#offsets)
    this.#offsets = offsets
  }

  /** The child row where the elements of `row` begin. */
  begin(row: number): number {
    return this.#offsets[row]!
  }

  /** Ends the list of `row` before the child row `end`. */
  end(row: number, end: number): void {
    this.#offsets[row + 1] = end
    this.valid[row] = 1
  }

  override setNull(row: number): void {
    this.#offsets[row + 1] = this.#offsets[row]!
    this.valid[row] = 0
  }

  setCell(row: number, cell: Cell): void {
    const list = cell as readonly Cell[]
    const begin = this.begin(row)
    this.child.reserve(begin + list.length)
    list.forEach((element, i) => {
      if (element === null) this.child.setNull(begin + i)
      else this.child.setCell(begin + i, element)
    })
    this.end(row, begin + list.length)
  }

  take(rows: number): Column {
    const children = this.#offsets[rows]!
    return {
      form: 'list',
      values: this.#offsets.slice(0, rows + 1),
      child: this.child.take(children),
      ...this.nulls(rows),
    }
  }
}
