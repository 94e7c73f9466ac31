/** What a published folder holds: `_manifest.json` beside the data. Readers of Headrace read what it lists, and nothing else. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HeadraceError } from '../../../errors.ts'
import { type Schema, typeText } from '../../../schema/type.ts'

const MANIFEST = '_manifest.json'

/** Raised with every change of the form. There is nothing older to migrate yet; what is newer is refused. */
const VERSION = 1

/** One file of data. */
export interface DataFile {
  /** Below the folder, with slashes. */
  readonly path: string
  readonly rows: number
  readonly bytes: number
  /** The time that the file's partition holds, as instants: from (inclusive) to (exclusive). Absent where it names none. */
  readonly from?: string
  readonly to?: string
}

export interface Manifest {
  readonly format: string
  /** The dated path behind the folder, as it was written: `{yyyy}-{MM}-{dd}.csv`. '' for a folder, partitioned or not. */
  readonly path: string
  /** The columns that are in the names of folders and not in the files. */
  readonly partitionBy: readonly string[]
  /** The columns of the rows, with those of `partitionBy`, in order. Types are as `typeText` writes them. */
  readonly schema: readonly { readonly column: string; readonly type: string }[]
  /** In the order of their paths. */
  readonly files: readonly DataFile[]
}

export function schemaOfManifest(schema: Schema): Manifest['schema'] {
  return Object.entries(schema).map(([column, type]) => ({ column, type: typeText(type) }))
}

export function manifestPath(folder: string): string {
  return join(folder, MANIFEST)
}

/** The same manifest gives the same bytes. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify({ version: VERSION, ...manifest }, undefined, 2)}\n`
}

/** The manifest of a folder; undefined where there is none. Throws NEWER_FORMAT, READ_FAILED. */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  const path = manifestPath(folder)
  const text = await textOf(path)
  return text === undefined ? undefined : manifestOf(path, parsed(path, text))
}

/** The text of a file; undefined where there is none. Throws READ_FAILED. */
export async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new HeadraceError('READ_FAILED', `Cannot read ${path}: ${message}.`, { cause })
  }
}

/** The object that a file of ours holds. Throws READ_FAILED for other text, NEWER_FORMAT for a later version. */
export function parsed(path: string, text: string): Record<string, unknown> {
  const found = objectOf(text)
  if (found === undefined || !Number.isInteger(found.version)) throw damaged(path)
  if ((found.version as number) > VERSION) {
    throw new HeadraceError(
      'NEWER_FORMAT',
      `${path} has version ${found.version}, and this Headrace knows version ${VERSION}. A newer Headrace wrote it: use that one, or write into another folder.`,
    )
  }
  return found
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** Checks what decides which files are read, moved and deleted. */
export function manifestOf(path: string, found: Record<string, unknown>): Manifest {
  const { format, path: pattern, partitionBy, schema, files } = found
  const sound =
    typeof format === 'string' &&
    typeof pattern === 'string' &&
    Array.isArray(partitionBy) &&
    Array.isArray(schema) &&
    Array.isArray(files) &&
    files.every(isDataFile)
  if (!sound) throw damaged(path)
  return { format, path: pattern, partitionBy, schema, files }
}

function isDataFile(file: unknown): file is DataFile {
  if (typeof file !== 'object' || file === null) return false
  const { path, rows, bytes } = file as Record<string, unknown>
  return isInside(path) && typeof rows === 'number' && typeof bytes === 'number'
}

/** A path that stays below its folder, whoever wrote the manifest. */
export function isInside(path: unknown): path is string {
  if (typeof path !== 'string' || path.includes('\0')) return false
  return path.split('/').every(part => part !== '' && part !== '.' && part !== '..')
}

export function damaged(path: string): HeadraceError {
  return new HeadraceError(
    'READ_FAILED',
    `${path} is not what Headrace writes: it is damaged, or not its own. Restore it; or move the folder away and run the pipeline again.`,
  )
}
