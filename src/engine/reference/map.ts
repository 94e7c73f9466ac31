/** Opaque functions over all rows at once. */
import type { MapNode } from '../../plan/node.ts'
import { batchOfCells, cellsAt } from '../../schema/batch.ts'
import { Opaque } from '../opaque.ts'
import type { Row } from './rows.ts'

/** Without rows the function is not called. */
export async function mapRows(node: MapNode, rows: readonly Row[]): Promise<Row[]> {
  if (rows.length === 0) return []
  const { batch } = await new Opaque(node).apply(batchOfCells(node.input.schema, rows))
  return Array.from({ length: batch.length }, (_, row) => cellsAt(batch, row))
}
