/** The rows of every kind of node, recomputed from all the rows of its inputs. */
import { HeadraceError } from '../../errors.ts'
import { eventTimeOffset } from '../../plan/event-time.ts'
import type {
  AggregateNode,
  FilterNode,
  Node,
  ProjectNode,
  SortNode,
  SourceNode,
  WindowRule,
} from '../../plan/node.ts'
import { type Cell, compareCells } from '../../schema/cell.ts'
import { MAX_INSTANT, MIN_INSTANT } from '../../schema/instant.ts'
import type { Rejection } from '../engine.ts'
import { aggregate } from './aggregate.ts'
import { evaluate } from './evaluate.ts'
import { joinRows } from './join.ts'
import { mapRows } from './map.ts'
import { compareRows, groupBy, lookupIn, type Row, rowKey, without } from './rows.ts'
import { floorTo } from './times.ts'

/** What a computation is given. */
export interface Given {
  /** The rows of each source. */
  readonly inputs: ReadonlyMap<SourceNode, readonly Row[]>
  /**
   * For windowed aggregates: rows of their input that a run found late. They are left out of the aggregate and are the
   * rows of its `late` node, so that the result is what law 1 asks of the run: batch(input − late rows).
   */
  readonly late?: ReadonlyMap<AggregateNode, readonly Row[]>
  /** Rows whose taking away came too late, so that the aggregate still holds them. */
  readonly kept?: ReadonlyMap<AggregateNode, readonly Row[]>
  /** Told of the rows that a function did not take; they are left out. */
  reject?(rejections: readonly Rejection[]): Promise<void>
}

/** Computes each node once, however many read it. The rows of a sort are in order. */
export class Computation {
  private readonly given: Given
  private readonly done = new Map<Node, Promise<readonly Row[]>>()

  constructor(given: Given) {
    this.given = given
  }

  rowsOf(node: Node): Promise<readonly Row[]> {
    let rows = this.done.get(node)
    if (rows === undefined) {
      rows = this.compute(node)
      this.done.set(node, rows)
    }
    return rows
  }

  private async compute(node: Node): Promise<readonly Row[]> {
    switch (node.kind) {
      case 'source':
        return this.sourceRows(node)
      case 'filter':
        return filterRows(node, await this.rowsOf(node.input))
      case 'project':
        return projectRows(node, await this.rowsOf(node.input))
      case 'union':
        return (await Promise.all(node.inputs.map(input => this.rowsOf(input)))).flat()
      case 'distinct':
        return distinctRows(await this.rowsOf(node.input))
      case 'aggregate':
        return aggregateRows(node, await this.onTime(node))
      case 'late':
        return this.lateRows(node.of)
      case 'join':
        return joinRows(node, await this.rowsOf(node.left), await this.rowsOf(node.right))
      case 'sort':
        return sortRows(node, await this.rowsOf(node.input))
      case 'map':
        return mapRows(node, await this.rowsOf(node.input), async rejections =>
          this.given.reject?.(rejections),
        )
    }
  }

  private sourceRows(node: SourceNode): readonly Row[] {
    const rows = this.given.inputs.get(node)
    if (rows === undefined) throw new Error(`No rows were given for the source ${node.source.name}`)
    return rows
  }

  private async onTime(node: AggregateNode): Promise<Row[]> {
    const kept = this.given.kept?.get(node) ?? []
    return without([...(await this.rowsOf(node.input)), ...kept], this.lateRows(node))
  }

  private lateRows(node: AggregateNode): readonly Row[] {
    return this.given.late?.get(node) ?? []
  }
}

function filterRows(node: FilterNode, rows: readonly Row[]): Row[] {
  return rows.filter(row => evaluate(node.predicate, lookupIn(node.input.schema, row)) === true)
}

function projectRows(node: ProjectNode, rows: readonly Row[]): Row[] {
  return rows.map(row => {
    const lookup = lookupIn(node.input.schema, row)
    return node.columns.map(column => evaluate(column.expression, lookup))
  })
}

function distinctRows(rows: readonly Row[]): Row[] {
  return [...new Map(rows.map(row => [rowKey(row), row])).values()]
}

/** A row in one of its windows; without a window rule the window has no cells. */
interface Placed {
  readonly row: Row
  readonly key: Row
}

function aggregateRows(node: AggregateNode, rows: readonly Row[]): Row[] {
  const placed = rows.flatMap((row): Placed[] => {
    const lookup = lookupIn(node.input.schema, row)
    const keys = node.keys.map(lookup)
    return windowsOf(node, row).map(window => ({ row, key: [...keys, ...window] }))
  })
  const result = (key: Row, group: readonly Placed[]): Row => [
    ...key,
    ...node.aggregates.map(aggregation =>
      aggregate(
        node,
        aggregation,
        group.map(({ row }) => row),
      ),
    ),
  ]
  if (node.keys.length === 0 && node.window === undefined) return [result([], placed)]
  return [...groupBy(placed, ({ key }) => key).values()].map(group => result(group[0]!.key, group))
}

/** The windows of a row as [window_start, window_end]; none without an event time; one of no cells without a rule. */
function windowsOf(node: AggregateNode, row: Row): Row[] {
  if (node.window === undefined) return [[]]
  const time = lookupIn(node.input.schema, row)(node.input.eventTime!)
  if (time === null) return []
  return windowsAt((time as bigint) + BigInt(eventTimeOffset(node.input)!), node.window)
}

/** Every window [s, s + size) that holds an instant, s being a multiple of the slide. */
function windowsAt(time: bigint, rule: WindowRule): Row[] {
  const size = BigInt(rule.size)
  const slide = BigInt(rule.slide)
  const windows: Row[] = []
  for (let start = floorTo(time, slide); start + size > time; start -= slide) {
    if (start < MIN_INSTANT || start + size > MAX_INSTANT) {
      throw new HeadraceError('OVERFLOW', 'window: a window reaches beyond the years 0001 to 9999.')
    }
    windows.push([start, start + size])
  }
  return windows
}

/** Nulls last in both directions; ties by whole row. */
function sortRows(node: SortNode, rows: readonly Row[]): Row[] {
  const keyed = rows.map(row => {
    const lookup = lookupIn(node.input.schema, row)
    return { row, cells: node.by.map(({ expression }) => evaluate(expression, lookup)) }
  })
  const sorted = keyed.sort((a, b) => {
    for (const [i, { descending }] of node.by.entries()) {
      const order = compareNullsLast(a.cells[i]!, b.cells[i]!, descending)
      if (order !== 0) return order
    }
    return compareRows(a.row, b.row)
  })
  const end = node.limit === undefined ? undefined : node.offset + node.limit
  return sorted.slice(node.offset, end).map(({ row }) => row)
}

function compareNullsLast(a: Cell, b: Cell, descending: boolean): number {
  const order = compareCells(a, b)
  return descending && a !== null && b !== null ? -order : order
}
