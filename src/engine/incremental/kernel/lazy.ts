/** Functions that compute an argument only for the rows that need it: case, coalesce, and, or. */
import { takeColumn } from '../../../schema/take.ts'
import type { ColumnType } from '../../../schema/type.ts'
import type { CallShape } from '../scalar/scalar.ts'
import type { Frame } from './frame.ts'
import { allRows, assemble, type Kernel, type Piece, pieceOf } from './kernel.ts'
import { both, either, splitRows } from './logic.ts'
import { columnOfVector, type Vector } from './vector.ts'

/** The kernel of a lazy function; undefined for any other. */
export function lazyKernel({ fn, type }: CallShape, args: readonly Kernel[]): Kernel | undefined {
  const mayFail = args.some(arg => arg.mayFail)
  switch (fn) {
    case 'and':
    case 'or':
      return {
        type,
        mayFail,
        run: frame =>
          args
            .slice(1)
            .reduce((left, right) => connective(fn, left, right, frame, type), args[0]!.run(frame)),
      }
    case 'case':
      return { type, mayFail, run: frame => choice(args, frame, type) }
    case 'coalesce':
      return { type, mayFail, run: frame => firstPresent(args, frame, type) }
    default:
      return undefined
  }
}

/** The rows at `rows` of rows that are themselves a choice. */
function within(outer: Int32Array, rows: Int32Array): Int32Array {
  const chosen = new Int32Array(rows.length)
  for (let i = 0; i < rows.length; i++) chosen[i] = outer[rows[i]!]!
  return chosen
}

const partOf = (frame: Frame, rows: Int32Array): Frame =>
  rows.length === frame.length ? frame : frame.select(rows)

/** The right side can only matter where the left is not already false (and) or true (or). */
function connective(fn: 'and' | 'or', left: Vector, right: Kernel, frame: Frame, type: ColumnType): Vector {
  const n = frame.length
  const join = fn === 'and' ? both : either
  if (!right.mayFail) return join(left, right.run(frame), n)
  const { open, settled } = undecided(fn, left, n)
  if (open.length === 0) return left
  const parts = [pieceOf(right, frame, open, type), settledPiece(left, settled, type, n)]
  return join(left, assemble(parts, type, n), n)
}

function undecided(
  fn: 'and' | 'or',
  { values, valid }: Vector,
  n: number,
): { open: Int32Array; settled: Int32Array } {
  const decisive = fn === 'and' ? 0 : 1
  const open: number[] = []
  const settled: number[] = []
  for (let i = 0; i < n; i++) (values[i] === decisive && valid?.[i] !== 0 ? settled : open).push(i)
  return { open: Int32Array.from(open), settled: Int32Array.from(settled) }
}

const settledPiece = (left: Vector, rows: Int32Array, type: ColumnType, n: number): Piece => ({
  rows,
  column: takeColumn(columnOfVector(left, type, n), rows),
})

/** condition, value, …, else: each condition and value on the rows that are still without one. */
function choice(args: readonly Kernel[], frame: Frame, type: ColumnType): Vector {
  const pieces: Piece[] = []
  let rest = allRows(frame.length)
  for (let at = 0; at + 1 < args.length && rest.length > 0; at += 2) {
    const { yes, no } = splitRows(args[at]!.run(partOf(frame, rest)), rest.length)
    if (yes.length > 0) pieces.push(pieceOf(args[at + 1]!, frame, within(rest, yes), type))
    rest = within(rest, no)
  }
  if (rest.length > 0) pieces.push(pieceOf(args[args.length - 1]!, frame, rest, type))
  return assemble(pieces, type, frame.length)
}

function firstPresent(args: readonly Kernel[], frame: Frame, type: ColumnType): Vector {
  const pieces: Piece[] = []
  let rest = allRows(frame.length)
  for (let at = 0; at < args.length && rest.length > 0; at++) {
    const { rows, column } = pieceOf(args[at]!, frame, rest, type)
    const last = at === args.length - 1
    if (last || column.valid === undefined) {
      pieces.push({ rows, column })
      break
    }
    const { yes, no } = splitRows({ form: 'bits', values: column.valid }, rows.length)
    if (yes.length > 0) pieces.push({ rows: within(rest, yes), column: takeColumn(column, yes) })
    rest = within(rest, no)
  }
  return assemble(pieces, type, frame.length)
}
