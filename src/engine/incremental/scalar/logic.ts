/** Comparison and three-valued logic of one row. */
import type { logic } from '../../../plan/function/logic.ts'
import { commonOrMismatch, isExact } from '../../../plan/function/signature.ts'
import { type Cell, compareCells } from '../../../schema/cell.ts'
import { type ColumnType, withNull } from '../../../schema/type.ts'
import { digitsAt, doubleOf, exactCell, scaleOf } from './exact.ts'
import { type ScalarMaker, strict } from './scalar.ts'

/** Brings a cell to a type that holds its value without loss. */
export function widener(from: ColumnType, to: ColumnType): (cell: Cell) => Cell {
  if (to.kind === 'float64' && from.kind !== 'float64') {
    return cell => (cell === null ? null : doubleOf(cell, from))
  }
  if (!isExact(to) || (from.kind === to.kind && scaleOf(from) === scaleOf(to))) return cell => cell
  return cell => (cell === null ? null : exactCell(digitsAt(cell, from, scaleOf(to)), to, 'widening'))
}

/** Orders two cells that are not null, of types with a common type. */
function ordering(a: ColumnType, b: ColumnType): (x: Cell, y: Cell) => number {
  const common = commonOrMismatch('comparison', [a, b])
  const [left, right] = [widener(a, common), widener(b, common)]
  return (x, y) => compareCells(left(x), right(y))
}

const comparison = (test: (order: number) => boolean): ScalarMaker =>
  strict(({ args }) => {
    const order = ordering(args[0]!, args[1]!)
    return ([a, b]) => test(order(a!, b!))
  })

const membership: ScalarMaker = ({ args }) => {
  const orders = args.slice(1).map(type => ordering(args[0]!, type))
  return ([value, ...list]) => {
    if (value === null) return null
    if (list.some((cell, i) => cell !== null && orders[i]!(value!, cell) === 0)) return true
    return list.includes(null) ? null : false
  }
}

const extreme =
  (sign: 1 | -1): ScalarMaker =>
  ({ args, type }) => {
    const widen = args.map(arg => widener(arg, type))
    return cells => {
      const values = cells.map((cell, i) => widen[i]!(cell))
      return values.reduce((best, value) => (compareCells(value, best) * sign < 0 ? value : best))
    }
  }

const choice: ScalarMaker = ({ args, type }) => {
  const widen = args.map(arg => widener(arg, type))
  return cells => {
    let at = 0
    while (at + 1 < cells.length && cells[at] !== true) at += 2
    const chosen = at + 1 < cells.length ? at + 1 : cells.length - 1
    return widen[chosen]!(cells[chosen]!)
  }
}

export const logicScalars: Record<keyof typeof logic, ScalarMaker> = {
  eq: comparison(order => order === 0),
  ne: comparison(order => order !== 0),
  lt: comparison(order => order < 0),
  le: comparison(order => order <= 0),
  gt: comparison(order => order > 0),
  ge: comparison(order => order >= 0),
  and: () => cells => (cells.includes(false) ? false : cells.includes(null) ? null : true),
  or: () => cells => (cells.includes(true) ? true : cells.includes(null) ? null : false),
  not: strict(
    () =>
      ([a]) =>
        a === false,
  ),
  isNull:
    () =>
    ([a]) =>
      a === null,
  in: membership,
  case: choice,
  coalesce: ({ args, type }) => {
    const widen = args.map(arg => widener(arg, type))
    return cells => {
      const at = cells.findIndex(cell => cell !== null)
      return at < 0 ? null : widen[at]!(cells[at]!)
    }
  },
  nullif: ({ args }) => {
    const order = ordering(withNull(args[0]!, false), withNull(args[1]!, false))
    return ([a, b]) => (a !== null && b !== null && order(a!, b!) === 0 ? null : a!)
  },
  least: strict(extreme(1)),
  greatest: strict(extreme(-1)),
}
