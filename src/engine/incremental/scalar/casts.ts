/** Casts of one row. */
import { HeadraceError } from '../../../errors.ts'
import type { casts } from '../../../plan/function/casts.ts'
import { isExact } from '../../../plan/function/signature.ts'
import type { Cell } from '../../../schema/cell.ts'
import { rescale } from '../../../schema/decimal.ts'
import { Refusal, refuse } from '../../../schema/refusal.ts'
import { decimalOfText } from '../../../schema/text/number-text.ts'
import { cellOfText, textOfCell } from '../../../schema/text/value-text.ts'
import { type ColumnType, sameType, typeText } from '../../../schema/type.ts'
import { digitsOf, doubleOf, exactCell, roundHalfAway, scaleOf } from './exact.ts'
import { type Scalar, type ScalarMaker, strict } from './scalar.ts'
import { DAY_MICROS, dayOf } from './times.ts'

/** The conversion between two types that the language allows. */
function conversion(from: ColumnType, to: ColumnType): (cell: Cell) => Cell {
  const what = `cast to ${typeText(to)}`
  if (sameType(from, to)) return cell => cell
  if (from.kind === 'string') return cell => ofText(what, cell as string, to)
  if (to.kind === 'string') return cell => textOfCell(from, cell)
  if (from.kind === 'bool') return cell => (cell === true ? 1 : 0)
  if (to.kind === 'float64') return cell => doubleOf(cell, from)
  if (from.kind === 'float64') return cell => ofDouble(what, cell as number, to)
  if (isExact(from)) {
    return cell => exactCell(rescale(digitsOf(cell), scaleOf(from), scaleOf(to)), to, what, 'OUT_OF_RANGE')
  }
  if (from.kind === 'date') return cell => BigInt(cell as number) * BigInt(DAY_MICROS)
  if (from.kind === 'timestamp') return cell => dayOf(cell as bigint)
  if (from.kind === 'enum') return cell => ofText(what, cell as string, to)
  throw new HeadraceError('TYPE_MISMATCH', `${what}: ${typeText(from)} has no such cast.`)
}

function ofText(what: string, text: string, to: ColumnType): Cell {
  const cell =
    to.kind === 'decimal' ? decimalOfText(text, to.precision!, to.scale!, 'round') : cellOfText(to, text)
  if (!(cell instanceof Refusal)) return cell
  // What no column can hold is, in a text, a text that means no value.
  throw refuse(what, to, text, cell.code === 'NOT_FINITE' ? new Refusal('BAD_VALUE', cell.reason) : cell)
}

/** Integers truncate; decimals round x × 10^scale, a double, half away from zero. */
function ofDouble(what: string, value: number, to: ColumnType): Cell {
  const digits = to.kind === 'decimal' ? roundHalfAway(value * 10 ** scaleOf(to)) : Math.trunc(value)
  if (!Number.isFinite(digits)) throw new HeadraceError('OUT_OF_RANGE', `${what}: ${value} is too large.`)
  return exactCell(BigInt(digits), to, what, 'OUT_OF_RANGE')
}

const cast: ScalarMaker = ({ args, options }) => {
  const convert = conversion(args[0]!, options.to!)
  return ([cell]) => convert(cell!)
}

const tryCast: ScalarMaker = shape => {
  const scalar: Scalar = cast(shape)
  return cells => {
    try {
      return scalar(cells)
    } catch (error) {
      if (error instanceof HeadraceError) return null
      throw error
    }
  }
}

export const castScalars: Record<keyof typeof casts, ScalarMaker> = {
  cast: strict(cast),
  tryCast: strict(tryCast),
}
