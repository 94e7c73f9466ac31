/** Keys of one or more columns as small integers. Null is a key like any other and equals itself. */
import { type BinaryColumn, type Column, formOf, type TextColumn } from '../schema/column.ts'
import type { ColumnType } from '../schema/type.ts'
import { Scratch } from './scratch.ts'
import { type Dictionary, NULL_ID, rememberedBy, TextIds } from './text-ids.ts'
import { WordTable } from './word-table.ts'

/** How one column's values become words. */
interface KeyColumn {
  readonly type: ColumnType
  /** Its first word, and how many it has, the null mark included. */
  readonly at: number
  readonly words: number
  /** A word before the value, 1 where it is present. Texts have an id for null. */
  readonly marked: boolean
  readonly texts?: TextIds
}

const VALUE_WORDS = { bits: 1, int32: 1, int64: 2, int128: 4, float: 2, text: 1, binary: 1 } as const

function keyColumns(types: readonly ColumnType[]): KeyColumn[] {
  let at = 0
  return types.map(type => {
    const form = formOf(type)
    if (form === 'list') throw new Error('A list cannot be a key')
    const coded = form === 'text' || form === 'binary'
    const marked = type.nullable && !coded
    const words = VALUE_WORDS[form] + (marked ? 1 : 0)
    const column = { type, at, words, marked, ...(coded ? { texts: new TextIds() } : {}) }
    at += words
    return column
  })
}

/**
 * Numbers for the different keys met, small enough to index arrays. `retain` and `release` count who uses a key; at the
 * last release it is forgotten and its number used again. Whoever calls `collect` must have retained what is in use.
 */
export class KeyTable {
  readonly #columns: readonly KeyColumn[]
  readonly #table: WordTable
  #scratch = new Int32Array(0)
  readonly #numbers = new Scratch(Int32Array)
  #uses = new Int32Array(16)
  /** Of a single text key: number + 1 by dictionary code. Keys that are forgotten take all of it with them. */
  #byCode = new WeakMap<Dictionary, Int32Array>()
  #forgot = false

  constructor(types: readonly ColumnType[]) {
    this.#columns = keyColumns(types)
    this.#table = new WordTable(this.#columns.reduce((sum, column) => sum + column.words, 0))
  }

  /** Keys held. */
  get size(): number {
    return this.#table.size
  }

  /** Above every number in use. */
  get limit(): number {
    return this.#table.limit
  }

  /** The numbers of the keys of the first n rows; valid until the next call. */
  numbers(columns: readonly Column[], n: number): Int32Array {
    const [only] = this.#columns
    if (this.#columns.length === 1 && only!.texts !== undefined) {
      return this.#coded(columns[0] as TextColumn | BinaryColumn, only!.texts, n)
    }
    const width = this.#table.width
    if (this.#scratch.length < n * width) this.#scratch = new Int32Array(n * width)
    this.#columns.forEach((key, i) => {
      encode(key, columns[i]!, n, this.#scratch, width)
    })
    const numbers = this.#numbers.take(n)
    this.#table.add(this.#scratch, n, numbers)
    return numbers
  }

  /** A single text key, the usual case: from dictionary code to number in one look-up. */
  #coded({ values, valid, dictionary }: TextColumn | BinaryColumn, texts: TextIds, n: number): Int32Array {
    const numbers = this.#numbers.take(n)
    const known = rememberedBy(this.#byCode, dictionary)
    for (let i = 0; i < n; i++) {
      if (valid !== undefined && valid[i] === 0) {
        numbers[i] = this.#table.addWord(NULL_ID)
        continue
      }
      const code = values[i]!
      let next = known[code]!
      if (next === 0) {
        next = this.#table.addWord(texts.idOf(dictionary[code]!)) + 1
        known[code] = next
      }
      numbers[i] = next - 1
    }
    return numbers
  }

  /** The key columns of some numbers. */
  columnsOf(numbers: Int32Array): Column[] {
    return this.#columns.map(key => this.#decode(key, numbers))
  }

