/** Errors of reading that name the file. */
import { HeadraceError } from '../../../errors.ts'

/** Runs a step of reading `path`; errors of ours get the path in front, the system's become NOT_FOUND or READ_FAILED. */
export async function reading<T>(path: string, step: () => T | Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (cause) {
    throw readFailure(path, cause)
  }
}

function readFailure(path: string, cause: unknown): HeadraceError {
  if (cause instanceof HeadraceError) {
    return cause.message.includes(path)
      ? cause
      : new HeadraceError(cause.code, `${path}: ${cause.message}`, { cause })
  }
  const { code, message } = cause as NodeJS.ErrnoException
  if (code === 'ENOENT') return new HeadraceError('NOT_FOUND', `There is no file ${path}.`, { cause })
  return new HeadraceError('READ_FAILED', `Cannot read ${path}: ${message}.`, { cause })
}
