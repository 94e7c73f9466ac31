/** Why a text or value is not one of a column's type. */
import { type ErrorCode, HeadraceError } from '../errors.ts'
import { Decimal } from './decimal.ts'
import { visible } from './text/visible.ts'
import { type ColumnType, typeText } from './type.ts'

/** The answer of a reader that found no value. It is data, so that trying costs no exception; `refuse` makes it one. */
export class Refusal {
  readonly code: ErrorCode
  /** What is wrong, to be read after the value: "has 3 digits after the point". */
  readonly reason: string

  constructor(code: ErrorCode, reason: string) {
    this.code = code
    this.reason = reason
  }
}

/** The reason why a null or a missing field is refused. */
export const NOT_ALLOWED = 'a column that is not nullable cannot hold'

/** The error of a refused value: where it stood, what was expected, what was found. */
export function refuse(where: string, type: ColumnType, found: unknown, refusal: Refusal): HeadraceError {
  return new HeadraceError(refusal.code, refusalText(where, type, shown(found), refusal.reason))
}

/** The message of `refuse`, for a value that is text already. */
export function refusalText(where: string, type: ColumnType, found: string, reason: string): string {
  return `${where}: expected ${typeText(type)}, found ${found}, which ${reason}.`
}

function shown(found: unknown): string {
  if (typeof found === 'string') return shorten(JSON.stringify(found))
  if (typeof found === 'bigint') return shorten(`${found}n`)
  if (typeof found === 'object' && found !== null) return shorten(shownObject(found))
  return shorten(String(found))
}

const SHOWN = 60

/** A text of data for a message: short enough, and nothing that a terminal obeys. */
export function shorten(text: string): string {
  return text.length <= SHOWN ? visible(text) : `${visible(text.slice(0, SHOWN))}…`
}

function shownObject(found: object): string {
  if (Array.isArray(found)) return `an array of ${found.length}`
  if (found instanceof Date) return Number.isNaN(found.getTime()) ? 'an invalid Date' : found.toISOString()
  if (found instanceof Decimal) return `Decimal ${found}`
  return `an object (${found.constructor?.name ?? 'null prototype'})`
}
