/** Aggregates as folds over the whole list of a group's rows. */

import type { AggregateNode, Aggregation } from '../../plan/node.ts'
import { userError } from '../../plan/user-error.ts'
import { type Cell, cellKey, compareCells } from '../../schema/cell.ts'
import type { ColumnType } from '../../schema/type.ts'
import { cellOf, valueOfCell } from '../../schema/value.ts'
import { DDSketch } from '../sketch/ddsketch.ts'
import type { HashedCell } from '../sketch/hash.ts'
import { HyperLogLog } from '../sketch/hyperloglog.ts'
import { evaluate } from './evaluate.ts'
import { exact, finite, type Present, toDouble } from './function.ts'
import { compareRows, lookupIn, type Row } from './rows.ts'

/** What one row brings to an aggregate: its arguments, none of them null. */
interface Item {
  readonly args: readonly Present[]
  /** The row that it comes from, and its event time: what ordered aggregates go by. */
  readonly time: Cell
  readonly row: Row
}

type Fold = (items: readonly Item[], aggregation: Aggregation) => Cell

/** The value of one aggregate for the rows of a group. */
export function aggregate(node: AggregateNode, aggregation: Aggregation, rows: readonly Row[]): Cell {
  return folds[aggregation.fn](itemsOf(node, aggregation, rows), aggregation)
}

/** Rows with a null among the arguments bring nothing. */
function itemsOf(node: AggregateNode, aggregation: Aggregation, rows: readonly Row[]): Item[] {
  const { schema, eventTime } = node.input
  return rows.flatMap(row => {
    const lookup = lookupIn(schema, row)
    const args = aggregation.args.map(arg => evaluate(arg, lookup))
    if (args.includes(null)) return []
    return [{ args: args as Present[], time: eventTime === undefined ? null : lookup(eventTime), row }]
  })
}

const typeOf = (aggregation: Aggregation): ColumnType => aggregation.args[0]!.type

const isDouble = (aggregation: Aggregation): boolean => typeOf(aggregation).kind === 'float64'

const doublesOf = (items: readonly Item[], aggregation: Aggregation): number[] =>
  items.map(item => toDouble(item.args[0]!, typeOf(aggregation)))

const total = (numbers: readonly number[]): number => numbers.reduce((sum, x) => sum + x, 0)

/** Unscaled digits of a column of an exact type, summed. */
const exactTotal = (items: readonly Item[]): bigint =>
  items.reduce((sum, item) => sum + BigInt(item.args[0] as number | bigint), 0n)

/** Null for a group without any input. */
const ofSome =
  (fold: Fold): Fold =>
  (items, aggregation) =>
    items.length === 0 ? null : fold(items, aggregation)

const sum: Fold = (items, aggregation) =>
  isDouble(aggregation)
    ? finite(total(doublesOf(items, aggregation)))
    : exact(exactTotal(items), aggregation.type, 'sum')

const average: Fold = (items, aggregation) => {
  const sumAsDouble = isDouble(aggregation)
    ? total(doublesOf(items, aggregation))
    : toDouble(exactTotal(items), typeOf(aggregation))
  return finite(sumAsDouble / items.length)
}

/** In two passes: the mean, then the squares of the differences from it. */
const deviation: Fold = (items, aggregation) => {
  if (items.length < 2) return null
  const numbers = doublesOf(items, aggregation)
  const mean = total(numbers) / numbers.length
  return finite(Math.sqrt(total(numbers.map(x => (x - mean) ** 2)) / (numbers.length - 1)))
}

/** By event time, then by whole row. */
const compareArrival = (a: Item, b: Item): number => compareCells(a.time, b.time) || compareRows(a.row, b.row)

/** The first argument of the item that comes first in an order. */
const leading = (order: (a: Item, b: Item) => number): Fold =>
  ofSome(items => items.toSorted(order)[0]!.args[0]!)

const differentValues = (items: readonly Item[]): Set<string> =>
  new Set(items.map(item => cellKey(item.args[0]!)))

const approximateCount: Fold = items => {
  const sketch = new HyperLogLog()
  for (const item of items) sketch.add(item.args[0] as HashedCell)
  return BigInt(sketch.estimate())
}

const quantile: Fold = (items, aggregation) => {
  const sketch = new DDSketch()
  for (const x of doublesOf(items, aggregation)) sketch.add(x)
  return sketch.quantile(aggregation.quantile!)
}

/** A user's fold, over row values. */
const custom: Fold = (items, aggregation) => {
  const { name, aggregate: fold } = aggregation.custom!
  let result: unknown
  try {
    let total = fold.zero()
    for (const item of items) total = fold.add(total, valueOfCell(typeOf(aggregation), item.args[0]!))
    result = fold.result(total)
  } catch (cause) {
    throw userError(`The aggregate '${name}'`, cause)
  }
  return cellOf(aggregation.type, result, `The result of the aggregate '${name}'`)
}

const folds: Readonly<Record<Aggregation['fn'], Fold>> = {
  count: items => BigInt(items.length),
  sum: ofSome(sum),
  avg: ofSome(average),
  min: leading((a, b) => compareCells(a.args[0]!, b.args[0]!)),
  max: leading((a, b) => compareCells(b.args[0]!, a.args[0]!)),
  first: leading(compareArrival),
  last: leading((a, b) => compareArrival(b, a)),
  argMin: leading((a, b) => compareCells(a.args[1]!, b.args[1]!) || compareArrival(a, b)),
  argMax: leading((a, b) => compareCells(b.args[1]!, a.args[1]!) || compareArrival(a, b)),
  countDistinct: items => BigInt(differentValues(items).size),
  approxCountDistinct: approximateCount,
  quantile,
  stddev: deviation,
  boolAnd: ofSome(items => items.every(item => item.args[0] === true)),
  boolOr: ofSome(items => items.some(item => item.args[0] === true)),
  custom: ofSome(custom),
}
