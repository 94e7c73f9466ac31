/** Random plans over all kinds of nodes, functions and aggregates. */
import { HeadraceError } from '../../errors.ts'
import {
  aggregateNode,
  distinctNode,
  filterNode,
  joinNode,
  lateNode,
  mapNode,
  projectNode,
  sortNode,
  unionNode,
} from '../../plan/builder/nodes.ts'
import { eventTimeOffset } from '../../plan/event-time.ts'
import type { Expression } from '../../plan/expression.ts'
import { type AggregateName, aggregates } from '../../plan/function/aggregates.ts'
import { type FunctionName, functions } from '../../plan/function/catalogue.ts'
import type { AggregateNode, JoinHow, Node, Projection, WindowRule } from '../../plan/node.ts'
import { isComparable } from '../../schema/cell.ts'
import { type Kind, sameType } from '../../schema/type.ts'
import { aggregations, type Related } from './aggregations.ts'
import type { Input } from './data.ts'
import { ExpressionMaker, isWild, KINDS, type KnownColumn } from './expressions.ts'
import { mapFunctions, mappedSchema, randomMap } from './opaque.ts'
import { productions } from './productions.ts'
import { Histogram, type Random } from './random.ts'

const FUNCTIONS = Object.keys(functions) as FunctionName[]
const AGGREGATES = Object.keys(aggregates) as AggregateName[]
const SECOND = 1_000_000

/** The operators of random plans; those that need all input first are only for bounded runs. */
const STEPWISE = [
  'filter',
  'project',
  'with',
  'union',
  'distinct',
  'aggregate',
  'window',
  'map',
  'late',
] as const
const BOUNDED = [...STEPWISE, 'join', 'sort', 'join', 'sort'] as const
type Operator = (typeof BOUNDED)[number]

export class PlanMaker {
  readonly #random: Random
  readonly #histogram = new Histogram()
  readonly #focus: { fn: FunctionName; aggregate: AggregateName }

