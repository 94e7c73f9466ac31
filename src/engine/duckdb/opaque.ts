/** Opaque functions: batches out of DuckDB, through TypeScript, and back. */
import { HeadraceError } from '../../errors.ts'
import type { MapNode } from '../../plan/node.ts'
import type { Batch } from '../../schema/batch.ts'
import type { Cell } from '../../schema/cell.ts'
import { Rows } from '../../schema/decoder.ts'
import { Refusal } from '../../schema/refusal.ts'
import { readerOf } from '../../schema/row.ts'
import { type Validator, validated } from '../../schema/standard.ts'
import { typeText } from '../../schema/type.ts'
import { cellOfValue } from '../../schema/value.ts'

/** What the node's function makes of a batch. Throws USER_FUNCTION and INVALID_ROW, naming the function. */
export async function applyOpaque(node: MapNode, batch: Batch): Promise<Batch> {
  const apply = node.apply as (input: unknown) => unknown
  if (node.each === 'mapBatch') return checkBatch(node, await called(node, () => apply(batch)))
  const out = new Rows(node.schema)
  const row = readerOf(batch)
  for (let i = 0; i < batch.length; i++) {
    const returned = await called(node, () => apply(row(i)))
    if (node.each === 'map') addRow(node, out, returned)
    else for (const one of iterable(node, returned)) addRow(node, out, one)
  }
  return out.take()
}

const describe = (node: MapNode): string => `${node.each} '${node.function}'`

const invalid = (node: MapNode, what: string): HeadraceError =>
  new HeadraceError('INVALID_ROW', `${describe(node)} returned ${what}.`)

/** Waits only for what is a promise: a pause for every row would be most of the time. */
function called(node: MapNode, call: () => unknown): unknown {
  const failed = (cause: unknown): never => {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new HeadraceError('USER_FUNCTION', `${describe(node)} threw: ${reason}`, { cause })
  }
  try {
    const returned = call()
    return returned instanceof Promise ? returned.catch(failed) : returned
  } catch (cause) {
    return failed(cause)
  }
}

function iterable(node: MapNode, returned: unknown): Iterable<unknown> {
  const isIterable = typeof returned === 'object' && returned !== null && Symbol.iterator in returned
  if (!isIterable) throw invalid(node, `${String(returned)} in place of rows`)
  return returned as Iterable<unknown>
}

function addRow(node: MapNode, out: Rows, row: unknown): void {
  if (typeof row !== 'object' || row === null) throw invalid(node, `${String(row)} in place of a row`)
  out.reserve(out.length + 1)
  Object.keys(node.schema).forEach((column, c) => {
    const cell = cellFor(node, column, (row as Record<string, unknown>)[column])
    if (cell === null) out.builders[c]!.setNull(out.length)
    else out.builders[c]!.setCell(out.length, cell)
  })
  out.length++
}

function cellFor(node: MapNode, column: string, value: unknown): Cell {
  const type = node.schema[column]!
  const validator = node.validate?.[column] as Validator | undefined
  const made = validator === undefined ? value : validated(validator, value)
  const cell = made instanceof Refusal ? made : cellOfValue(type, made)
  if (!(cell instanceof Refusal)) return cell
  throw invalid(node, `for column '${column}' of type ${typeText(type)} a value that ${cell.reason}`)
}

function checkBatch(node: MapNode, returned: unknown): Batch {
  const batch = returned as Partial<Batch> | null
  const expected = Object.keys(node.schema)
  if (
    typeof batch !== 'object' ||
    batch === null ||
    batch.columns === undefined ||
    batch.schema === undefined
  )
    throw invalid(node, `${String(returned)} in place of a batch`)
  const found = Object.keys(batch.schema)
  if (found.join() !== expected.join() || batch.columns.length !== expected.length)
    throw invalid(node, `a batch of ${found.join(', ')} in place of ${expected.join(', ')}`)
  return batch as Batch
}
