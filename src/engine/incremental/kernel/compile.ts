/** Compiles an expression into a kernel, once per operator. */
import type { Call, Expression } from '../../../plan/expression.ts'
import type { FunctionName } from '../../../plan/function/catalogue.ts'
import type { Cell } from '../../../schema/cell.ts'
import type { Column } from '../../../schema/column.ts'
import { formOf } from '../../../schema/column.ts'
import type { Schema } from '../../../schema/type.ts'
import { scalarOf } from '../scalar/catalogue.ts'
import type { CallShape, Scalar } from '../scalar/scalar.ts'
import { castLoop } from './casts.ts'
import type { Frame } from './frame.ts'
import { columnKernel, constantKernel, type Kernel } from './kernel.ts'
import { lazyKernel } from './lazy.ts'
import { logicLoop } from './logic.ts'
import { genericLoop, type Loop } from './loop.ts'
import { numberLoop } from './numbers.ts'
import { PerEntry } from './per-entry.ts'
import { scoped } from './scratch.ts'
import { timeLoop } from './times.ts'
import { columnOfVector, type Vector } from './vector.ts'

/** The functions that can fail for some values of their arguments; the others give null at worst. */
const FAILING: ReadonlySet<FunctionName> = new Set([
  'add',
  'sub',
  'mul',
  'neg',
  'abs',
  'intDiv',
  'decDiv',
  'round',
  'floor',
  'ceil',
  'dateAdd',
  'truncate',
  'cast',
])

/** The kernel of an expression over the columns of `schema`. */
export function compile(expression: Expression, schema: Schema): Kernel {
  switch (expression.kind) {
    case 'column':
      return columnKernel(expression.type, Object.keys(schema).indexOf(expression.name))
    case 'literal':
      return constantKernel(expression.type, expression.value)
    case 'call':
      return compileCall(
        expression,
        expression.args.map(arg => compile(arg, schema)),
      )
  }
}

/** The value of an expression as a column with a row for each of the frame. */
export const evaluate = (kernel: Kernel, frame: Frame): Column =>
  scoped(() => columnOfVector(kernel.run(frame), kernel.type, frame.length))

function compileCall({ fn, options, type }: Call, args: readonly Kernel[]): Kernel {
  const shape: CallShape = { fn, options, type, args: args.map(arg => arg.type) }
  const scalar = scalarOf(shape)
  const folded = args.every(arg => arg.constant !== undefined) ? tryFold(scalar, args) : undefined
  if (folded !== undefined) return constantKernel(type, folded)
  const failing = FAILING.has(fn) && type.kind !== 'float64'
  const mayFail = failing || args.some(arg => arg.mayFail)
  return (
    lazyKernel(shape, args) ??
    dictionaryKernel(shape, scalar, args, mayFail) ?? {
      type,
      mayFail,
      run: runner(shape, scalar, args),
    }
  )
}

/** A constant call, unless it fails: then it may only do so when a row needs it. */
function tryFold(scalar: Scalar, args: readonly Kernel[]): Cell | undefined {
  try {
    return scalar(args.map(arg => arg.constant!))
  } catch {
    return undefined
  }
}

/** For calls with one argument that varies, and that one has a dictionary. */
function dictionaryKernel(
  shape: CallShape,
  scalar: Scalar,
  args: readonly Kernel[],
  mayFail: boolean,
): Kernel | undefined {
  const varying = args.filter(arg => arg.constant === undefined)
  const [argument] = varying
  if (varying.length !== 1 || argument === undefined || shape.fn === 'isNull') return undefined
  const form = formOf(argument.type)
  if (form !== 'text' && form !== 'binary') return undefined
  const at = args.indexOf(argument)
  const cells = args.map(arg => arg.constant ?? null)
  const memo = new PerEntry(entry => scalar(cells.with(at, entry)), shape.type)
  const run = (frame: Frame): Vector => memo.run(argument.run(frame) as never, frame.length)
  return { type: shape.type, mayFail, run }
}

function runner(shape: CallShape, scalar: Scalar, args: readonly Kernel[]): Kernel['run'] {
  const loop = loopOf(shape)
  return frame => {
    const vectors = args.map(arg => arg.operand?.(frame) ?? arg.run(frame))
    const fast = loop?.(vectors, frame.length)
    return fast ?? genericLoop(scalar, shape.args, vectors, shape.type, frame.length)
  }
}

function loopOf(shape: CallShape): Loop | undefined {
  if (shape.fn === 'cast' || shape.fn === 'tryCast') return castLoop(shape)
  return logicLoop(shape) ?? numberLoop(shape) ?? timeLoop(shape)
}
