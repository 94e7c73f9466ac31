/** Vectorised comparison and three-valued logic. What a row does not need is not computed where it could fail. */

import { commonOrMismatch, isExact } from '../../../plan/function/signature.ts'
import type { Column } from '../../../schema/column.ts'
import { takeColumn } from '../../../schema/take.ts'
import type { ColumnType } from '../../../schema/type.ts'
import { Scratch } from '../../../state/scratch.ts'
import { scaleOf } from '../scalar/exact.ts'
import type { CallShape } from '../scalar/scalar.ts'
import { assemble, type Piece, widen } from './kernel.ts'
import { type Comparison, compareLoop, doublesOf, holds, type Loop, scaledUp } from './loop.ts'
import { bothValid, cellOf, columnOfVector, lanesOf, nulls, type Vector } from './vector.ts'

const chosenRows = new Scratch(Int32Array)

/** Rows in which a condition is true. */
export function trueRows(condition: Vector, n: number): Int32Array {
  const { values, valid } = condition as Column & { form: 'bits' }
  const rows = chosenRows.take(n)
  let found = 0
  if (valid === undefined) {
    for (let i = 0; i < n; i++) {
      rows[found] = i
      found += values[i]!
    }
  } else {
    for (let i = 0; i < n; i++) {
      rows[found] = i
      found += values[i]! & valid[i]!
    }
  }
  return rows.slice(0, found)
}

/** Rows in which a condition is true, and the others. */
export function splitRows(condition: Vector, n: number): { yes: Int32Array; no: Int32Array } {
  const { values, valid } = condition as Column & { form: 'bits' }
  const yes = new Int32Array(n)
  const no = new Int32Array(n)
  let ayes = 0
  for (let i = 0; i < n; i++) {
    const holds_ = valid === undefined ? values[i]! : values[i]! & valid[i]!
    yes[ayes] = i
    no[i - ayes] = i
    ayes += holds_
  }
  return { yes: yes.subarray(0, ayes), no: no.subarray(0, n - ayes) }
}

/** Both sides of a comparison as doubles that compare alike; undefined for other types and for wide values. */
function comparable(
  [a, b]: readonly Vector[],
  [left, right]: readonly ColumnType[],
  n: number,
): readonly [Float64Array, Float64Array] | undefined {
  const common = commonOrMismatch('comparison', [left!, right!])
  const sides = (of: (vector: Vector, type: ColumnType) => Float64Array | undefined) => {
    const x = of(a!, left!)
    const y = x && of(b!, right!)
    return x !== undefined && y !== undefined ? ([x, y] as const) : undefined
  }
  if (common.kind === 'float64') return sides((vector, type) => doublesOf(vector, type, n))
  if (isExact(common)) {
    return sides((vector, type) => scaledUp(lanesOf(vector, n), scaleOf(common) - scaleOf(type), n))
  }
  const plain = common.kind === 'date' || common.kind === 'timestamp' || common.kind === 'bool'
  return plain ? sides(vector => lanesOf(vector, n)) : undefined
}

/** Two text vectors of one dictionary are equal where their codes are; otherwise their texts are compared. */
function compareRows(
  fn: Comparison,
  args: readonly Vector[],
  types: readonly ColumnType[],
  n: number,
): Uint8Array {
  const common = commonOrMismatch('comparison', types)
  const [a, b] = args.map((arg, i) => widen(arg, types[i]!, common, n)) as [Vector, Vector]
  const out = new Uint8Array(n)
  for (let i = 0; i < n; i++) {
    const x = cellOf(a, common, i)
    const y = cellOf(b, common, i)
    out[i] = x !== null && y !== null && holds(fn, x, y) ? 1 : 0
  }
  return out
}

function compareVectors(
  fn: Comparison,
  args: readonly Vector[],
  types: readonly ColumnType[],
  n: number,
): Vector {
  const sides = comparable(args, types, n)
  const values = sides ? compareLoop(fn, ...sides, n) : compareRows(fn, args, types, n)
  return { form: 'bits', values, ...nulls(bothValid(args[0]!.valid, args[1]!.valid, n)) }
}