  /** What `focus` counts to comes up in the plan: consecutive numbers go round all functions and aggregates. */
  constructor(random: Random, focus: number) {
    this.#random = random
    this.#focus = {
      fn: FUNCTIONS[focus % FUNCTIONS.length]!,
      aggregate: AGGREGATES[focus % AGGREGATES.length]!,
    }
  }

  /** A plan of up to six operators. `bounded`: with joins and sorts, which need all of their input first. */
  plan(sources: readonly Related[], bounded: boolean): Node {
    const pool = [...sources]
    const operators: readonly Operator[] = bounded ? BOUNDED : STEPWISE
    for (let left = this.#random.int(1, 6); left > 0; left--) {
      const input = this.#random.chance(0.8) ? pool.at(-1)! : this.#random.pick(pool)
      const made = this.#attempt(this.#random.pick(operators), input, pool)
      if (made !== undefined) pool.push(made)
    }
    if (!this.#random.chance(0.3) || pool.length === sources.length) pool.push(this.#with(pool.at(-1)!))
    return pool.at(-1)!.node
  }

  /** Undefined where the operator does not fit: no key, no event time, a name taken. */
  #attempt(operator: Operator, input: Related, pool: readonly Related[]): Related | undefined {
    try {
      return this.#apply(operator, input, pool)
    } catch (error) {
      if (error instanceof HeadraceError) return undefined
      throw error
    }
  }

  #apply(operator: Operator, input: Related, pool: readonly Related[]): Related | undefined {
    switch (operator) {
      case 'filter':
        return { ...input, node: filterNode(input.node, this.#maker(input).of('bool', 3, { firm: true })) }
      case 'project':
        return this.#project(input)
      case 'with':
        return this.#with(input)
      case 'union':
        return this.#union(input, pool)
      case 'distinct':
        return this.#distinct(input)
      case 'aggregate':
        return this.#aggregate(input, undefined)
      case 'window':
        return this.#aggregate(input, this.#window())
      case 'map':
        return this.#map(input)
      case 'late':
        return this.#late(input, pool)
      case 'join':
        // One is enough: the rows of two would multiply beyond what a test can wait for.
        if (pool.some(({ node }) => node.kind === 'join')) return undefined
        return this.#join(input, this.#random.pick(pool))
      case 'sort':
        return this.#sort(input)
    }
  }

  #maker(input: Related): ExpressionMaker {
    return new ExpressionMaker(input.columns, this.#random, this.#histogram)
  }

  /** Some columns, some under new names, and some computed. */
  #project(input: Related): Related {
    const kept = this.#random.some(input.columns, 1)
    const columns = kept.map((column, i): Computed => {
      const name = this.#random.chance(0.2) ? `p${i}` : column.name
      const expression = { kind: 'column', name: column.name, type: column.type } as const
      return { name, expression, known: { ...column, name } }
    })
    const unique = columns.filter((c, i) => columns.findIndex(other => other.name === c.name) === i)
    return this.#projected(input, unique)
  }

  /** All columns and one or two computed ones. */
  #with(input: Related): Related {
    const kept = input.columns.map((column): Computed => {
      const { name, type } = column
      return { name, expression: { kind: 'column', name, type }, known: column }
    })
    const fresh = Array.from({ length: this.#random.int(1, 2) }, (_, i) => `e${input.columns.length + i}`)
    const computed = fresh.map(name => {
      const expression = this.#focused(input)
      const grade = this.#maker(input).gradeOf(expression)
      const known = { name, type: expression.type, grade, wild: isWild(expression, input.columns) }
      return { name, expression, known }
    })
    return this.#projected(input, [...kept.filter(column => !fresh.includes(column.name)), ...computed])
  }

  #projected(input: Related, columns: readonly Computed[]): Related {
    const plain = columns.map(({ name, expression }) => ({ name, expression }))
    return { node: projectNode(input.node, plain), columns: columns.map(({ known }) => known) }
  }

  /** An expression, half of the time one that begins with the function in focus. */
  #focused(input: Related): Expression {
    const maker = this.#maker(input)
    const { fn } = this.#focus
    const able = KINDS.filter(kind => productions[kind].some(production => production.fn === fn))
    const kind = this.#random.pick(this.#random.chance(0.5) ? able : KINDS)
    return maker.of(kind, this.#random.int(1, 3), {}, fn)
  }

  #union(input: Related, pool: readonly Related[]): Related | undefined {
    const offset = eventTimeOffset(input.node)
    const able = pool.filter(
      other => sameSchema(other, input) && (eventTimeOffset(other.node) ?? offset) === (offset ?? 0),
    )
    if (able.length === 0) return undefined
    const others = this.#random.chance(0.2) ? [this.#random.pick(able), input] : [this.#random.pick(able)]
    const all = [input, ...others]
    const node = unionNode(all.map(related => related.node))
    const columns = input.columns.map((column, i) =>
      merged(
        column,
        all.map(related => related.columns[i]!),
        node,
      ),
    )
    return { node, columns }
  }

  #distinct(input: Related): Related | undefined {
    if (!input.columns.every(column => isKey(column.type.kind))) return undefined
    return { ...input, node: distinctNode(input.node) }
  }

  #window(): WindowRule {
    const slide = this.#random.pick([5, 7, 20, 60, 300]) * SECOND
    return {
      slide,
      size: slide * this.#random.pick([1, 1, 2, 3]),
      allowedLateness: this.#random.pick([0, 0, 5 * SECOND, 120 * SECOND]),
      emit: this.#random.pick(['on-close', 'per-step']),
    }
  }

  #aggregate(input: Related, window: WindowRule | undefined): Related | undefined {
    if (window !== undefined && input.node.eventTime === undefined) return undefined
    const able = input.columns.filter(
      ({ type, name }) =>
        isKey(type.kind) && !(window && /^window_(start|end)$/.test(name)) && !/^a\d/.test(name),
    )
    const keys = this.#random.shuffled(able).slice(0, this.#random.pick([0, 1, 1, 1, 2]))
    const grouped = keys.length > 0 || window !== undefined
    const wish = { random: this.#random, histogram: this.#histogram, focus: this.#focus.aggregate, grouped }
    const made = aggregations(input, wish)
    const node = aggregateNode(
      input.node,
      keys.map(key => key.name),
      window,
      made.map(({ aggregation }) => aggregation),
    )
    const known = [...keys, ...made.map(({ column }) => column)]
    return { node, columns: columnsOf(node, known) }
  }

  #map(input: Related): Related | undefined {
    const { name, keep } = randomMap(input.columns, this.#random)
    if (keep.length === 0) return undefined
    const opaque = { version: 1, function: `${name} ${keep.join(' ')}`, ...mapFunctions[name]!(keep) }
    const node = mapNode(input.node, opaque, mappedSchema(input.node.schema, keep))
    return {
      node,
      columns: columnsOf(
        node,
        input.columns.filter(column => keep.includes(column.name)),
      ),
    }
  }

  /** What came too late for one of the windows so far. */
  #late(input: Related, pool: readonly Related[]): Related | undefined {
    // Over changing input a taking away can be late whose row was not: such rows are no relation to compute with.
    const windows = pool.filter(
      ({ node }) => node.kind === 'aggregate' && node.window !== undefined && node.input.mode === 'append',
    )
    if (windows.length === 0 || !this.#random.chance(0.3)) return undefined
    const of = this.#random.pick(windows).node as AggregateNode
    const found = [input, ...pool].find(({ node }) => node === of.input)
    return found === undefined ? undefined : { ...found, node: lateNode(of) }
  }

  #join(left: Related, other: Related): Related | undefined {
    const pairs = left.columns.flatMap(l =>
      other.columns
        .filter(r => isKey(l.type.kind) && sameType(l.type, r.type))
        .map(r => [l.name, r.name] as const),
    )
    if (pairs.length === 0 || left.columns.length + other.columns.length > 24) return undefined
    const same = pairs.filter(([l, r]) => l === r)
    const [l, r] = this.#random.pick(this.#random.chance(0.7) && same.length > 0 ? same : pairs)
    const how = this.#random.pick<JoinHow>(['inner', 'left', 'right', 'full', 'semi', 'anti'])
    const right = this.#renamed(other, l === r ? r : undefined)
    const node = joinNode(left.node, right.node, how, [[l, l === r ? r : `r_${r}`]])
    return { node, columns: columnsOf(node, [...left.columns, ...right.columns]) }
  }

  /** All columns but one under names that begin with `r_`. */
  #renamed(input: Related, shared: string | undefined): Related {
    const columns = input.columns.map((column): Computed => {
      const name = column.name === shared ? shared : `r_${column.name}`
      const expression = { kind: 'column', name: column.name, type: column.type } as const
      return { name, expression, known: { ...column, name } }
    })
    return this.#projected(input, columns)
  }

  #sort(input: Related): Related | undefined {
    if (input.columns.some(column => column.grade === 'loose')) return undefined
    const maker = this.#maker(input)
    const able = input.columns.filter(column => isComparable(column.type))
    if (able.length === 0) return undefined
    const by = Array.from({ length: this.#random.int(1, 2) }, () => ({
      expression: maker.of(this.#random.pick(able).type.kind, 1, { firm: true }),
      descending: this.#random.chance(0.5),
    }))
    const limit = this.#random.chance(0.8) ? this.#random.int(0, 20) : undefined
    const offset = limit !== undefined && this.#random.chance(0.3) ? this.#random.int(0, 5) : 0
    return { ...input, node: sortNode(input.node, by, limit, offset) }
  }
}

