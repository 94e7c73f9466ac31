/** Casts. A value that has no form in the target is a `Refusal`: an error of cast, null of tryCast. */
import { HeadraceError } from '../../errors.ts'
import type { Call } from '../../plan/expression.ts'
import type { Cell } from '../../schema/cell.ts'
import { Refusal } from '../../schema/refusal.ts'
import { decimalOfText } from '../../schema/text/number-text.ts'
import { cellOfText, textOfCell } from '../../schema/text/value-text.ts'
import { type ColumnType, typeText } from '../../schema/type.ts'
import { divideRounded, fits, type Present, roundDouble, type Strict, toDouble } from './function.ts'
import { DAY, dayOf } from './times.ts'

const BEYOND = new Refusal('OUT_OF_RANGE', 'is beyond the type')

/** An exact number in an exact type. */
function inRange(value: bigint, to: ColumnType): Cell | Refusal {
  if (!fits(value, to)) return BEYOND
  return to.kind === 'int32' ? Number(value) : value
}

/** bool, integers and decimals are whole digits at a scale; float64 truncates to integers and rounds to decimals. */
function toExact(cell: Present, from: ColumnType, to: ColumnType): Cell | Refusal {
  const scale = to.scale ?? 0
  if (from.kind === 'float64') {
    const x = cell as number
    const whole = to.kind === 'decimal' ? roundDouble(x * 10 ** scale) : Math.trunc(x)
    return Number.isFinite(whole) ? inRange(BigInt(whole), to) : BEYOND
  }
  const digits = BigInt(cell as boolean | number | bigint)
  const more = scale - (from.scale ?? 0)
  return inRange(more >= 0 ? digits * 10n ** BigInt(more) : divideRounded(digits, 10n ** BigInt(-more)), to)
}

function ofText(text: string, to: ColumnType): Cell | Refusal {
  if (to.kind === 'decimal') return decimalOfText(text, to.precision!, to.scale!, 'round')
  return cellOfText(to, text)
}

function convert(cell: Present, from: ColumnType, to: ColumnType): Cell | Refusal {
  if (to.kind === 'string') return textOfCell(from, cell)
  if (from.kind === 'string' || from.kind === 'enum') return ofText(cell as string, to)
  switch (to.kind) {
    case 'int32':
    case 'int64':
    case 'decimal':
      return toExact(cell, from, to)
    case 'float64':
      return toDouble(cell, from)
    case 'date':
      return from.kind === 'timestamp' ? dayOf(cell as bigint) : cell
    case 'timestamp':
      return from.kind === 'date' ? BigInt(cell as number) * DAY : cell
    default:
      return cell
  }
}

const converted = (cell: Present, call: Call): Cell | Refusal =>
  convert(cell, call.args[0]!.type, call.options.to!)

const cast: Strict = ([cell], call) => {
  const result = converted(cell!, call)
  if (!(result instanceof Refusal)) return result
  const code = result.code === 'OUT_OF_RANGE' ? 'OUT_OF_RANGE' : 'BAD_VALUE'
  throw new HeadraceError(code, `cast to ${typeText(call.type)}: '${String(cell)}' ${result.reason}.`)
}

const tryCast: Strict = ([cell], call) => {
  const result = converted(cell!, call)
  return result instanceof Refusal ? null : result
}

export const casts = { cast, tryCast } satisfies Record<string, Strict>
