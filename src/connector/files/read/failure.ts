/** Errors of reading that name the file. */
import { HeadraceError } from '../../../errors.ts'

/** Runs a step of reading `path`; errors of ours get the path in front, the system's become NOT_FOUND or READ_FAILED. */
export async function reading<T>(path: string, step: () => T | Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (cause) {
    if (cause instanceof HeadraceError) throw named(path, cause)
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new HeadraceError('NOT_FOUND', `There is no file ${path}.`, { cause })
    throw new HeadraceError('READ_FAILED', `Cannot read ${path}: ${message}.`, { cause })
  }
}

/** Runs a step of decoding what was read of `path`, where nothing but errors of ours has to do with the file. */
export function decoding<T>(path: string, step: () => T): T {
  try {
    return step()
  } catch (cause) {
    throw cause instanceof HeadraceError ? named(path, cause) : cause
  }
}

function named(path: string, cause: HeadraceError): HeadraceError {
  if (cause.message.includes(path)) return cause
  return new HeadraceError(cause.code, `${path}: ${cause.message}`, { cause })
}
