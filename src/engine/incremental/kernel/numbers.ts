/** Vectorised arithmetic. Exact numbers go through lanes, float64 through doubles, and share their loops. */
import type { ColumnType } from '../../../schema/type.ts'
import { roundHalfAway, scaleOf } from '../scalar/exact.ts'
import type { CallShape } from '../scalar/scalar.ts'
import { doublesOf, finiteVector, type Loop, laneLimits, scaledDown, scaledUp, within } from './loop.ts'
import { roomForLanes } from './scratch.ts'
import { bothValid, lanesOf, nulls, type Vector } from './vector.ts'

/** Loops over the first n rows, whose results go into `out`, which they give back. */
type Binary = (a: Float64Array, b: Float64Array, n: number, out: Float64Array) => Float64Array
type Unary = (a: Float64Array, n: number, out: Float64Array) => Float64Array

function addLoop(a: Float64Array, b: Float64Array, n: number, out: Float64Array): Float64Array {
  for (let i = 0; i < n; i++) out[i] = a[i]! + b[i]!
  return out
}

function subLoop(a: Float64Array, b: Float64Array, n: number, out: Float64Array): Float64Array {
  for (let i = 0; i < n; i++) out[i] = a[i]! - b[i]!
  return out
}

function mulLoop(a: Float64Array, b: Float64Array, n: number, out: Float64Array): Float64Array {
  for (let i = 0; i < n; i++) out[i] = a[i]! * b[i]!
  return out
}

function divLoop(a: Float64Array, b: Float64Array, n: number, out: Float64Array): Float64Array {
  for (let i = 0; i < n; i++) out[i] = a[i]! / b[i]!
  return out
}

function powerLoop(a: Float64Array, b: Float64Array, n: number, out: Float64Array): Float64Array {
  for (let i = 0; i < n; i++) out[i] = a[i]! ** b[i]!
  return out
}

const mapped =
  (of: (value: number) => number): Unary =>
  (a, n, out) => {
    for (let i = 0; i < n; i++) out[i] = of(a[i]!)
    return out
  }

const BINARY: Partial<Record<string, Binary>> = {
  add: addLoop,
  sub: subLoop,
  mul: mulLoop,
  fdiv: divLoop,
  power: powerLoop,
}

const UNARY: Partial<Record<string, Unary>> = {
  // From 0, so that no −0 arises among whole numbers.
  neg: mapped(value => 0 - value),
  abs: mapped(Math.abs),
  sqrt: mapped(Math.sqrt),
  ln: mapped(Math.log),
  floor: mapped(Math.floor),
  ceil: mapped(Math.ceil),
}

/** The fast way of an arithmetic function, where it has one. */
export function numberLoop(shape: CallShape): Loop | undefined {
  if (shape.type.kind === 'float64') return floatLoop(shape)
  switch (shape.fn) {
    case 'add':
    case 'sub':
      return exactBinary(shape, scaleOf(shape.type))
    case 'mul':
      return exactBinary(shape, undefined)
    case 'neg':
    case 'abs':
      return exactUnary(shape)
    case 'intDiv':
    case 'mod':
      return quotients(shape)
    case 'decDiv':
      return decimalQuotients(shape)
    case 'round':
      return rounding(shape)
    default:
      return undefined
  }
}

function floatLoop({ fn, args, options }: CallShape): Loop | undefined {
  const unary = fn === 'round' ? roundDoubles(options.scale ?? 0) : UNARY[fn]
  if (unary !== undefined) {
    return ([a], n) => {
      const doubles = doublesOf(a!, args[0]!, n)
      return doubles && finiteVector(unary(doubles, n, new Float64Array(n)), a!.valid, n)
    }
  }
  const binary = BINARY[fn]
  if (binary === undefined) return undefined
  return ([a, b], n) => {
    const left = doublesOf(a!, args[0]!, n)
    const right = doublesOf(b!, args[1]!, n)
    if (left === undefined || right === undefined) return undefined
    const values = binary(left, right, n, new Float64Array(n))
    return finiteVector(values, bothValid(a!.valid, b!.valid, n), n)
  }
}

