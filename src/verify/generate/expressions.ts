/** Random well-typed expressions over some columns. */
import { HeadraceError } from '../../errors.ts'
import { call, type Expression, literal } from '../../plan/expression.ts'
import type { FunctionName, FunctionOptions } from '../../plan/function/catalogue.ts'
import { isComparable } from '../../schema/cell.ts'
import { type ColumnType, type Kind, t } from '../../schema/type.ts'
import { productions } from './productions.ts'
import type { Histogram, Random } from './random.ts'
import { cellFor } from './values.ts'

/**
 * How far engines agree on a float64: `dyadic` also after summing in any order, `exact` bit by bit, `loose` within a
 * tolerance (ln and power, whose last bit differs between mathematics libraries, and sums that depend on order).
 */
export type Grade = 'dyadic' | 'exact' | 'loose'

export interface KnownColumn {
  readonly name: string
  readonly type: ColumnType
  readonly grade: Grade
  /** May hold values near the ends of its type, with which arithmetic overflows. */
  readonly wild: boolean
}

/** What an expression may be made of. */
export interface Wish {
  /** No column with extreme values: for arithmetic that fails on overflow. */
  readonly calm?: boolean
  /** No loose float64: where a decision is taken from the value. */
  readonly firm?: boolean
}

const LEAF_TYPES: Readonly<Record<Kind, () => ColumnType>> = {
  bool: () => t.bool(),
  int32: () => t.int32(),
  int64: () => t.int64(),
  float64: () => t.float64(),
  decimal: () => t.decimal(6, 2),
  string: () => t.string(),
  bytes: () => t.bytes(),
  date: () => t.date(),
  timestamp: () => t.timestamp(),
  uuid: () => t.uuid(),
  enum: () => t.enum('red', 'green', 'Blue'),
  json: () => t.json(),
  list: () => t.list(t.int32()),
}

/** Kinds that have a common type. */
const KIN: Readonly<Partial<Record<Kind, readonly Kind[]>>> = {
  int32: ['int64', 'decimal', 'float64'],
  int64: ['int32', 'decimal'],
  decimal: ['int32', 'int64'],
  float64: ['int32'],
  string: ['enum'],
  enum: ['string'],
}

export const KINDS = Object.keys(LEAF_TYPES) as Kind[]

export class ExpressionMaker {
  readonly random: Random
  readonly columns: readonly KnownColumn[]
  readonly #histogram: Histogram

  constructor(columns: readonly KnownColumn[], random: Random, histogram: Histogram) {
    this.columns = columns
    this.random = random
    this.#histogram = histogram
  }

  /** An expression of a kind, `depth` calls deep at most, beginning with the function `first` if the kind has it. */
  of(kind: Kind, depth: number, wish: Wish = {}, first?: FunctionName): Expression {
    const wanted = productions[kind].filter(production => production.fn === first)
    if (depth <= 0 || (wanted.length === 0 && this.random.chance(0.25))) return this.leaf(kind, wish)
    const able = wanted.length > 0 ? wanted : productions[kind]
    const [a, b] = [this.random.pick(able), this.random.pick(able)]
    const chosen = this.#histogram.of(a.fn) <= this.#histogram.of(b.fn) ? a : b
    this.#histogram.add(chosen.fn)
    try {
      const made = chosen.make(this, depth - 1, wish)
      return this.gradeOf(made) === 'loose' && wish.firm ? this.leaf(kind, wish) : made
    } catch (error) {
      if (error instanceof HeadraceError) return this.leaf(kind, wish)
      throw error
    }
  }

  /** An operand of arithmetic that can overflow: seldom an extreme value. */
  operand(kind: Kind, depth: number, wish: Wish): Expression {
    return this.of(kind, Math.min(depth, 1), { ...wish, calm: !this.random.chance(0.2) })
  }

  leaf(kind: Kind, wish: Wish = {}): Expression {
    const able = this.columns.filter(
      column =>
        column.type.kind === kind && !(wish.calm && column.wild) && !(wish.firm && column.grade === 'loose'),
    )
    if (able.length > 0 && this.random.chance(0.8)) {
      const { name, type } = this.random.pick(able)
      return { kind: 'column', name, type }
    }
    return this.literal(LEAF_TYPES[kind]())
  }

  literal(type: ColumnType): Expression {
    const nullable = this.random.chance(0.1) ? t.nullable(type) : type
    return literal(type, cellFor(nullable, this.random))
  }

  constant(type: ColumnType, value: string | number): Expression {
    return literal(type, value)
  }

  /** A kind that some column has, and that can be compared. */
  comparableKind(): Kind {
    const kinds = this.columns.filter(column => isComparable(column.type)).map(column => column.type.kind)
    return this.random.pick(kinds.length > 0 ? kinds : (['int32'] as const))
  }

  /** The kind itself, or at times another one that goes with it in comparisons and sums. */
  kin(kind: Kind): Kind {
    return this.random.chance(0.2) ? this.random.pick(KIN[kind] ?? [kind]) : kind
  }

  call(fn: FunctionName, args: readonly Expression[], options: FunctionOptions = {}): Expression {
    return call(fn, args, options)
  }

  gradeOf(expression: Expression): Grade {
    return gradeOf(expression, this.columns)
  }
}

const SUMS: ReadonlySet<FunctionName> = new Set([
  'add',
  'sub',
  'neg',
  'abs',
  'case',
  'coalesce',
  'nullif',
  'least',
  'greatest',
])

function gradeOf(expression: Expression, columns: readonly KnownColumn[]): Grade {
  if (expression.kind === 'literal') return 'dyadic'
  if (expression.kind === 'column')
    return columns.find(column => column.name === expression.name)?.grade ?? 'dyadic'
  if (expression.type.kind !== 'float64') return 'dyadic'
  if (expression.fn === 'ln' || expression.fn === 'power') return 'loose'
  const grades = expression.args.filter(arg => arg.type.kind === 'float64').map(arg => gradeOf(arg, columns))
  if (grades.includes('loose')) return 'loose'
  return SUMS.has(expression.fn) && !grades.includes('exact') ? 'dyadic' : 'exact'
}

/** Whether an expression may give extreme values. */
export function isWild(expression: Expression, columns: readonly KnownColumn[]): boolean {
  if (expression.kind === 'literal') return false
  if (expression.kind === 'column') return columns.some(c => c.name === expression.name && c.wild)
  return expression.args.some(arg => isWild(arg, columns))
}

/** The functions that occur in an expression, each as often as it does. */
export function functionsIn(expression: Expression): FunctionName[] {
  return expression.kind === 'call' ? [expression.fn, ...expression.args.flatMap(functionsIn)] : []
}