  retain(number: number): void {
    if (number >= this.#uses.length) {
      const uses = new Int32Array(Math.max(this.limit, this.#uses.length * 2))
      uses.set(this.#uses)
      this.#uses = uses
    }
    this.#uses[number]!++
  }

  release(number: number): void {
    if (--this.#uses[number]! > 0) return
    this.#table.remove(number)
    this.#forgot = true
  }

  /** Tidies up after releases; must be called before the next `numbers`. Frees the texts of forgotten keys once most are. */
  collect(): void {
    if (!this.#forgot) return
    this.#forgot = false
    this.#byCode = new WeakMap()
    for (const { texts, at } of this.#columns) {
      if (texts?.worthCollecting(this.size)) texts.collect(this.#idsInUse(at))
    }
  }

  *#idsInUse(at: number): Iterable<number> {
    for (let number = 0; number < this.limit; number++) {
      if (this.#uses[number]! > 0) yield this.#table.word(number, at)
    }
  }

  #decode({ type, at, marked, texts }: KeyColumn, numbers: Int32Array): Column {
    const table = this.#table
    const present = (number: number) => !marked || table.word(number, at) === 1
    const first = marked ? at + 1 : at
    const form = formOf(type)
    if (texts !== undefined)
      return decodeTexts(form === 'text', numbers, number => table.word(number, at), texts)
    const nulls = numbers.every(present) ? {} : { valid: Uint8Array.from(numbers, n => (present(n) ? 1 : 0)) }
    if (form === 'bits')
      return { form, values: Uint8Array.from(numbers, n => table.word(n, first)), ...nulls }
    if (form === 'int32') return { form, values: numbers.map(n => table.word(n, first)), ...nulls }
    const width = form === 'int128' ? 4 : 2
    const words = new Int32Array(numbers.length * width)
    numbers.forEach((number, i) => {
      for (let w = 0; w < width; w++) words[i * width + w] = table.word(number, first + w)
    })
    if (form === 'float') return { form, values: new Float64Array(words.buffer), ...nulls }
    return { form: form as 'int64', values: new BigInt64Array(words.buffer), ...nulls }
  }
}

function decodeTexts(
  text: boolean,
  numbers: Int32Array,
  idOf: (number: number) => number,
  texts: TextIds,
): Column {
  const dictionary: (string | Uint8Array)[] = []
  const values = numbers.map(number => {
    const id = idOf(number)
    return id === NULL_ID ? -1 : dictionary.push(texts.entry(id)) - 1
  })
  const nulls = values.includes(-1) ? { valid: Uint8Array.from(values, code => (code < 0 ? 0 : 1)) } : {}
  return text
    ? { form: 'text', values, dictionary: dictionary as string[], ...nulls }
    : { form: 'binary', values, dictionary: dictionary as Uint8Array[], ...nulls }
}

/** Writes a column's words into rows of `stride` words. */
function encode(key: KeyColumn, column: Column, n: number, words: Int32Array, stride: number): void {
  if (key.texts !== undefined) {
    key.texts.encode(column as TextColumn | BinaryColumn, n, words, key.at, stride)
    return
  }
  const { marked } = key
  const valid = column.valid
  const first = marked ? key.at + 1 : key.at
  const width = marked ? key.words - 1 : key.words
  const source = wordsOf(column)
  for (let i = 0; i < n; i++) {
    const row = i * stride
    const present = valid === undefined || valid[i] === 1
    if (marked) words[row + key.at] = present ? 1 : 0
    for (let w = 0; w < width; w++) words[row + first + w] = present ? source[i * width + w]! : 0
  }
}

/** A column's values as 32-bit words. */
function wordsOf(column: Column): Int32Array | Uint8Array {
  switch (column.form) {
    case 'bits':
    case 'int32':
      return column.values
    case 'int64':
    case 'int128':
      return new Int32Array(column.values.buffer, column.values.byteOffset, column.values.length * 2)
    case 'float': {
      // −0 equals 0 and must not be a key of its own.
      const values = column.values.map(value => value + 0)
      return new Int32Array(values.buffer, values.byteOffset, values.length * 2)
    }
    default:
      throw new Error(`A ${column.form} column has no words`)
  }
}
