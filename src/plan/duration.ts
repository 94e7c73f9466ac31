/** Lengths of time as people write them. */
import { HeadraceError } from '../errors.ts'

/** Microseconds of the units of a duration. */
const UNITS = {
  microsecond: 1,
  millisecond: 1_000,
  second: 1_000_000,
  minute: 60_000_000,
  hour: 3_600_000_000,
  day: 86_400_000_000,
  week: 604_800_000_000,
} as const
type Unit = keyof typeof UNITS

/** A length of time: '5 seconds', '1 minute', '24 hours'. */
export type Duration = `${number} ${Unit | `${Unit}s`}`

/** A length of time, forward or back: '90 minutes', '-1 day'. */
export type Offset = Duration

/** Microseconds of a duration of at least `least`. Throws INVALID_DURATION. */
export function durationMicros(what: string, duration: Duration, least: 0 | 1 = 1): number {
  const micros = read(what, duration)
  if (micros >= least) return micros
  throw new HeadraceError('INVALID_DURATION', `${what}: '${duration}' is too short.`)
}

/** Microseconds of an offset, which may be negative. Throws INVALID_DURATION. */
export function offsetMicros(offset: Offset): number {
  return read('add', offset)
}

function read(what: string, duration: unknown): number {
  const match = typeof duration === 'string' ? /^(-?\d+) ([a-z]+?)s?$/.exec(duration) : null
  const unit = match?.[2]
  if (match !== null && unit !== undefined && Object.hasOwn(UNITS, unit)) {
    const micros = Number(match[1]) * UNITS[unit as Unit]
    if (Number.isSafeInteger(micros)) return micros
  }
  throw new HeadraceError(
    'INVALID_DURATION',
    `${what}: '${String(duration)}' is not a duration. Write '5 seconds', '1 minute' or '24 hours'; units go from ` +
      'microsecond to week.',
  )
}

/** The shortest spelling of microseconds as a duration: `1 minute`, `90 seconds`. */
export function durationText(micros: number): string {
  if (micros === 0) return '0 seconds'
  let best: Unit = 'microsecond'
  for (const unit of Object.keys(UNITS) as Unit[]) if (micros % UNITS[unit] === 0) best = unit
  const count = micros / UNITS[best]
  return `${count} ${best}${count === 1 ? '' : 's'}`
}
