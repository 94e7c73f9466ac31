/** A failure as a person reads it: what was run, where it differs, and how those rows came about. */
import { explain } from '../plan/explain.ts'
import type { Node, SourceNode } from '../plan/node.ts'
import { sourcesOf } from '../plan/rewrite.ts'
import { type Cell, cellKey } from '../schema/cell.ts'
import { type Case, type Variant, variantText } from './case.ts'
import type { Failure } from './check.ts'
import type { Difference } from './compare.ts'
import { feedOf } from './feed.ts'
import { type Change, pick, rowKey } from './relation.ts'
import { cellText, rowsText, rowText } from './text.ts'

const SHOWN = 20

/** The whole story of a failure. The feeds still hold what the failing run read. */
export function failureText(of: Case, variant: Variant, failure: Failure): string {
  const { law, message, node, changes } = failure
  const parts = [
    `${law}: ${message}`,
    `run: seed ${of.seed}, ${variantText(variant)}`,
    explain({ node: of.root }),
  ]
  if (failure.difference !== undefined) {
    parts.push(differenceText(node, variant, failure.difference))
    parts.push(changesText(node, changes, failure.difference))
    parts.push(contributors(of.root, node, failure.difference))
  } else {
    parts.push(inputText(of.root))
  }
  return parts.join('\n')
}

function differenceText(node: Node, variant: Variant, { key, at, expected, got, count }: Difference): string {
  const where = key.map((column, i) => `${column}=${cellText(node.schema[column]!, at[i]!)}`).join('  ')
  return [
    `${count} rows differ; the first: ${where}`,
    ' expected:',
    rowsText(node.schema, expected),
    ` ${variant.engine.name} says:`,
    rowsText(node.schema, got),
  ].join('\n')
}

/** How the run changed the rows of that key, step by step. */
function changesText(node: Node, changes: readonly Change[], { key, at }: Difference): string {
  const mine = changes.filter(({ cells }) => rowKey(pick(node.schema, key, cells)) === rowKey(at))
  if (mine.length === 0) return ` ${changes.length} changes were written, none of that key.`
  const lines = mine.slice(0, SHOWN).map(row => rowText(node.schema, row, `  (step ${row.step})`))
  return [' its changes, step by step:', ...lines, ...more(mine.length)].join('\n')
}

function more(count: number): string[] {
  return count > SHOWN ? [`  … and ${count - SHOWN} more`] : []
}

/** The input, where a failure is not about one key. */
function inputText(root: Node): string {
  return sourcesOf([root])
    .map(source => {
      const { arrived, rejected } = feedOf(source)
      const title = ` rows of ${source.source.name}, and ${rejected.length} bad records:`
      return `${title}\n${rowsText(source.schema, arrived.flat())}`
    })
    .join('\n')
}

/** The input rows behind a key: those that agree with it in the source columns from which its columns come. */
function contributors(root: Node, node: Node, difference: Difference): string {
  return sourcesOf([root])
    .map(source => {
      const rows = feedOf(source).arrived.flatMap((part, p) => part.map((row, i) => ({ row, p, i })))
      const wanted = origins(node, difference, source)
      const names = Object.keys(source.schema)
      const mine = rows.filter(({ row }) =>
        [...wanted].every(([column, cell]) => cellKey(row.cells[names.indexOf(column)]!) === cellKey(cell)),
      )
      const lines = mine
        .slice(0, SHOWN)
        .map(({ row, p, i }) => rowText(source.schema, row, `  (partition ${p}, row ${i + 1} to arrive)`))
      const title = ` rows of ${source.source.name} behind it (${mine.length} of ${rows.length}):`
      return [title, ...lines, ...more(mine.length)].join('\n')
    })
    .join('\n')
}

/** The source columns that key columns are copies of, with the value that they must have. */
function origins(node: Node, { key, at }: Difference, source: SourceNode): Map<string, Cell> {
  const found = new Map<string, Cell>()
  for (const [i, column] of key.entries()) {
    const origin = originOf(node, column, source)
    if (origin !== undefined) found.set(origin, at[i]!)
  }
  return found
}

function originOf(node: Node, column: string, source: SourceNode): string | undefined {
  switch (node.kind) {
    case 'source':
      return node === source ? column : undefined
    case 'project': {
      const from = node.columns.find(({ name }) => name === column)?.expression
      return from?.kind === 'column' ? originOf(node.input, from.name, source) : undefined
    }
    case 'aggregate':
      return node.keys.includes(column) ? originOf(node.input, column, source) : undefined
    case 'late':
      return originOf(node.of.input, column, source)
    case 'filter':
    case 'distinct':
    case 'sort':
      return originOf(node.input, column, source)
    default:
      return undefined
  }
}
