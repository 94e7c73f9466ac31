/** Opaque functions: rows as objects through `map` and `flatMap`, one whole batch through `mapBatch`. */
import { HeadraceError } from '../../errors.ts'
import type { MapNode } from '../../plan/node.ts'
import { type Batch, batchOfCells, cellsAt } from '../../schema/batch.ts'
import type { Cell } from '../../schema/cell.ts'
import { Refusal } from '../../schema/refusal.ts'
import { type Validator, validated } from '../../schema/standard.ts'
import { type ColumnType, typeText } from '../../schema/type.ts'
import { cellOfValue, valueOfCell } from '../../schema/value.ts'
import type { Row } from './rows.ts'

export async function mapRows(node: MapNode, rows: readonly Row[]): Promise<Row[]> {
  const apply = node.apply as (input: unknown) => unknown
  if (node.each === 'mapBatch') {
    if (rows.length === 0) return []
    const batch = await called(node, () => apply(batchOfCells(node.input.schema, rows)))
    return rowsOfBatch(batch as Batch)
  }
  const results: Row[] = []
  for (const row of rows) {
    const returned = await called(node, () => apply(objectOf(node, row)))
    const objects = node.each === 'map' ? [returned] : [...(returned as Iterable<unknown>)]
    for (const object of objects) results.push(cellsOf(node, object))
  }
  return results
}

const describe = (node: MapNode): string => `${node.each} '${node.function}'`

async function called(node: MapNode, call: () => unknown): Promise<unknown> {
  try {
    return await call()
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new HeadraceError('USER_FUNCTION', `${describe(node)} threw: ${reason}`, { cause })
  }
}

function objectOf(node: MapNode, row: Row): Record<string, unknown> {
  const columns = Object.entries(node.input.schema)
  return Object.fromEntries(columns.map(([name, type], i) => [name, valueOfCell(type, row[i]!)]))
}

/** The cells of a returned row, each after its validator if it has one. */
function cellsOf(node: MapNode, object: unknown): Row {
  if (typeof object !== 'object' || object === null)
    throw invalid(node, `returned ${object} in place of a row`)
  return Object.entries(node.schema).map(([name, type]) => {
    const cell = cellOf(node, name, type, (object as Record<string, unknown>)[name])
    if (!(cell instanceof Refusal)) return cell
    throw invalid(node, `returned for column '${name}' of type ${typeText(type)} a value that ${cell.reason}`)
  })
}

function cellOf(node: MapNode, name: string, type: ColumnType, value: unknown): Cell | Refusal {
  const validator = node.validate?.[name] as Validator | undefined
  const made = validator === undefined ? value : validated(validator, value)
  return made instanceof Refusal ? made : cellOfValue(type, made)
}

const invalid = (node: MapNode, what: string): HeadraceError =>
  new HeadraceError('INVALID_ROW', `${describe(node)} ${what}.`)

function rowsOfBatch(batch: Batch): Row[] {
  return Array.from({ length: batch.length }, (_, i) => cellsAt(batch, i))
}
