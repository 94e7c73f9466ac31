/** Vectorised casts between numbers and times. A value that does not fit makes the generic kernel say which. */
import { isExact } from '../../../plan/function/signature.ts'
import { type ColumnType, sameType } from '../../../schema/type.ts'
import { roundHalfAway, scaleOf } from '../scalar/exact.ts'
import type { CallShape } from '../scalar/scalar.ts'
import { DAY_MICROS } from '../scalar/times.ts'
import { doublesOf, floatVector, type Loop, scaledDown, scaledUp } from './loop.ts'
import { laneVector } from './numbers.ts'
import { roomForLanes } from './scratch.ts'
import { floorDiv } from './times.ts'
import { lanesOf } from './vector.ts'

/** The fast way of `cast` and `tryCast`, where it has one: both fail alike, and then leave it to the generic kernel. */
export function castLoop({ args, type }: CallShape): Loop | undefined {
  const from = args[0]!
  if (sameType(from, type)) return ([a]) => a
  if (from.kind === 'date' && type.kind === 'timestamp') return lanesTo(type, days => days * DAY_MICROS)
  if (from.kind === 'timestamp' && type.kind === 'date') return lanesTo(type, at => floorDiv(at, DAY_MICROS))
  if (from.kind === 'bool' && type.kind === 'int32') return lanesTo(type, bit => bit)
  if (from.kind === 'float64' && isExact(type)) return ofDoubles(type)
  return isExact(from) ? toNumber(from, type) : undefined
}

function lanesTo(type: ColumnType, of: (lane: number) => number): Loop {
  return ([a], n) => {
    const lanes = lanesOf(a!, n)
    if (lanes === undefined) return undefined
    const out = roomForLanes(n)
    for (let i = 0; i < n; i++) out[i] = of(lanes[i]!)
    return laneVector(out, a!.valid, type, n)
  }
}

function ofDoubles(type: ColumnType): Loop {
  const power = 10 ** scaleOf(type)
  const digits = type.kind === 'decimal' ? (x: number) => roundHalfAway(x * power) : Math.trunc
  return ([a], n) => {
    const doubles = doublesOf(a!, type, n)!
    const out = roomForLanes(n)
    for (let i = 0; i < n; i++) out[i] = digits(doubles[i]!)
    return laneVector(out, a!.valid, type, n)
  }
}

function toNumber(from: ColumnType, type: ColumnType): Loop | undefined {
  if (type.kind === 'float64') return ([a], n) => floatVector(a!, from, n)
  if (!isExact(type)) return undefined
  const digits = scaleOf(type) - scaleOf(from)
  return ([a], n) => {
    const lanes = lanesOf(a!, n)
    if (lanes === undefined) return undefined
    const moved = digits < 0 ? scaledDown(lanes, -digits, n) : scaledUp(lanes, digits, n)
    return moved && laneVector(moved, a!.valid, type, n)
  }
}
