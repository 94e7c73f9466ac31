/** What a format must do to be read: the seam between sources, which know files, and formats, which know rows. */
import type { Schema } from '../../../schema/type.ts'
import type { CsvDialect, Range, Read } from '../../../seam/source.ts'
import type { ListedFile } from './listing.ts'

export interface FileReader {
  /** The records of a file that lie in a range; the file is opened when the first is asked for. */
  read(file: ListedFile, schema: Schema, range: Range, signal: AbortSignal): AsyncIterable<Read>
  /**
   * Throws where a file cannot be one of the format, by its first and last bytes; with a schema also where it does not have
   * its columns. An engine that scans looks at these by itself.
   */
  check?(files: readonly ListedFile[], schema?: Schema): Promise<void>
  /** An engine may read the files by itself, if each of their names says so. */
  readonly scan?: FileScan
}

export type FileScan = { readonly format: 'parquet' } | PlainText

export interface PlainText {
  readonly format: 'csv'
  readonly dialect: CsvDialect
  /** False for a name that promises an archive: if there is none, the reader says so. */
  isPlain(name: string): boolean
}
