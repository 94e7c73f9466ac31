/** Opaque functions over all rows at once. */
import type { MapNode } from '../../plan/node.ts'
import { batchOfCells, cellsAt } from '../../schema/batch.ts'
import type { Rejection } from '../engine.ts'
import { Opaque } from '../opaque.ts'
import type { Row } from './rows.ts'

/** Without rows the function is not called. */
export async function mapRows(
  node: MapNode,
  rows: readonly Row[],
  reject: (rejections: readonly Rejection[]) => Promise<void>,
): Promise<Row[]> {
  if (rows.length === 0) return []
  const { batch, rejected } = await new Opaque(node).apply(batchOfCells(node.input.schema, rows))
  if (rejected.length > 0) await reject(rejected)
  return Array.from({ length: batch.length }, (_, row) => cellsAt(batch, row))
}