/** A projection and what is known of its column. */
type Computed = Projection & { readonly known: KnownColumn }

/** The relation that an input is, as a source node without a source: `withSources` puts one in. */
export function sourceOf(input: Input, node: Node): Related {
  return {
    node,
    columns: Object.entries(input.schema).map(([name, type]) => ({
      name,
      type,
      grade: 'dyadic',
      wild: input.wild.has(name),
    })),
  }
}

const isKey = (kind: Kind): boolean => kind !== 'float64' && kind !== 'json' && kind !== 'list'

function sameSchema(a: Related, b: Related): boolean {
  const [x, y] = [Object.entries(a.node.schema), Object.entries(b.node.schema)]
  return x.length === y.length && x.every(([name, type], i) => name === y[i]![0] && sameType(type, y[i]![1]))
}

/** A column of a union: as loose and as wild as the worst of its inputs. */
function merged(column: KnownColumn, all: readonly KnownColumn[], node: Node): KnownColumn {
  const grades = all.map(other => other.grade)
  return {
    name: column.name,
    type: node.schema[column.name]!,
    grade: grades.includes('loose') ? 'loose' : grades.includes('exact') ? 'exact' : 'dyadic',
    wild: all.some(other => other.wild),
  }
}

/** The columns of a node, as far as they are among the known ones; others are new and tame. */
function columnsOf(node: Node, known: readonly KnownColumn[]): KnownColumn[] {
  return Object.entries(node.schema).map(([name, type]) => {
    const column = known.find(other => other.name === name)
    return column === undefined ? { name, type, grade: 'dyadic', wild: false } : { ...column, type }
  })
}
