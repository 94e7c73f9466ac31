/** Rows in the documents of `--json`. */
import type { Batch } from '../../schema/batch.ts'
import { type Cell, cellAt } from '../../schema/cell.ts'
import { textOfCell } from '../../schema/text/value-text.ts'
import type { ColumnType, Schema } from '../../schema/type.ts'

/** Rows as JSON says them. What a number of JSON may not hold exactly is text. */
export function objectsOf(batch: Batch, schema: Schema): object[] {
  const columns = Object.entries(schema)
  return Array.from({ length: batch.length }, (_, row) =>
    Object.fromEntries(
      columns.map(([name, type], i) => [name, jsonOf(type, cellAt(batch.columns[i]!, row))]),
    ),
  )
}

function jsonOf(type: ColumnType, cell: Cell): unknown {
  if (cell === null) return null
  switch (type.kind) {
    case 'bool':
    case 'int32':
    case 'float64':
      return cell
    case 'json':
      return JSON.parse(cell as string)
    case 'list':
      return (cell as readonly Cell[]).map(element => jsonOf(type.element!, element))
    default:
      return textOfCell(type, cell)
  }
}
