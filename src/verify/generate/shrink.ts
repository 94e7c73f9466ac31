/** Makes a failing case smaller while it keeps failing: fewer operators, columns, functions and rows. */
import { HeadraceError } from '../../errors.ts'
import type { Expression } from '../../plan/expression.ts'
import { inputsOf, type Node, nodesOf, type SourceNode } from '../../plan/node.ts'
import { rewrite, sourcesOf } from '../../plan/rewrite.ts'
import { systemRuntime } from '../../runtime/runtime.ts'
import { sameType } from '../../schema/type.ts'
import { legal } from '../arrival.ts'
import type { Case } from '../case.ts'
import { feeding, feedOf } from '../feed.ts'
import { named } from '../plan.ts'
import type { WeightedRow } from '../relation.ts'
import type { Input } from './data.ts'
import { rebuilt } from './rebuild.ts'

/** Whether a smaller case still fails in the same way. */
export type Fails = (smaller: Case) => Promise<boolean>

/** Tries smaller and smaller cases until none fails or `milliseconds` are over. */
export function shrunk(failing: Case, fails: Fails, milliseconds: number): Promise<Case> {
  return smallest(failing, fails, milliseconds, candidates)
}

/** Leaves the plan as it is and tries with fewer rows. */
export function shrunkRows(failing: Case, fails: Fails, milliseconds: number): Promise<Case> {
  return smallest(failing, fails, milliseconds, halves)
}

async function smallest(
  failing: Case,
  fails: Fails,
  milliseconds: number,
  smaller: (of: Case) => Iterable<Case>,
): Promise<Case> {
  const deadline = systemRuntime.now() + milliseconds
  let best = failing
  for (let found = true; found; ) {
    found = false
    for (const candidate of smaller(best)) {
      if (systemRuntime.now() > deadline) return best
      if (!(await fails(candidate))) continue
      best = candidate
      found = true
      break
    }
  }
  return best
}

function* candidates(of: Case): Generator<Case> {
  for (const root of inputsOf(of.root)) yield { ...of, root }
  yield* halves(of)
  for (const node of nodesOf([of.root])) {
    for (const simpler of simplerNodes(node)) {
      const root = replaced(of.root, node, simpler)
      if (root !== undefined) yield { ...of, root }
    }
  }
  yield* narrower(of)
}

/** The plan with one node replaced and all above it made again; undefined where that is no plan. */
function replaced(root: Node, old: Node, simpler: Node): Node | undefined {
  const done = new Map<Node, Node>()
  try {
    for (const node of nodesOf([root])) {
      const inputs = inputsOf(node).map(input => done.get(input)!)
      const same = inputsOf(node).every((input, i) => input === inputs[i])
      done.set(node, node === old ? rebuiltOrSame(simpler, done) : same ? node : rebuilt(node, inputs))
    }
    return named(done.get(root)!)
  } catch (error) {
    if (error instanceof HeadraceError) return undefined
    throw error
  }
}

function rebuiltOrSame(node: Node, done: ReadonlyMap<Node, Node>): Node {
  return done.get(node) ?? rebuilt(node, inputsOf(node))
}

/** What a node could be instead: its input, or itself with less in it. */
function* simplerNodes(node: Node): Generator<Node> {
  for (const input of inputsOf(node)) if (fitsInto(input, node)) yield input
  switch (node.kind) {
    case 'filter':
      for (const predicate of simplerExpressions(node.predicate)) yield { ...node, predicate }
      return
    case 'project':
      for (const i of node.columns.keys())
        if (node.columns.length > 1) yield { ...node, columns: node.columns.toSpliced(i, 1) }
      for (const [i, { name, expression }] of node.columns.entries()) {
        for (const simpler of simplerExpressions(expression))
          yield { ...node, columns: node.columns.with(i, { name, expression: simpler }) }
      }
      return
    case 'union':
      if (node.inputs.length > 2) yield { ...node, inputs: node.inputs.slice(0, 2) }
      return
    case 'aggregate':
      yield* simplerAggregates(node)
      return
    case 'sort':
      if (node.by.length > 1) yield { ...node, by: node.by.slice(0, 1) }
      if (node.offset > 0) yield { ...node, offset: 0 }
      for (const [i, { expression, descending }] of node.by.entries()) {
        for (const simpler of simplerExpressions(expression))
          yield { ...node, by: node.by.with(i, { expression: simpler, descending }) }
      }
      return
    default:
  }
}

function* simplerAggregates(node: Node & { kind: 'aggregate' }): Generator<Node> {
  const { aggregates, keys, window } = node
  for (const i of aggregates.keys())
    if (aggregates.length > 1) yield { ...node, aggregates: aggregates.toSpliced(i, 1) }
  for (const i of keys.keys()) yield { ...node, keys: keys.toSpliced(i, 1) }
  for (const [i, aggregation] of aggregates.entries()) {
    for (const [a, arg] of aggregation.args.entries()) {
      for (const simpler of simplerExpressions(arg))
        yield {
          ...node,
          aggregates: aggregates.with(i, { ...aggregation, args: aggregation.args.with(a, simpler) }),
        }
    }
  }
  if (window === undefined) return
  if (window.size > window.slide) yield { ...node, window: { ...window, size: window.slide } }
  if (window.allowedLateness > 0) yield { ...node, window: { ...window, allowedLateness: 0 } }
}

function* simplerExpressions(expression: Expression): Generator<Expression> {
  if (expression.kind !== 'call') return
  for (const arg of expression.args) if (sameType(arg.type, expression.type)) yield arg
  for (const [i, arg] of expression.args.entries()) {
    for (const simpler of simplerExpressions(arg))
      yield { ...expression, args: expression.args.with(i, simpler) }
  }
}

function fitsInto(input: Node, node: Node): boolean {
  return Object.entries(node.schema).every(
    ([name, type]) => input.schema[name] !== undefined && sameType(input.schema[name], type),
  )
}

/** Fewer rows: without one half, quarter, … of an input, down to single rows. */
function* halves(of: Case): Generator<Case> {
  for (const source of sourcesOf([of.root])) {
    const { input } = feedOf(source)
    if (input.bad.length > 0) yield withInput(of, source, { ...input, bad: [] })
    const count = input.rows.length
    for (let size = Math.ceil(count / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let from = 0; from < count; from += size) {
        const rows = legal(input.rows.toSpliced(from, size))
        yield withInput(of, source, { ...input, rows })
      }
    }
  }
}

/** Without a source column that the plan does not read. */
function* narrower(of: Case): Generator<Case> {
  for (const source of sourcesOf([of.root])) {
    const { input } = feedOf(source)
    for (const name of Object.keys(input.schema)) {
      if (name === input.eventTime || input.key?.includes(name)) continue
      const smaller = without(input, name)
      const root = replaced(of.root, source, feeding(smaller))
      if (root !== undefined) yield { ...of, root }
    }
  }
}

function without(input: Input, name: string): Input {
  const at = Object.keys(input.schema).indexOf(name)
  const schema = Object.fromEntries(Object.entries(input.schema).filter(([column]) => column !== name))
  const rows = input.rows.map((row): WeightedRow => ({ ...row, cells: row.cells.toSpliced(at, 1) }))
  return { ...input, schema, rows }
}

function withInput(of: Case, source: SourceNode, input: Input): Case {
  const [root] = rewrite([of.root], (node, original) => (original === source ? feeding(input) : node))
  return { ...of, root: root! }
}
