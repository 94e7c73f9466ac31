/** The loops that kernels are made of: tight, monomorphic, over doubles. */

import { columnOfCells } from '../../../schema/batch.ts'
import { type Cell, compareCells } from '../../../schema/cell.ts'
import type { Column } from '../../../schema/column.ts'
import type { ColumnType } from '../../../schema/type.ts'
import { scaleOf } from '../scalar/exact.ts'
import type { Scalar } from '../scalar/scalar.ts'
import { roomForLanes } from './scratch.ts'
import { cellOf, lanesOf, nulls, SAFE, type Vector } from './vector.ts'

/** A fast way to compute a call over n rows; undefined where a value needs more than a double. */
export type Loop = (args: readonly Vector[], n: number) => Vector | undefined

/** The least and greatest lane of a type; beyond it the generic kernel decides. */
export function laneLimits(type: ColumnType): readonly [least: number, greatest: number] {
  if (type.kind === 'int32') return [-(2 ** 31), 2 ** 31 - 1]
  if (type.kind !== 'decimal' || type.precision! > 15) return [-SAFE, SAFE]
  return [1 - 10 ** type.precision!, 10 ** type.precision! - 1]
}

/** Whether all lanes lie within the limits. NaN does not. */
export function within(lanes: Float64Array, limits: readonly [number, number], n: number): boolean {
  const [least, greatest] = limits
  for (let i = 0; i < n; i++) if (!(lanes[i]! >= least && lanes[i]! <= greatest)) return false
  return true
}

/** Lanes times a power of ten. */
export function scaledUp(
  lanes: Float64Array | undefined,
  digits: number,
  n: number,
): Float64Array | undefined {
  if (lanes === undefined || digits === 0) return lanes
  const factor = 10 ** digits
  const out = roomForLanes(n)
  for (let i = 0; i < n; i++) out[i] = lanes[i]! * factor
  return within(out, [-SAFE, SAFE], n) ? out : undefined
}

/** Lanes divided by a power of ten, half away from zero. The quotient of two safe integers truncates exactly. */
export function scaledDown(lanes: Float64Array, digits: number, n: number): Float64Array {
  const factor = 10 ** digits
  const out = roomForLanes(n)
  for (let i = 0; i < n; i++) {
    const value = lanes[i]!
    const quotient = Math.trunc(value / factor)
    const rest = Math.abs(value - quotient * factor)
    out[i] = 2 * rest >= factor ? quotient + Math.sign(value) : quotient
  }
  return out
}

/** Powers of ten up to this are exact doubles, so that one division is the nearest double of a decimal. */
const EXACT_TENS = 22

/** The first n rows as doubles, nearest, in scratch; undefined where digits beyond 2^53 need the generic kernel. */
export function doublesOf(vector: Vector, type: ColumnType, n: number): Float64Array | undefined {
  if (vector.form === 'float') return vector.values
  const lanes = lanesOf(vector, n)
  const scale = scaleOf(type)
  if (lanes === undefined || scale > EXACT_TENS) return undefined
  if (scale === 0) return lanes
  const factor = 10 ** scale
  const out = roomForLanes(n)
  for (let i = 0; i < n; i++) out[i] = lanes[i]! / factor
  return out
}

/** The first n rows as a float64 vector. */
export function floatVector(vector: Vector, type: ColumnType, n: number): Vector | undefined {
  if (vector.form === 'float') return vector
  const values = doublesOf(vector, type, n)?.slice(0, n)
  return values && { form: 'float', values, ...nulls(vector.valid) }
}

/** A float64 result: null where it is not finite. */
export function finiteVector(values: Float64Array, valid: Uint8Array | undefined, n: number): Vector {
  let finite = true
  for (let i = 0; i < n; i++) finite &&= values[i]! - values[i]! === 0
  if (finite) return { form: 'float', values, ...nulls(valid) }
  const present = new Uint8Array(n)
  for (let i = 0; i < n; i++) present[i] = Number.isFinite(values[i]!) && valid?.[i] !== 0 ? 1 : 0
  return { form: 'float', values, valid: present }
}

export type Comparison = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge'

/** 1 where the comparison holds. `Number` makes no branch, which would be mispredicted for half of the rows. */
export function compareLoop(fn: Comparison, a: Float64Array, b: Float64Array, n: number): Uint8Array {
  const out = new Uint8Array(n)
  switch (fn) {
    case 'eq':
      for (let i = 0; i < n; i++) out[i] = Number(a[i]! === b[i]!)
      break
    case 'ne':
      for (let i = 0; i < n; i++) out[i] = Number(a[i]! !== b[i]!)
      break
    case 'lt':
      for (let i = 0; i < n; i++) out[i] = Number(a[i]! < b[i]!)
      break
    case 'le':
      for (let i = 0; i < n; i++) out[i] = Number(a[i]! <= b[i]!)
      break
    case 'gt':
      for (let i = 0; i < n; i++) out[i] = Number(a[i]! > b[i]!)
      break
    case 'ge':
      for (let i = 0; i < n; i++) out[i] = Number(a[i]! >= b[i]!)
      break
  }
  return out
}

/** Whether an order between two values satisfies a comparison. */
export function holds(fn: Comparison, a: Cell, b: Cell): boolean {
  const order = compareCells(a, b)
  switch (fn) {
    case 'eq':
      return order === 0
    case 'ne':
      return order !== 0
    case 'lt':
      return order < 0
    case 'le':
      return order <= 0
    case 'gt':
      return order > 0
    case 'ge':
      return order >= 0
  }
}

/** Row by row over cells: for the rare types and for values that need more than a double. */
export function genericLoop(
  scalar: Scalar,
  types: readonly ColumnType[],
  args: readonly Vector[],
  type: ColumnType,
  n: number,
): Column {
  const cells: Cell[] = []
  for (let row = 0; row < n; row++) cells.push(scalar(args.map((arg, i) => cellOf(arg, types[i]!, row))))
  return columnOfCells(type, cells)
}