function roundDoubles(scale: number): Unary {
  const power = 10 ** scale
  return mapped(value => roundHalfAway(value * power) / power)
}

/** A lanes result whose rows all fit the type; otherwise the generic kernel finds out which row fails. */
export function laneVector(
  lanes: Float64Array,
  valid: Uint8Array | undefined,
  type: ColumnType,
  n: number,
): Vector | undefined {
  return within(lanes, laneLimits(type), n) ? { form: 'lanes', values: lanes, ...nulls(valid) } : undefined
}

/** `scale`: both are brought to it first. */
function exactBinary({ fn, args, type }: CallShape, scale: number | undefined): Loop {
  const loop = BINARY[fn]!
  const [left, right] = args as [ColumnType, ColumnType]
  return ([a, b], n) => {
    const x = scaledUp(lanesOf(a!, n), scale === undefined ? 0 : scale - scaleOf(left), n)
    const y = scaledUp(lanesOf(b!, n), scale === undefined ? 0 : scale - scaleOf(right), n)
    if (x === undefined || y === undefined) return undefined
    return laneVector(loop(x, y, n, roomForLanes(n)), bothValid(a!.valid, b!.valid, n), type, n)
  }
}

function exactUnary({ fn, type }: CallShape): Loop {
  const loop = UNARY[fn]!
  return ([a], n) => {
    const lanes = lanesOf(a!, n)
    return lanes && laneVector(loop(lanes, n, roomForLanes(n)), a!.valid, type, n)
  }
}

/** intDiv and mod: null where the divisor is 0. */
function quotients({ fn, type }: CallShape): Loop {
  const rest = fn === 'mod'
  return ([a, b], n) => {
    const x = lanesOf(a!, n)
    const y = lanesOf(b!, n)
    if (x === undefined || y === undefined) return undefined
    const out = roomForLanes(n).fill(0, 0, n)
    for (let i = 0; i < n; i++) {
      if (y[i] === 0) continue
      const quotient = Math.trunc(x[i]! / y[i]!)
      out[i] = rest ? x[i]! - quotient * y[i]! : quotient
    }
    return laneVector(out, withoutZeros(y, bothValid(a!.valid, b!.valid, n), n), type, n)
  }
}

/** Rows that are valid and whose divisor is not 0. */
function withoutZeros(
  divisors: Float64Array,
  valid: Uint8Array | undefined,
  n: number,
): Uint8Array | undefined {
  if (!divisors.subarray(0, n).includes(0)) return valid
  const present = new Uint8Array(n)
  for (let i = 0; i < n; i++) present[i] = divisors[i] !== 0 && valid?.[i] !== 0 ? 1 : 0
  return present
}

function decimalQuotients({ args, options, type }: CallShape): Loop | undefined {
  const shift = options.scale! + scaleOf(args[1]!) - scaleOf(args[0]!)
  if (shift < 0) return undefined
  return ([a, b], n) => {
    const x = scaledUp(lanesOf(a!, n), shift, n)
    const y = lanesOf(b!, n)
    if (x === undefined || y === undefined) return undefined
    const out = roomForLanes(n).fill(0, 0, n)
    for (let i = 0; i < n; i++) {
      if (y[i] === 0) continue
      const quotient = Math.trunc(x[i]! / y[i]!)
      const rest = Math.abs(x[i]! - quotient * y[i]!)
      const away = 2 * rest >= Math.abs(y[i]!) ? Math.sign(x[i]!) * Math.sign(y[i]!) : 0
      out[i] = quotient + away
    }
    return laneVector(out, withoutZeros(y, bothValid(a!.valid, b!.valid, n), n), type, n)
  }
}

function rounding({ args, options, type }: CallShape): Loop {
  const lost = scaleOf(args[0]!) - (options.scale ?? 0)
  return ([a], n) => {
    if (lost <= 0) return a
    const lanes = lanesOf(a!, n)
    return lanes && laneVector(scaledDown(lanes, lost, n), a!.valid, type, n)
  }
}
