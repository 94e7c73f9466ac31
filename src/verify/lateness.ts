/**
 * Which rows must come too late, told from the input alone: an independent model of watermarks for the plans where it is
 * simple, namely one source of one partition and nothing but row-by-row operators between it and the window.
 */
import type { AggregateNode, Node, SourceNode } from '../plan/node.ts'
import type { Cell } from '../schema/cell.ts'
import { feedOf } from './feed.ts'
import type { WeightedRow } from './relation.ts'

/** The source behind a chain of filters and projections that keep its event time; undefined for any other plan. */
export function simpleSource(
  node: Node,
  eventTime: string | undefined = node.eventTime,
): SourceNode | undefined {
  if (eventTime === undefined) return undefined
  switch (node.kind) {
    case 'source':
      return node.mode === 'append' && node.eventTime === eventTime ? node : undefined
    case 'filter':
      return simpleSource(node.input, eventTime)
    case 'project': {
      const from = node.columns.find(({ name }) => name === eventTime)?.expression
      return from?.kind === 'column' ? simpleSource(node.input, from.name) : undefined
    }
    default:
      return undefined
  }
}

export interface Arrived {
  readonly row: WeightedRow
  /** Whether it comes too late for the window. */
  readonly late: boolean
}

/** The rows of the reads with the first `count` records of a source, marked, and the watermark after them; −∞ is undefined. */
export function judged(
  window: AggregateNode,
  source: SourceNode,
  count: number,
): { rows: Arrived[]; watermark: bigint | undefined } {
  const column = Object.keys(source.schema).indexOf(source.eventTime!)
  const rows: Arrived[] = []
  let latest: bigint | undefined
  let watermark: bigint | undefined
  let records = 0
  for (const read of feedOf(source).reads(0)) {
    if (records >= count) break
    records += read.rows.length + read.rejected.length
    for (const row of read.rows) rows.push({ row, late: isLate(window, row.cells[column]!, watermark) })
    for (const row of read.rows) {
      const time = row.cells[column] as bigint | null
      if (time !== null && (latest === undefined || time > latest)) latest = time
    }
    watermark = latest === undefined ? undefined : latest - BigInt(source.outOfOrderness) - 1n
  }
  return { rows, watermark }
}

/** Late iff the first of its windows to end is final: the others of a hopping window end later. */
function isLate({ window }: AggregateNode, time: Cell, watermark: bigint | undefined): boolean {
  if (time === null || watermark === undefined) return false
  const { slide, allowedLateness } = window!
  // The windows of a row end at multiples of the slide (size is one); the first end after its time.
  const [at, step] = [time as bigint, BigInt(slide)]
  const firstEnd = (floorDivide(at, step) + 1n) * step
  return firstEnd - 1n + BigInt(allowedLateness) <= watermark
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient
}