/** The fast way of a function of this family that computes all of its arguments. */
export function logicLoop({ fn, args, type }: CallShape): Loop | undefined {
  switch (fn) {
    case 'eq':
    case 'ne':
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
      return (vectors, n) => compareVectors(fn, vectors, args, n)
    case 'not':
      return ([a], n) => negated(a!, n)
    case 'isNull':
      return ([a], n) => ({ form: 'bits', values: nullBits(a!, n) })
    case 'in':
      return (vectors, n) => membership(vectors, args, n)
    case 'nullif':
      return (vectors, n) => nullIfEqual(vectors, args, n)
    case 'least':
    case 'greatest':
      return (vectors, n) => extreme(fn === 'least' ? 'lt' : 'gt', vectors, args, type, n)
    default:
      return undefined
  }
}

function negated(a: Vector, n: number): Vector {
  const values = new Uint8Array(n)
  const bits = a.values as Uint8Array
  for (let i = 0; i < n; i++) values[i] = 1 - bits[i]!
  return { form: 'bits', values, ...nulls(a.valid) }
}

function nullBits({ valid }: Vector, n: number): Uint8Array {
  const values = new Uint8Array(n)
  if (valid !== undefined) for (let i = 0; i < n; i++) values[i] = 1 - valid[i]!
  return values
}

function membership(vectors: readonly Vector[], types: readonly ColumnType[], n: number): Vector {
  const tests = vectors
    .slice(1)
    .map((other, i) => compareVectors('eq', [vectors[0]!, other], [types[0]!, types[i + 1]!], n))
  return tests.reduce((found, test) => either(found, test, n))
}

/** or: true wins, then null. */
export function either(a: Vector, b: Vector, n: number): Vector {
  const [x, y] = [a.values as Uint8Array, b.values as Uint8Array]
  const values = new Uint8Array(n)
  if (a.valid === undefined && b.valid === undefined) {
    for (let i = 0; i < n; i++) values[i] = x[i]! | y[i]!
    return { form: 'bits', values }
  }
  const valid = new Uint8Array(n)
  for (let i = 0; i < n; i++) {
    const left = a.valid?.[i] === 0 ? 0 : 1
    const right = b.valid?.[i] === 0 ? 0 : 1
    values[i] = (left & x[i]!) | (right & y[i]!)
    valid[i] = (left & right) | values[i]!
  }
  return { form: 'bits', values, valid }
}

/** and, by De Morgan. */
export function both(a: Vector, b: Vector, n: number): Vector {
  return negated(either(negated(a, n), negated(b, n), n), n)
}

function nullIfEqual(vectors: readonly Vector[], types: readonly ColumnType[], n: number): Vector {
  const [a] = vectors as [Vector]
  const equal = compareVectors('eq', vectors, types, n)
  const same = equal.values as Uint8Array
  const valid = new Uint8Array(n)
  for (let i = 0; i < n; i++) {
    valid[i] = a.valid?.[i] === 0 || (same[i] === 1 && equal.valid?.[i] !== 0) ? 0 : 1
  }
  return { ...a, valid }
}

const chosen = (vector: Vector, type: ColumnType, rows: Int32Array, n: number): Piece => ({
  rows,
  column: takeColumn(columnOfVector(vector, type, n), rows),
})

/** least and greatest: null if any is null. */
function extreme(
  better: 'lt' | 'gt',
  vectors: readonly Vector[],
  types: readonly ColumnType[],
  type: ColumnType,
  n: number,
): Vector {
  const columns = vectors.map((vector, i) => widen(vector, types[i]!, type, n))
  const best = columns.reduce((a, b) => {
    const { yes, no } = splitRows(compareVectors(better, [b, a], [type, type], n), n)
    return assemble([chosen(b, type, yes, n), chosen(a, type, no, n)], type, n)
  })
  let valid: Uint8Array | undefined
  for (const vector of vectors) valid = bothValid(valid, vector.valid, n)
  return { ...best, ...nulls(valid) }
}
