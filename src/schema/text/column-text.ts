/** From columns to text: what the encoders write for the values of a column. */
import { cellAt } from '../cell.ts'
import type { Column } from '../column.ts'
import type { ColumnType } from '../type.ts'
import { textOfCell } from './value-text.ts'

/** Gives the text of a row, which must not be null there. */
export type Print = (row: number) => string

/** The canonical text of each row, changed by `finish`; done once a string where strings have codes. */
export function printerOf(type: ColumnType, column: Column, finish: (text: string) => string): Print {
  if (column.form !== 'text') return row => finish(textOfCell(type, cellAt(column, row)))
  const { values, dictionary } = column
  const finished: (string | undefined)[] = []
  return row => {
    const code = values[row]!
    finished[code] ??= finish(dictionary[code]!)
    return finished[code]
  }
}

/** The same with `ifNull` where there is no value. */
export function printerOrNull(column: Column, print: Print, ifNull: string): Print {
  const { valid } = column
  return valid === undefined ? print : row => (valid[row] === 0 ? ifNull : print(row))
}
