/** Expressions over one row of cells: the plainest reading of the catalogue. */
import type { Call, Expression } from '../../plan/expression.ts'
import type { FunctionName } from '../../plan/function/catalogue.ts'
import type { Cell } from '../../schema/cell.ts'
import { casts } from './casts.ts'
import { type OfNulls, type Present, type Strict, widen } from './function.ts'
import { comparisons, ofNulls } from './logic.ts'
import { numbers } from './numbers.ts'
import { texts } from './texts.ts'
import { times } from './times.ts'

/** Says the value of a column in the row at hand. */
export type Lookup = (column: string) => Cell

type OfNullsName = keyof typeof ofNulls

/** The functions that give null as soon as one argument is null. */
const strict: Readonly<Record<Exclude<FunctionName, OfNullsName | 'case'>, Strict>> = {
  ...numbers,
  ...comparisons,
  ...texts,
  ...times,
  ...casts,
}

export function evaluate(expression: Expression, lookup: Lookup): Cell {
  if (expression.kind === 'column') return lookup(expression.name)
  if (expression.kind === 'literal') return expression.value
  if (expression.fn === 'case') return evaluateCase(expression, lookup)
  const cells = expression.args.map(arg => evaluate(arg, lookup))
  return apply(expression.fn, cells, expression)
}

function apply(fn: Exclude<FunctionName, 'case'>, cells: readonly Cell[], call: Call): Cell {
  if (Object.hasOwn(ofNulls, fn)) {
    const implementation: OfNulls = ofNulls[fn as OfNullsName]
    return implementation(cells, call)
  }
  if (cells.includes(null)) return null
  return strict[fn as keyof typeof strict](cells as readonly Present[], call)
}

/** Arguments: condition, value, condition, value, …, else. Only what is chosen is computed. */
function evaluateCase(call: Call, lookup: Lookup): Cell {
  const { args } = call
  let chosen = args.length - 1
  for (let i = 0; i + 1 < args.length; i += 2) {
    if (evaluate(args[i]!, lookup) === true) {
      chosen = i + 1
      break
    }
  }
  return widen(evaluate(args[chosen]!, lookup), args[chosen]!.type, call.type)
}
