/** Checks of what callers pass, for those whose compiler does not. */
import { HeadraceError } from '../errors.ts'
import { nearest } from './nearest.ts'

/** Throws UNKNOWN_OPTION, with the nearest name, for a property that is not an option, INVALID_ARGUMENT for what is no object. */
export function checkOptions(what: string, options: object, names: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw new HeadraceError(
      'INVALID_ARGUMENT',
      `${what} takes an object with ${names.join(', ')}, not ${String(options)}.`,
    )
  }
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue
    throw new HeadraceError(
      'UNKNOWN_OPTION',
      `${what} has no option '${name}'${nearest(name, names)} Options: ${names.join(', ')}.`,
    )
  }
}

/** Throws INVALID_ARGUMENT unless the value is a text of at least one character. */
export function checkName(what: string, name: unknown): void {
  if (typeof name === 'string' && name.trim() !== '') return
  throw new HeadraceError(
    'INVALID_ARGUMENT',
    `${what} must be a non-empty text, not ${JSON.stringify(name)}.`,
  )
}

/** Throws INVALID_ARGUMENT for what is no list; `of` says of what. */
export function checkList(what: string, of: string, value: unknown): void {
  if (Array.isArray(value)) return
  const found = typeof value === 'object' && value !== null ? 'one object' : String(value)
  throw new HeadraceError('INVALID_ARGUMENT', `${what} a list of ${of}, not ${found}.`)
}

/** Throws INVALID_ARGUMENT, with the nearest value, unless the value is one of some. */
export function checkOneOf(what: string, value: unknown, allowed: readonly string[]): void {
  if (typeof value === 'string' && allowed.includes(value)) return
  throw new HeadraceError(
    'INVALID_ARGUMENT',
    `${what} is ${JSON.stringify(value)}${nearest(String(value), allowed)} It can be ${allowed.join(', ')}.`,
  )
}

/** Throws INVALID_ARGUMENT unless the value is a whole number of at least `least`. */
export function checkWhole(what: string, value: unknown, least: number): void {
  if (Number.isSafeInteger(value) && (value as number) >= least) return
  throw new HeadraceError(
    'INVALID_ARGUMENT',
    `${what} must be a whole number of at least ${least}, not ${String(value)}.`,
  )
}
