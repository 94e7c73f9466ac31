/** Numbers for whole rows of any types: equal rows, equal numbers. */
import type { Batch } from '../../../schema/batch.ts'
import { cellAt, cellKey } from '../../../schema/cell.ts'
import { type Column, formOf } from '../../../schema/column.ts'
import { type ColumnType, t } from '../../../schema/type.ts'
import { KeyTable } from '../../../state/key-table.ts'

/** Lists have no words; they go by a text that is equal where they are. */
export class RowNumbers {
  readonly #lists: readonly boolean[]
  readonly #keys: KeyTable

  constructor(types: readonly ColumnType[]) {
    this.#lists = types.map(type => formOf(type) === 'list')
    this.#keys = new KeyTable(types.map((type, i) => (this.#lists[i] ? t.nullable(t.string()) : type)))
  }

  of(batch: Batch): Int32Array {
    const columns = batch.columns.map((column, i) => (this.#lists[i] ? textOf(column, batch.length) : column))
    return this.#keys.numbers(columns, batch.length)
  }
}

function textOf(column: Column, n: number): Column {
  const dictionary = Array.from({ length: n }, (_, row) => cellKey(cellAt(column, row)))
  return { form: 'text', values: Int32Array.from(dictionary.keys()), dictionary }
}
