/** Aggregates in SQL. */
import { failSql } from '../../duckdb/failure.ts'
import { sqlType } from '../../duckdb/types.ts'
import { HeadraceError } from '../../errors.ts'
import { columnsIn } from '../../plan/expression.ts'
import type { AggregateNode, Aggregation } from '../../plan/node.ts'
import { userError } from '../../plan/user-error.ts'
import type { Cell } from '../../schema/cell.ts'
import { MAX_INT64, MIN_INT64 } from '../../schema/text/number-text.ts'
import { type ColumnType, t, withNull } from '../../schema/type.ts'
import { cellOf, valueOfCell } from '../../schema/value.ts'
import { DDSketch } from '../sketch/ddsketch.ts'
import type { HashedCell } from '../sketch/hash.ts'
import { HyperLogLog } from '../sketch/hyperloglog.ts'
import { columnAt, columnNamed } from './expression.ts'
import { double, type Emitter, finite } from './function/emit.ts'

/** An aggregate to write: its argument in SQL and the type of that. */
interface Writing {
  readonly node: AggregateNode
  readonly aggregation: Aggregation
  readonly emitter: Emitter
  /** SQL of the first argument. */
  readonly value: string
  readonly type: ColumnType
}

type Write = (writing: Writing) => string

/** SQL of an aggregate over the columns of the node's input. */
export function aggregateSql(node: AggregateNode, aggregation: Aggregation, emitter: Emitter): string {
  const [arg] = aggregation.args
  const value = arg === undefined ? '*' : emitter.sql(arg)
  return writers[aggregation.fn]({ node, aggregation, emitter, value, type: arg?.type ?? t.bool() })
}

/** A decimal of so many digits needs 10^11 rows to leave the 38 of its sum; DuckDB adds larger ones without a check. */
const SAFE_DIGITS = 27

const isWide = (type: ColumnType): boolean => type.kind === 'decimal' && type.precision! > SAFE_DIGITS

const sum: Write = writing => {
  const { value, type, aggregation } = writing
  const total = `sum(${value})`
  if (type.kind === 'float64') return finite(total)
  if (isWide(type)) return folded(writing, value, type, cells => wideSum(cells, aggregation.type))
  if (type.kind === 'decimal') return `CAST(${total} AS ${sqlType(aggregation.type)})`
  // DuckDB adds integers in 128 bits. 2^32 rows of int32 fit 64.
  if (type.kind === 'int32') return `CAST(${total} AS BIGINT)`
  const outside = `${total} < CAST('${MIN_INT64}' AS HUGEINT) OR ${total} > CAST('${MAX_INT64}' AS HUGEINT)`
  const overflow = failSql('OVERFLOW', 'sum: the result is beyond int64: ', `CAST(${total} AS VARCHAR)`)
  return `CASE WHEN ${outside} THEN ${overflow} ELSE CAST(${total} AS BIGINT) END`
}

const totalOf = (cells: readonly Cell[]): bigint => cells.reduce<bigint>((a, b) => a + (b as bigint), 0n)

function wideSum(cells: readonly Cell[], type: ColumnType): Cell {
  const total = totalOf(cells)
  if (total < 10n ** 38n && total > -(10n ** 38n)) return total
  throw new HeadraceError('OVERFLOW', `sum: the result has more than 38 digits at scale ${type.scale}.`)
}

const average: Write = writing => {
  const { value, type } = writing
  if (type.kind === 'float64') return finite(`(sum(${value}) / count(${value}))`)
  if (isWide(type)) {
    const mean = (cells: readonly Cell[]) => Number(`${totalOf(cells)}e-${type.scale}`) / cells.length
    return folded(
      { ...writing, aggregation: { ...writing.aggregation, type: t.float64() } },
      value,
      type,
      mean,
    )
  }
  // The text of an exact sum is read as the nearest double; the sum itself would be cast in two halves.
  return `(CAST(CAST(sum(${value}) AS VARCHAR) AS DOUBLE) / count(${value}))`
}

/**
 * DuckDB fails where squares leave the range of doubles, also for rows that a CASE leaves out. Large values are scaled by a
 * power of two, which is exact; the others keep their own digits.
 */
