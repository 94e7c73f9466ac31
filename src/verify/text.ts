/** Rows and inputs as people read them. */
import type { Cell } from '../schema/cell.ts'
import { textOfCell } from '../schema/text/value-text.ts'
import type { ColumnType, Schema } from '../schema/type.ts'
import { compareRows, type WeightedRow } from './relation.ts'

/** A cell as in a SQL literal, more or less: `null`, `'text'`, `12.50`, `2024-01-31T12:00:00Z`. */
export function cellText(type: ColumnType, cell: Cell): string {
  if (cell === null) return 'null'
  if (type.kind === 'list') {
    return `[${(cell as readonly Cell[]).map(item => cellText(type.element!, item)).join(', ')}]`
  }
  if (Object.is(cell, -0)) return '-0'
  const text = textOfCell(type, cell)
  const quoted = ['string', 'enum', 'json', 'uuid', 'bytes'].includes(type.kind)
  return quoted ? JSON.stringify(text) : text
}

/** `k='a' n=1`, with the weight in front unless it is 1. */
export function rowText(schema: Schema, row: WeightedRow, note = ''): string {
  const weight = row.weight === 1 ? ' +1' : row.weight > 0 ? ` +${row.weight}` : ` ${row.weight}`
  const cells = Object.entries(schema).map(([name, type], i) => `${name}=${cellText(type, row.cells[i]!)}`)
  return `${weight}  ${cells.join('  ')}${note}`
}

const SHOWN = 12

/** Rows one a line, sorted, the first dozen. */
export function rowsText(schema: Schema, rows: readonly WeightedRow[]): string {
  if (rows.length === 0) return '  (none)'
  const sorted = rows.toSorted((a, b) => compareRows(a.cells, b.cells))
  const lines = sorted.slice(0, SHOWN).map(row => rowText(schema, row))
  return [...lines, ...(rows.length > SHOWN ? [`  … and ${rows.length - SHOWN} more`] : [])].join('\n')
}
