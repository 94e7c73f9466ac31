/** Expressions as a person reads them, for `explain` and messages. */
import type { Cell } from '../schema/cell.ts'
import { textOfCell } from '../schema/text/value-text.ts'
import { type ColumnType, typeText } from '../schema/type.ts'
import { durationText } from './duration.ts'
import type { Expression } from './expression.ts'
import type { FunctionName, FunctionOptions } from './function/catalogue.ts'

const OPERATORS: Readonly<Partial<Record<FunctionName, string>>> = {
  eq: '=',
  ne: '≠',
  lt: '<',
  le: '≤',
  gt: '>',
  ge: '≥',
  and: 'and',
  or: 'or',
  add: '+',
  sub: '−',
  mul: '×',
}

/** One line: `(price × 1.1) > 1000`, `concat(first, ' ', last)`. */
export function expressionText(expression: Expression): string {
  switch (expression.kind) {
    case 'column':
      return expression.name
    case 'literal':
      return literalText(expression.type, expression.value)
    case 'call': {
      const operator = OPERATORS[expression.fn]
      if (operator !== undefined) return expression.args.map(nested).join(` ${operator} `)
      const args = [...expression.args.map(expressionText), ...optionTexts(expression.options)]
      return `${expression.fn}(${args.join(', ')})`
    }
  }
}

/** An operand: in brackets if it is itself an operator with operands. */
function nested(expression: Expression): string {
  const text = expressionText(expression)
  return expression.kind === 'call' && OPERATORS[expression.fn] !== undefined ? `(${text})` : text
}

function literalText(type: ColumnType, value: Cell): string {
  if (value === null) return 'null'
  if (type.kind === 'list') {
    return `[${(value as readonly Cell[]).map(cell => literalText(type.element!, cell)).join(', ')}]`
  }
  const text = textOfCell(type, value)
  const bare = ['bool', 'int32', 'int64', 'float64', 'decimal', 'json']
  return bare.includes(type.kind) ? text : `'${text}'`
}

function optionTexts(options: FunctionOptions): string[] {
  const { micros, to, path, ...rest } = options
  return [
    ...Object.values(rest).map(String),
    ...(micros === undefined ? [] : [durationText(micros)]),
    ...(to === undefined ? [] : [typeText(to)]),
    ...(path === undefined ? [] : [JSON.stringify(path)]),
  ]
}
