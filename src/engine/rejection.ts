/** Rejections as errors, for runs that must not go on. */
import { HeadraceError } from '../errors.ts'
import type { Rejection } from './engine.ts'

/** What a rejection is called when it ends a run. */
export function errorOf(rejection: Rejection): HeadraceError {
  if ('row' in rejection) {
    return new HeadraceError(rejection.code, rejection.message, { cause: rejection.cause })
  }
  const { place, code, message } = rejection.record
  return new HeadraceError(code, message.includes(place) ? message : `${place}: ${message}`)
}

/** A `reject` of a job that ends with the first rejection. */
export async function failOnRejection(rejections: readonly Rejection[]): Promise<void> {
  if (rejections.length > 0) throw errorOf(rejections[0]!)
}
