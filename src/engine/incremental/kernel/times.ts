/** Vectorised time functions, over lanes of days or microseconds. */
import { FIXED_UNITS } from '../../../plan/function/times.ts'
import type { CallShape } from '../scalar/scalar.ts'
import { CLOCK_PARTS, DAY_MICROS, dayPart, truncateDay } from '../scalar/times.ts'
import type { Loop } from './loop.ts'
import { laneVector } from './numbers.ts'
import { roomForLanes } from './scratch.ts'
import { bothValid, lanesOf, nulls } from './vector.ts'

/** ⌊value / step⌋ of safe integers. The quotient of two safe integers never rounds across a whole number. */
export const floorDiv = (value: number, step: number): number => Math.floor(value / step)

/** The fast way of a time function, where it has one. Within safe lanes (1684 to 2255) no instant leaves its range. */
export function timeLoop(shape: CallShape): Loop | undefined {
  const ofDays = shape.args[0]!.kind === 'date'
  switch (shape.fn) {
    case 'truncate':
      return ofDays ? undefined : truncation(shape)
    case 'extract':
      return extraction(shape, ofDays)
    case 'dateAdd':
      return ofDays ? undefined : shift(shape.options.micros!, shape)
    case 'diff':
      return difference(FIXED_UNITS[shape.options.unit!]! / (ofDays ? DAY_MICROS : 1))
    default:
      return undefined
  }
}

function mapLanes(shape: CallShape, of: (value: number) => number): Loop {
  return ([a], n) => {
    const lanes = lanesOf(a!, n)
    if (lanes === undefined) return undefined
    const out = roomForLanes(n)
    for (let i = 0; i < n; i++) out[i] = of(lanes[i]!)
    return laneVector(out, a!.valid, shape.type, n)
  }
}

function truncation(shape: CallShape): Loop {
  const unit = shape.options.unit!
  const step = unit === 'week' ? undefined : FIXED_UNITS[unit]
  if (step === undefined)
    return mapLanes(shape, at => truncateDay(floorDiv(at, DAY_MICROS), unit) * DAY_MICROS)
  return ([a], n) => {
    const lanes = lanesOf(a!, n)
    if (lanes === undefined) return undefined
    const out = roomForLanes(n)
    for (let i = 0; i < n; i++) out[i] = floorDiv(lanes[i]!, step) * step
    return laneVector(out, a!.valid, shape.type, n)
  }
}

function extraction(shape: CallShape, ofDays: boolean): Loop {
  const part = shape.options.part!
  if (ofDays) return mapLanes(shape, days => dayPart(days, part))
  const clock = CLOCK_PARTS[part]
  if (clock === undefined) return mapLanes(shape, at => dayPart(floorDiv(at, DAY_MICROS), part))
  const [divisor, modulus] = clock
  return mapLanes(shape, at => Math.floor((at - floorDiv(at, DAY_MICROS) * DAY_MICROS) / divisor) % modulus)
}

const shift = (micros: number, shape: CallShape): Loop => mapLanes(shape, at => at + micros)

function difference(unit: number): Loop {
  return ([a, b], n) => {
    const x = lanesOf(a!, n)
    const y = lanesOf(b!, n)
    if (x === undefined || y === undefined) return undefined
    const out = roomForLanes(n)
    for (let i = 0; i < n; i++) {
      const micros = x[i]! - y[i]!
      if (!Number.isSafeInteger(micros)) return undefined
      out[i] = Math.trunc(micros / unit)
    }
    return { form: 'lanes', values: out, ...nulls(bothValid(a!.valid, b!.valid, n)) }
  }
}
