/** What a plan must give, told by the reference engine in one step over everything. */

import type { Rejection } from '../engine/engine.ts'
import { Computation } from '../engine/reference/relation.ts'
import { type AggregateNode, type Node, nodesOf, type SourceNode } from '../plan/node.ts'
import { sourcesOf } from '../plan/rewrite.ts'
import type { Cell } from '../schema/cell.ts'
import { feedOf } from './feed.ts'
import { fold, type WeightedRow } from './relation.ts'

/** The rows that a run found late, folded, by window. Below zero: a taking away that came too late. */
export type Late = ReadonlyMap<AggregateNode, readonly WeightedRow[]>

const NONE: Late = new Map()

/** What a plan gives. */
export interface Answer {
  readonly rows: WeightedRow[]
  /** The rows that its functions do not take. */
  readonly rejections: readonly Rejection[]
}

/** The relation that is a node; see `answerOf`. */
export async function expected(
  node: Node,
  late?: Late,
  rows?: ReadonlyMap<SourceNode, readonly WeightedRow[]>,
): Promise<WeightedRow[]> {
  return (await answerOf(node, late, rows)).rows
}

/**
 * The relation that is a node, over what its feeds hold: `rows` in place of some, and each window without its late rows.
 * Rejects with HeadraceError where the computation itself fails.
 */
export async function answerOf(
  node: Node,
  late: Late = NONE,
  rows: ReadonlyMap<SourceNode, readonly WeightedRow[]> = new Map(),
): Promise<Answer> {
  const inputs = new Map(
    sourcesOf([node]).map(source => [
      source,
      repeated(fold(rows.get(source) ?? feedOf(source).arrived.flat())),
    ]),
  )
  const added = new Map([...late].map(([window, all]) => [window, repeated(all)]))
  const kept = new Map([...late].map(([window, all]) => [window, repeated(all.map(opposite))]))
  const rejections: Rejection[] = []
  const reject = async (all: readonly Rejection[]): Promise<void> => {
    rejections.push(...all)
  }
  const computation = new Computation({ inputs, late: added, kept, reject })
  const relation = await computation.rowsOf(node)
  // Rows that came late are given: what they were made by is computed nevertheless.
  for (const each of nodesOf([node])) if (each.kind === 'map') await computation.rowsOf(each)
  return { rows: fold(relation.map(cells => ({ cells, weight: 1 }))), rejections }
}

function opposite({ cells, weight }: WeightedRow): WeightedRow {
  return { cells, weight: -weight }
}

/** Each row as often as its weight says; those below one, not at all. */
function repeated(rows: readonly WeightedRow[]): (readonly Cell[])[] {
  return rows.flatMap(({ cells, weight }) => Array.from({ length: Math.max(0, weight) }, () => cells))
}
