/**
 * Rows as lines of JSON: an object by column, its values in the canonical text of their type, or as plain JSON where that
 * says the same (`true`, `7`, `null`, lists). What is not a column begins with `$`: `$weight` (1 unless given) and the
 * marks of whoever writes the file.
 */
import type { Cell } from '../../src/schema/cell.ts'
import { Refusal } from '../../src/schema/refusal.ts'
import type { ColumnType, Schema } from '../../src/schema/type.ts'
import { cellOfText, textOfCell } from '../../src/schema/text/value-text.ts'
import type { WeightedRow } from '../../src/verify/relation.ts'

export interface Line {
  readonly [name: string]: unknown
}

export function linesOf(text: string): Line[] {
  return text
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => JSON.parse(line))
}

/** The row of a line. Throws where a value is not one of its column, or a name is no column. */
export function rowOfLine(schema: Schema, line: Line): WeightedRow {
  const unknown = Object.keys(line).find(name => !name.startsWith('$') && !Object.hasOwn(schema, name))
  if (unknown !== undefined) throw new Error(`There is no column '${unknown}': ${JSON.stringify(line)}`)
  const cells = Object.entries(schema).map(([name, type]) => cellOf(type, line[name] ?? null))
  return { cells, weight: typeof line.$weight === 'number' ? line.$weight : 1 }
}

function cellOf(type: ColumnType, value: unknown): Cell {
  if (value === null) return null
  if (Array.isArray(value)) return value.map(item => cellOf(type.element!, item))
  const cell = cellOfText(type, Object.is(value, -0) ? '-0' : String(value))
  if (cell instanceof Refusal) throw new Error(`${JSON.stringify(value)} is no ${type.kind}`)
  return cell
}

/** The line of a row, with marks. */
export function lineOfRow(schema: Schema, row: WeightedRow, marks: Line = {}): string {
  const weight = row.weight === 1 ? {} : { $weight: row.weight }
  const values = Object.entries(schema).map(([name, type], i) => [name, textOf(type, row.cells[i]!)])
  return JSON.stringify({ ...marks, ...weight, ...Object.fromEntries(values) })
}

function textOf(type: ColumnType, cell: Cell): unknown {
  if (cell === null || typeof cell === 'boolean') return cell
  if (Array.isArray(cell)) return cell.map(item => textOf(type.element!, item))
  return type.kind === 'int32' ? cell : textOfCell(type, cell)
}
