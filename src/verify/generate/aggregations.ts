/** Random aggregates over a relation. */
import { HeadraceError } from '../../errors.ts'
import type { UntypedAggregation } from '../../plan/builder/nodes.ts'
import type { Expression } from '../../plan/expression.ts'
import { type AggregateName, aggregates } from '../../plan/function/aggregates.ts'
import type { Node } from '../../plan/node.ts'
import { isComparable } from '../../schema/cell.ts'
import { type ColumnType, type Kind, t } from '../../schema/type.ts'
import { ExpressionMaker, type Grade, isWild, type KnownColumn } from './expressions.ts'
import { customAggregates } from './opaque.ts'
import type { Histogram, Random } from './random.ts'

/** A node and what is known of its columns. */
export interface Related {
  readonly node: Node
  readonly columns: readonly KnownColumn[]
}

const NUMBERS: readonly Kind[] = ['int32', 'int64', 'float64', 'decimal']
const NAMES = Object.keys(aggregates) as AggregateName[]

export interface AggregationWish {
  readonly random: Random
  readonly histogram: Histogram
  /** An aggregate to prefer. */
  readonly focus: AggregateName
  /** Whether every group has a row: there are keys or a window. */
  readonly grouped: boolean
}

interface Made {
  readonly aggregation: UntypedAggregation
  readonly column: KnownColumn
}

/** One to three aggregates named `a0`, `a1`…, with what is known of their columns. */
export function aggregations(input: Related, wish: AggregationWish): Made[] {
  const count = wish.random.int(1, 3)
  return Array.from({ length: count }, (_, i) => {
    const fn = i === 0 && wish.random.chance(0.5) ? wish.focus : wish.random.pick(NAMES)
    return tryMake(input, `a${i}`, fn, wish) ?? tryMake(input, `a${i}`, 'count', wish)!
  })
}

function tryMake(input: Related, name: string, fn: AggregateName, wish: AggregationWish): Made | undefined {
  const append = input.node.mode === 'append'
  const spec = aggregates[fn]
  if (fn === 'approxCountDistinct' && !append) return undefined
  if (spec.ordered && input.node.eventTime === undefined) return undefined
  // The order of ties looks at the whole row, and engines may differ in the last bit of a loose column.
  if (spec.ordered && input.columns.some(column => column.grade === 'loose')) return undefined
  const args = argumentsOf(input, fn, wish)
  if (args === undefined) return undefined
  try {
    return made(input, name, fn, args, wish, append)
  } catch (error) {
    if (error instanceof HeadraceError) return undefined
    throw error
  }
}

function made(
  input: Related,
  name: string,
  fn: AggregateName,
  args: readonly Expression[],
  wish: AggregationWish,
  append: boolean,
): Made {
  const { random } = wish
  const types = args.map(arg => arg.type)
  const type = fn === 'custom' ? t.int64() : aggregates[fn].resolve(types, wish.grouped)
  const custom =
    fn === 'custom' ? random.pick(append ? Object.keys(customAggregates) : ['squares']) : undefined
  const aggregation: UntypedAggregation = {
    name,
    fn,
    args,
    ...(fn === 'quantile' ? { quantile: random.pick([0, 0.25, 0.5, 0.99, 1]) } : {}),
    ...(custom === undefined
      ? {}
      : { custom: { name: custom, aggregate: customAggregates[custom]! }, declared: type }),
  }
  const maker = new ExpressionMaker(input.columns, random, wish.histogram)
  const grade = gradeAfter(fn, args[0] === undefined ? 'dyadic' : maker.gradeOf(args[0]), args[0]?.type)
  const wild = fn !== 'count' && args.some(arg => isWild(arg, input.columns))
  return { aggregation, column: { name, type, grade, wild } }
}

/** What engines agree on after an aggregate of such a column. */
function gradeAfter(fn: AggregateName, grade: Grade, type: ColumnType | undefined): Grade {
  if (fn === 'stddev') return 'loose'
  if (fn === 'quantile') return 'exact'
  if (type?.kind !== 'float64') return fn === 'avg' ? 'exact' : grade
  if (fn === 'sum') return grade === 'dyadic' ? 'dyadic' : 'loose'
  if (fn === 'avg') return grade === 'dyadic' ? 'exact' : 'loose'
  return grade
}

/** Arguments of the kinds that the aggregate takes; undefined where the relation has none. */
function argumentsOf(input: Related, fn: AggregateName, wish: AggregationWish): Expression[] | undefined {
  const maker = new ExpressionMaker(input.columns, wish.random, wish.histogram)
  const of = (able: (type: ColumnType) => boolean, firm: boolean, calm = false) =>
    argument(maker, input, able, firm, calm)
  const number = (type: ColumnType) => NUMBERS.includes(type.kind)
  const single = (arg: Expression | undefined) => (arg === undefined ? undefined : [arg])
  switch (fn) {
    case 'count':
      return wish.random.chance(0.5) ? [] : single(of(() => true, false))
    case 'sum':
      return single(of(number, false, !wish.random.chance(0.25)))
    case 'avg':
    case 'stddev':
      return single(of(number, false, fn === 'stddev'))
    case 'quantile':
      return single(of(number, true))
    case 'boolAnd':
    case 'boolOr':
      return single(of(type => type.kind === 'bool', true))
    case 'custom':
      return single(of(type => type.kind === 'int32', true))
    case 'argMin':
    case 'argMax': {
      const value = of(() => true, true)
      const by = of(isComparable, true)
      return value === undefined || by === undefined ? undefined : [value, by]
    }
    case 'first':
    case 'last':
      return single(of(() => true, true))
    default:
      return single(of(isComparable, true))
  }
}

/** A column that fits, or at times an expression. */
function argument(
  maker: ExpressionMaker,
  input: Related,
  able: (type: ColumnType) => boolean,
  firm: boolean,
  calm: boolean,
): Expression | undefined {
  const columns = input.columns.filter(
    column => able(column.type) && !(firm && column.grade === 'loose') && !(calm && column.wild),
  )
  const kinds: readonly Kind[] = ['bool', 'int32', 'int64', 'float64', 'decimal', 'string']
  const types = {
    bool: t.bool(),
    int32: t.int32(),
    int64: t.int64(),
    float64: t.float64(),
    string: t.string(),
  }
  const made = kinds.filter(kind => able({ ...types, decimal: t.decimal(6, 2) }[kind as 'bool']))
  if (made.length > 0 && (columns.length === 0 || maker.random.chance(0.15))) {
    const expression = maker.of(maker.random.pick(made), 2, { firm, calm })
    return able(expression.type) ? expression : undefined
  }
  if (columns.length === 0) return undefined
  const { name, type } = maker.random.pick(columns)
  return { kind: 'column', name, type }
}
