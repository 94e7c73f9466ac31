/** How scanners give up on a record. */
import type { ErrorCode } from '../../errors.ts'
import { Refusal } from '../refusal.ts'

/** What is wrong, and at which byte. Never leaves the decoders, which know the record, and make a BadRecord of it. */
export class ScanError extends Error {
  readonly refusal: Refusal
  readonly at: number

  constructor(refusal: Refusal, at: number) {
    super(refusal.reason)
    this.refusal = refusal
    this.at = at
  }
}

export function fail(code: ErrorCode, reason: string, at: number): never {
  throw new ScanError(new Refusal(code, reason), at)
}

/** The value, or the end of the record. */
export function must<T>(value: T | Refusal, at: number): T {
  if (value instanceof Refusal) throw new ScanError(value, at)
  return value
}

export function notUtf8(at: number): never {
  fail('ILL_FORMED_TEXT', 'its bytes are not UTF-8', at)
}
