/** Windows as whole numbers: time is cut into slices of one slide, and a window is known by the slice it begins with. */
import { HeadraceError } from '../../../errors.ts'
import type { Column } from '../../../schema/column.ts'
import { MAX_INSTANT, MIN_INSTANT } from '../../../schema/instant.ts'
import { HIGH, halvesOf, LOW, pack64, SAFE, SAFE_HIGH, TWO_32 } from '../kernel/vector.ts'
import { floorDivide } from '../scalar/exact.ts'
import { ENDED, NEVER } from './operator.ts'

/** The slice of a row without an event time. */
const NO_SLICE = Number.NaN

/** The slices of rows, and a lower bound of them. */
export interface Slices {
  readonly slices: Float64Array
  readonly least: number
}

/**
 * The slice that each row's event time lies in, as a safe integer, into `slices`, which has the rows' number. `offset` is
 * added to the column's values.
 */
export function slicesOf(times: Column, slices: Float64Array, offset: number, slide: number): Slices {
  const { values, valid } = times as Column & { form: 'int64' }
  const halves = halvesOf(values)
  const n = slices.length
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < n; i++) {
    const high = halves[2 * i + HIGH]!
    if (high >= SAFE_HIGH || high < -SAFE_HIGH) return wideSlices(times, slices, offset, slide)
    // The quotient of two safe integers never rounds across a whole number.
    const slice = Math.floor((high * TWO_32 + (halves[2 * i + LOW]! >>> 0) + offset) / slide)
    slices[i] = slice
    if (slice < least) least = slice
  }
  if (valid === undefined) return { slices, least }
  for (let i = 0; i < n; i++) if (valid[i] === 0) slices[i] = NO_SLICE
  return { slices, least: Number.NEGATIVE_INFINITY }
}

/** For instants before 1684 or after 2255, whose microseconds are not exact in a double. */
function wideSlices(times: Column, slices: Float64Array, offset: number, slide: number): Slices {
  const { values, valid } = times as Column & { form: 'int64' }
  for (let i = 0; i < slices.length; i++) {
    if (valid?.[i] === 0) {
      slices[i] = NO_SLICE
      continue
    }
    const slice = floorDivide(values[i]! + BigInt(offset), BigInt(slide))
    if (slice > SAFE || slice < -SAFE) throw tooFine(values[i]!, slide)
    slices[i] = Number(slice)
  }
  return { slices, least: Number.NEGATIVE_INFINITY }
}

function tooFine(micros: bigint, slide: number): HeadraceError {
  return new HeadraceError(
    'OUT_OF_RANGE',
    `Windows that begin every ${slide} µs cannot be numbered at the time ${micros} µs. Use a slide of at least 1 millisecond.`,
  )
}

/**
 * The first slice that has not ended for good; a slice has, once the watermark has passed its end by `after`.
 *
 * A watermark is the last instant that is over: a source's latest row says nothing about others at its own time, so it
 * puts the watermark 1 µs before. A slice that ends at `e` holds instants up to `e − 1`. So it has ended once
 * `e − 1 + after ≤ watermark`, and the two microseconds meet again here as `e ≤ watermark + 1 − after`.
 */
export function endedSlices(watermark: bigint, after: number, slide: number): number {
  if (watermark === NEVER) return Number.NEGATIVE_INFINITY
  if (watermark === ENDED) return Number.POSITIVE_INFINITY
  return Number(floorDivide(watermark + 1n - BigInt(after), BigInt(slide)))
}

/** The instants at which slices begin, as a timestamp column. OVERFLOW where that is beyond what a timestamp holds. */
export function timesOfSlices(slices: Float64Array, slide: number): Column {
  const lanes = slices.map(slice => slice * slide)
  if (lanes.every(Number.isSafeInteger)) return { form: 'int64', values: pack64(lanes, lanes.length) }
  const step = BigInt(slide)
  return { form: 'int64', values: BigInt64Array.from(slices, slice => withinYears(BigInt(slice) * step)) }
}

/** All instants beyond the years are beyond the safe integers too. */
function withinYears(micros: bigint): bigint {
  if (micros >= MIN_INSTANT && micros <= MAX_INSTANT) return micros
  throw new HeadraceError('OVERFLOW', 'window: a window reaches beyond the years 0001 to 9999.')
}
