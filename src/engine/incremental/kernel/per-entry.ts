/** Functions of one text (or bytes) column and constants: computed once per dictionary entry, not per row. */
import { columnOfCells } from '../../../schema/batch.ts'
import type { Cell } from '../../../schema/cell.ts'
import { type Column, formOf } from '../../../schema/column.ts'
import type { ColumnType } from '../../../schema/type.ts'
import type { Vector } from './vector.ts'

type Dictionary = readonly (string | Uint8Array)[]

/** The value for one dictionary entry, or for null. */
export type EntryFunction = (entry: string | Uint8Array | null) => Cell

const UNKNOWN = -2
const NULL = -1

/** Results by code, computed when a code is first met, so that entries no row uses are never computed and cannot fail. */
interface Memo {
  /** UNKNOWN, NULL, or where the value stands: a code of `texts`, a bit, or an index of `cells`. */
  codes: Int32Array
  readonly texts: string[]
  readonly cells: Cell[]
}

/** A function that is called once for each entry; remembered for as long as the dictionary lives. */
export class PerEntry {
  readonly #of: EntryFunction
  readonly #type: ColumnType
  readonly #memos = new WeakMap<Dictionary, Memo>()

  constructor(of: EntryFunction, type: ColumnType) {
    this.#of = of
    this.#type = type
  }

  run(column: Vector & { form: 'text' | 'binary' }, n: number): Column {
    const memo = this.#memoOf(column.dictionary)
    const codes = this.#look(memo, column, n)
    const form = formOf(this.#type)
    const nulls = codes.includes(NULL)
      ? { valid: Uint8Array.from(codes, code => (code === NULL ? 0 : 1)) }
      : {}
    if (form === 'text') return { form, values: codes, dictionary: memo.texts, ...nulls }
    if (form === 'bits') return { form, values: Uint8Array.from(codes), ...nulls }
    return columnOfCells(
      this.#type,
      Array.from(codes, code => (code === NULL ? null : memo.cells[code]!)),
    )
  }

  #memoOf(dictionary: Dictionary): Memo {
    let memo = this.#memos.get(dictionary)
    if (memo === undefined) {
      memo = { codes: new Int32Array(0), texts: [], cells: [] }
      this.#memos.set(dictionary, memo)
    }
    if (memo.codes.length < dictionary.length) {
      const codes = new Int32Array(Math.max(dictionary.length, memo.codes.length * 2)).fill(UNKNOWN)
      codes.set(memo.codes)
      memo.codes = codes
    }
    return memo
  }

  #look(
    memo: Memo,
    { values, valid, dictionary }: Vector & { form: 'text' | 'binary' },
    n: number,
  ): Int32Array {
    const out = new Int32Array(n)
    const known = memo.codes
    const ofNull = valid === undefined ? NULL : this.#store(memo, this.#of(null))
    for (let i = 0; i < n; i++) {
      const code = values[i]!
      if (valid !== undefined && valid[i] === 0) {
        out[i] = ofNull
        continue
      }
      let result = known[code]!
      if (result === UNKNOWN) {
        result = this.#store(memo, this.#of(dictionary[code]!))
        known[code] = result
      }
      out[i] = result
    }
    return out
  }

  #store(memo: Memo, cell: Cell): number {
    if (cell === null) return NULL
    if (typeof cell === 'string') return memo.texts.push(cell) - 1
    if (typeof cell === 'boolean') return cell ? 1 : 0
    return memo.cells.push(cell) - 1
  }
}
