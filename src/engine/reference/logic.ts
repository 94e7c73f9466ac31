/** Comparison and three-valued logic. */
import { type Cell, compareCells } from '../../schema/cell.ts'
import { type OfNulls, type Strict, widen, widened } from './function.ts'

const comparison =
  (holds: (order: number) => boolean): Strict =>
  (args, call) => {
    const [a, b] = widened(args, call)
    return holds(compareCells(a!, b!))
  }

const extreme =
  (better: (order: number) => boolean): Strict =>
  (args, call) =>
    widened(args, call).reduce((best, cell) => (better(compareCells(cell, best)) ? cell : best))

export const comparisons = {
  eq: comparison(order => order === 0),
  ne: comparison(order => order !== 0),
  lt: comparison(order => order < 0),
  le: comparison(order => order <= 0),
  gt: comparison(order => order > 0),
  ge: comparison(order => order >= 0),
  not: ([a]) => !a,
  least: extreme(order => order < 0),
  greatest: extreme(order => order > 0),
} satisfies Record<string, Strict>

export const ofNulls = {
  and: cells => (cells.includes(false) ? false : cells.includes(null) ? null : true),
  or: cells => (cells.includes(true) ? true : cells.includes(null) ? null : false),
  isNull: ([a]) => a === null,
  in: (cells, call) => {
    const [a, ...others] = widened(cells, call)
    if (a === null) return null
    if (others.some(other => other !== null && same(a!, other))) return true
    return others.includes(null) ? null : false
  },
  coalesce: (cells, call) => {
    const i = cells.findIndex(cell => cell !== null)
    return i < 0 ? null : widen(cells[i]!, call.args[i]!.type, call.type)
  },
  nullif: (cells, call) => {
    const [a, b] = widened(cells, call)
    return a !== null && b !== null && same(a!, b!) ? null : cells[0]!
  },
} satisfies Record<string, OfNulls>

const same = (a: Cell, b: Cell): boolean => compareCells(a, b) === 0