const deviation: Write = ({ value, type }) => {
  const x = double(value, type)
  if (type.kind !== 'float64') return `stddev_samp(${x})`
  const own = `stddev_samp(${x}) FILTER (WHERE abs(${x}) <= 1e150)`
  const scaled = `stddev_samp(${x} * pow(2, -600)) * pow(2, 600)`
  return finite(`(CASE WHEN max(abs(${x})) <= 1e150 THEN ${own} ELSE ${scaled} END)`)
}

/** The whole row in its order, by which ties are broken. */
function rowOrder(node: AggregateNode, direction: 'ASC NULLS LAST' | 'DESC NULLS FIRST'): string[] {
  const { schema, eventTime } = node.input
  const time = eventTime === undefined ? [] : [columnNamed(schema, eventTime)]
  return [...time, ...Object.keys(schema).map((_, place) => columnAt(place))].map(
    column => `${column} ${direction}`,
  )
}

const ordered =
  (direction: 'ASC NULLS LAST' | 'DESC NULLS FIRST'): Write =>
  ({ node, value }) =>
    `first(${value} ORDER BY ${rowOrder(node, direction).join(', ')}) FILTER (WHERE ${value} IS NOT NULL)`

const extremeBy =
  (direction: 'ASC' | 'DESC'): Write =>
  ({ node, aggregation, emitter, value }) => {
    const by = emitter.sql(aggregation.args[1]!)
    // A constant orders nothing, and DuckDB refuses it.
    const first = columnsIn(aggregation.args[1]!).size > 0 ? [`${by} ${direction} NULLS LAST`] : []
    const order = [...first, ...rowOrder(node, 'ASC NULLS LAST')].join(', ')
    return `first(${value} ORDER BY ${order}) FILTER (WHERE ${value} IS NOT NULL AND ${by} IS NOT NULL)`
  }

/** A fold in JavaScript over the values of a group that are not null; null where there are none. */
function folded(
  { aggregation, emitter }: Writing,
  value: string,
  type: ColumnType,
  fold: (cells: readonly Cell[]) => Cell,
  distinct = '',
): string {
  const element = withNull(type, false)
  const name = emitter.native({
    key: `fold ${aggregation.fn} ${aggregation.name} ${natives++}`,
    args: [{ kind: 'list', nullable: true, element }],
    result: aggregation.type,
    apply: list => fold(list as readonly Cell[]),
  })
  return `${name}(list(${distinct}${value}) FILTER (WHERE ${value} IS NOT NULL))`
}

/** Folds are closures over their aggregation, so no two are the same function. */
let natives = 0

/** The sketch holds a set, so that equal values need to reach it once. */
const approximateCount: Write = writing => {
  const estimate = (cells: readonly Cell[]): Cell => {
    const sketch = new HyperLogLog()
    for (const cell of cells) sketch.add(cell as HashedCell)
    return BigInt(sketch.estimate())
  }
  return `coalesce(${folded(writing, writing.value, writing.type, estimate, 'DISTINCT ')}, CAST('0' AS BIGINT))`
}

const quantile: Write = writing =>
  folded(writing, double(writing.value, writing.type), t.float64(), cells => {
    const sketch = new DDSketch()
    for (const cell of cells) sketch.add(cell as number)
    return sketch.quantile(writing.aggregation.quantile!)
  })

const custom: Write = writing => {
  const { name, aggregate } = writing.aggregation.custom!
  return folded(writing, writing.value, writing.type, cells => {
    const where = `The result of the aggregate '${name}'`
    try {
      let total = aggregate.zero()
      for (const cell of cells) total = aggregate.add(total, valueOfCell(writing.type, cell))
      return cellOf(writing.aggregation.type, aggregate.result(total), where)
    } catch (cause) {
      if (cause instanceof HeadraceError) throw cause
      throw userError(`The aggregate '${name}'`, cause)
    }
  })
}

const native =
  (fn: string): Write =>
  ({ value }) =>
    `${fn}(${value})`

const writers: Readonly<Record<Aggregation['fn'], Write>> = {
  count: native('count'),
  sum,
  avg: average,
  min: native('min'),
  max: native('max'),
  first: ordered('ASC NULLS LAST'),
  last: ordered('DESC NULLS FIRST'),
  argMin: extremeBy('ASC'),
  argMax: extremeBy('DESC'),
  countDistinct: ({ value }) => `count(DISTINCT ${value})`,
  approxCountDistinct: approximateCount,
  quantile,
  stddev: deviation,
  boolAnd: native('bool_and'),
  boolOr: native('bool_or'),
  custom,
}
