/** Σ|x|: how large the numbers were from which a float64 column was summed (law 2). */
import type { Expression } from '../plan/expression.ts'
import type { Node } from '../plan/node.ts'
import type { Cell } from '../schema/cell.ts'
import type { ColumnType } from '../schema/type.ts'
import { expected, type Late } from './oracle.ts'

const ZERO = async (): Promise<number> => 0

/**
 * The sum of the absolute values that went into a column's sums and means, over the whole relation; 0 for a column that
 * was never summed. An expression counts all that went into the columns it reads.
 */
export function scaleOf(node: Node, column: string, late: Late): Promise<number> {
  switch (node.kind) {
    case 'source':
    case 'map':
      return ZERO()
    case 'filter':
    case 'distinct':
    case 'sort':
      return scaleOf(node.input, column, late)
    case 'late':
      return scaleOf(node.of.input, column, late)
    case 'union':
      return sum(node.inputs.map(input => scaleOf(input, column, late)))
    case 'project':
      return within(node.columns.find(({ name }) => name === column)!.expression, node.input, late)
    case 'join': {
      const from = node.columns.find(({ name }) => name === column)!
      return scaleOf(from.from === 'right' ? node.right : node.left, from.column, late)
    }
    case 'aggregate': {
      const aggregation = node.aggregates.find(({ name }) => name === column)
      if (aggregation === undefined) return scaleOf(node.input, column, late)
      const inner = sum(aggregation.args.map(arg => within(arg, node.input, late)))
      const summed = ['sum', 'avg', 'stddev'].includes(aggregation.fn)
      return summed ? sum([inner, magnitude(aggregation.args[0]!, node.input, late)]) : inner
    }
  }
}

function within(expression: Expression, input: Node, late: Late): Promise<number> {
  if (expression.kind === 'literal') return ZERO()
  if (expression.kind === 'column') return scaleOf(input, expression.name, late)
  return sum(expression.args.map(arg => within(arg, input, late)))
}

/** Σ|x| of an expression over a relation. */
async function magnitude(expression: Expression, input: Node, late: Late): Promise<number> {
  const columns = [{ name: 'x', expression }]
  const schema = { x: expression.type }
  const rows = await expected({ kind: 'project', schema, mode: 'changelog', input, columns }, late)
  return rows.reduce(
    (total, row) => total + Math.abs(row.weight * asNumber(expression.type, row.cells[0]!)),
    0,
  )
}

function asNumber(type: ColumnType, cell: Cell): number {
  if (cell === null) return 0
  return type.kind === 'decimal' ? Number(cell) / 10 ** type.scale! : Number(cell)
}

async function sum(parts: readonly Promise<number>[]): Promise<number> {
  return (await Promise.all(parts)).reduce((total, part) => total + part, 0)
}
