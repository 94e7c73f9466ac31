/** Proves that CSV files are plain, so that DuckDB reads from them what our codec would. */
import { isUtf8 } from 'node:buffer'
import { type FileHandle, open } from 'node:fs/promises'
import { type Dialect, LINE_FEED } from '../../schema/csv/dialect.ts'
import { namesIn } from '../../schema/csv/header.ts'
import { CHECK_SLACK, PlainCheck } from '../../schema/csv/plain-check.ts'
import { markLength } from '../../schema/decoder.ts'
import type { Schema } from '../../schema/type.ts'

/** Bytes that are checked at a time; a longer line is not plain. */
const PIECE_BYTES = 1024 * 1024

/** First bytes that are text and also those of Parquet, of zip, or of what zstd skips: the source refuses or unpacks them. */
const OTHER_FORMATS = /^(PAR1|PK\x03\x04|[P-_]\*M\x18)/

/** What is looked at again at the end: DuckDB must have read the bytes that were checked. */
interface Version {
  readonly size: number
  readonly modified: number
}

/** A file that is being checked. Only `begun` files are made. */
export class CsvProof {
  readonly #path: string
  readonly #version: Version
  readonly #check: PlainCheck
  /** Before it all bytes are plain. */
  #position: number
  /** The columns of the file, in its order. */
  readonly names: readonly string[]

  private constructor(
    path: string,
    version: Version,
    check: PlainCheck,
    names: readonly string[],
    position: number,
  ) {
    this.#path = path
    this.#version = version
    this.#check = check
    this.names = names
    this.#position = position
  }

  /** Reads the header and checks the first piece. Undefined where already they are not plain, or cannot be read. */
  static async begin(path: string, schema: Schema, dialect: Dialect): Promise<CsvProof | undefined> {
    return reading(path, async file => {
      const { size, mtimeMs } = await file.stat()
      const bytes = bufferFor(size)
      const end = await linesAt(file, bytes, 0, size)
      const mark = markLength(bytes.subarray(0, end))
      const begin = dialect.header ? bytes.indexOf(LINE_FEED, mark) + 1 : mark
      const names = dialect.header
        ? headerOf(bytes.subarray(mark, Math.max(mark, begin - 1)), dialect)
        : Object.keys(schema)
      if (end === 0 || OTHER_FORMATS.test(bytes.toString('latin1', 0, 4))) return undefined
      if (names === undefined || !hasAll(names, Object.keys(schema))) return undefined
      const check = new PlainCheck(schema, names, dialect)
      const proof = new CsvProof(path, { size, modified: mtimeMs }, check, names, begin)
      return proof.#isPlain(bytes, begin, end) ? proof : undefined
    })
  }

  /** Rows of the file. Undefined where it is not plain to its end, cannot be read, or `signal` is aborted. */
  async rest(signal: AbortSignal): Promise<number | undefined> {
    return reading(this.#path, async file => {
      const { size } = this.#version
      const bytes = bufferFor(size - this.#position)
      while (this.#position < size) {
        if (signal.aborted) return undefined
        const end = await linesAt(file, bytes, this.#position, size)
        if (end === 0 || !this.#isPlain(bytes, 0, end)) return undefined
      }
      return this.#check.records
    })
  }

  /** Whether the file is still the one that was checked. */
  async isUnchanged(): Promise<boolean> {
    const { size, modified } = this.#version
    const now = await reading(this.#path, file => file.stat())
    return now?.size === size && now.mtimeMs === modified
  }

  #isPlain(bytes: Buffer, start: number, end: number): boolean {
    this.#position += end - start
    return isUtf8(bytes.subarray(start, end)) && this.#check.check(bytes, start, end)
  }
}

async function reading<T>(path: string, read: (file: FileHandle) => Promise<T>): Promise<T | undefined> {
  const file = await open(path).catch(() => undefined)
  try {
    return file && (await read(file))
  } catch {
    // What the file is said to hold, and what is wrong with it, is for its source to say.
    return undefined
  } finally {
    await file?.close()
  }
}

function bufferFor(size: number): Buffer {
  return Buffer.allocUnsafeSlow(Math.min(PIECE_BYTES, Math.max(0, size)) + CHECK_SLACK)
}

/**
 * Reads a piece of a file; gives the end of its whole lines, 0 where there is none. The last line of a file of `size` bytes
 * may want its line feed.
 */
async function linesAt(file: FileHandle, bytes: Buffer, position: number, size: number): Promise<number> {
  const { bytesRead } = await file.read(bytes, 0, bytes.length - CHECK_SLACK, position)
  if (bytesRead === 0) return 0
  if (position + bytesRead === size && bytes[bytesRead - 1] !== LINE_FEED) {
    bytes[bytesRead] = LINE_FEED
    return bytesRead + 1
  }
  return bytes.lastIndexOf(LINE_FEED, bytesRead - 1) + 1
}

/** The names in a header that is plain. */
function headerOf(line: Buffer, dialect: Dialect): string[] | undefined {
  const isPlain = line.length > 0 && isUtf8(line) && !line.includes(dialect.quote) && !line.includes('\r')
  return isPlain ? namesIn(line.toString(), dialect) : undefined
}

/** Whether each column is named once. */
function hasAll(names: readonly string[], columns: readonly string[]): boolean {
  return columns.every(
    column => names.indexOf(column) >= 0 && names.indexOf(column) === names.lastIndexOf(column),
  )
}
