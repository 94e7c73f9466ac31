/** Paths: what is one file here, what is not yet, and errors that name the file. */
import { stat } from 'node:fs/promises'
import { HeadraceError } from '../../errors.ts'

/** What a path may be one day, by what gives it away. */
const notYet: readonly (readonly [RegExp, string])[] = [
  [/^[a-z][a-z\d+.-]+:\/\//i, 'a URL'],
  [/[*?]/, 'a pattern of several files'],
  [/\{[a-zA-Z]+\}/, 'a dated path'],
  [/\.(gz|zst|bz2|xz|br|lz4|snappy)$/i, 'a compressed file'],
  [/[/\\]$/, 'a folder'],
]

/** Throws REFUSED for paths that this version does not take, and INVALID_ARGUMENT for what is no path. */
export function checkPath(what: string, path: unknown): string {
  if (typeof path !== 'string' || path === '') {
    throw new HeadraceError(
      'INVALID_ARGUMENT',
      `${what} takes the path of one file, not ${JSON.stringify(path)}.`,
    )
  }
  const kind = notYet.find(([pattern]) => pattern.test(path))?.[1]
  if (kind === undefined) return path
  throw new HeadraceError(
    'REFUSED',
    `${what}('${path}') is ${kind}, which this version does not read or write. Give the path of one local, uncompressed file.`,
  )
}

/** Throws NOT_FOUND or READ_FAILED unless the path is a file that can be looked at. */
export async function checkFile(path: string): Promise<void> {
  const found = await reading(path, () => stat(path))
  if (found.isFile()) return
  throw new HeadraceError('READ_FAILED', `Cannot read ${path}: it is not a file. Give the path of one file.`)
}

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
