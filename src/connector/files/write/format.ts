/** What a format must do to be written: the seam between sinks, which know files, and formats, which know rows. */

import type { NewFile } from '../../../runtime/pending-file.ts'
import type { Batch } from '../../../schema/batch.ts'
import type { Schema } from '../../../schema/type.ts'
import type { Compression } from '../path/compression.ts'

/** A file that is being written, as the rows it will hold. */
export interface RowWriter {
  write(batch: Batch): Promise<void>
  /** All bytes are in the file. */
  end(): Promise<void>
  /** Frees handles; the file may be unfinished. */
  abort(): Promise<void>
}

/** What the files of one run share. */
export interface FileWriters {
  /** Creates `file.temporary`. */
  create(file: NewFile): Promise<RowWriter>
  /** Frees what they share; every file has ended or was aborted. */
  close(): void
}

export interface FileFormat {
  readonly name: string
  /** Without `compression`, as is usual for the format. */
  writers(schema: Schema, compression?: Compression): Promise<FileWriters>
  /** An engine may write this format by itself. */
  readonly copy?: 'parquet'
}
