/** Errors of the functions that users write. */
import { HeadraceError } from '../errors.ts'

/** What a user's function threw, as an error that names it. */
export function userError(what: string, cause: unknown): HeadraceError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new HeadraceError('USER_FUNCTION', `${what} threw: ${reason}`, { cause })
}
