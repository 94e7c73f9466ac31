/** Reading sources to their end, and folding what they add and take away into plain rows. */
import { HeadraceError } from '../../errors.ts'
import { type Node, nodesOf, type SourceNode } from '../../plan/node.ts'
import { type Batch, cellsAt } from '../../schema/batch.ts'
import type { RejectedRecord } from '../../seam/source.ts'
import type { Job } from '../engine.ts'
import { type Row, rowKey } from './rows.ts'

/** Everything that the sources of a plan hold. */
export interface Inputs {
  readonly rows: Map<SourceNode, readonly Row[]>
  /** By source, how many records were no rows. */
  readonly rejected: Map<SourceNode, number>
  /** Records as they were read, before folding. */
  readonly read: number
}

export async function readInputs(
  roots: readonly Node[],
  reject: Job['reject'],
  signal: AbortSignal,
): Promise<Inputs> {
  const rows = new Map<SourceNode, readonly Row[]>()
  const rejected = new Map<SourceNode, number>()
  let read = 0
  for (const node of nodesOf(roots)) {
    if (node.kind !== 'source') continue
    const { batches, bad } = await readSource(node, signal)
    read += batches.reduce((sum, batch) => sum + batch.length, bad.length)
    const rejections = bad.map(record => ({ node, record }))
    if (bad.length > 0) await reject(rejections, { rowsRead: read })
    rows.set(node, folded(batches))
    rejected.set(node, bad.length)
  }
  return { rows, rejected, read }
}

async function readSource(
  node: SourceNode,
  signal: AbortSignal,
): Promise<{ batches: Batch[]; bad: RejectedRecord[] }> {
  const batches: Batch[] = []
  const bad: RejectedRecord[] = []
  for (const partition of await node.source.partitions()) {
    for await (const { batch, rejected } of node.source.read(partition, { from: 0 }, signal)) {
      if (signal.aborted) throw new HeadraceError('STOPPED', 'The run was stopped while reading its input.')
      batches.push(batch)
      bad.push(...(rejected ?? []))
    }
  }
  return { batches, bad }
}

/** Adds up the weights of equal rows. Less than none of a row is a mistake of the source. */
function folded(batches: readonly Batch[]): Row[] {
  const totals = new Map<string, { row: Row; weight: number }>()
  for (const batch of batches) {
    for (let i = 0; i < batch.length; i++) {
      const row = cellsAt(batch, i)
      const entry = totals.get(rowKey(row)) ?? { row, weight: 0 }
      entry.weight += batch.weights?.[i] ?? 1
      totals.set(rowKey(row), entry)
    }
  }
  return [...totals.values()].flatMap(({ row, weight }) => {
    if (weight < 0) throw new Error(`The input takes away a row that it never added: ${rowKey(row)}`)
    return Array.from({ length: weight }, () => row)
  })
}
