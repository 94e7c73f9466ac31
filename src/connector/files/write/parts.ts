/** The files of one run, by partition: which row goes to which, and how many are open at a time. */
import type { Batch } from '../../../schema/batch.ts'
import { MAX_INSTANT } from '../../../schema/instant.ts'
import { take } from '../../../schema/take.ts'
import { textOfTimestamp } from '../../../schema/text/time-text.ts'
import type { Schema } from '../../../schema/type.ts'
import type { Interval } from '../../../seam/site.ts'
import type { DataFile } from '../publish/manifest.ts'
import type { Publication, StagedFile } from '../publish/publication.ts'
import type { FileWriters, RowWriter } from './format.ts'
import type { Partition, Partitioner } from './partitions.ts'
import { Waiting } from './waiting.ts'

/** The most files that are written at a time. Rows of further partitions wait until the end of the run. */
const OPEN_PARTS = 64
/** A file that got none of so many rows is closed when another partition comes; what comes for it later is its next part. */
const IDLE_ROWS = 100_000
/** The most rows of a file. */
const PART_ROWS = 16_777_216

/** The bounds, which tests set lower. */
export interface PartBounds {
  readonly open: number
  readonly idleRows: number
  readonly partRows: number
}

const usual: PartBounds = { open: OPEN_PARTS, idleRows: IDLE_ROWS, partRows: PART_ROWS }

/** How the files of a partition are named: part 0, 1, 2… of it. */
export interface PartNames {
  path(partition: Partition, part: number): string
  /** The folder of a file holds nothing but the files of its partition. */
  readonly alone: boolean
}

interface Part {
  readonly code: number
  readonly path: string
  rows: number
  /** The number of its latest row, counted through the run. */
  latest: number
  /** Its place among the parts that the batch at hand goes to; −1 for none. */
  place: number
  file: StagedFile | undefined
  writer: RowWriter | undefined
}

/**
 * Which file a row goes to depends on the rows before it alone, not on how they are cut into batches. So the same rows in the
 * same order make the same files.
 */
export class Parts {
  readonly #publication: Publication
  readonly #writers: FileWriters
  readonly #partitioner: Partitioner
  readonly #names: PartNames
  /** Of the files: without the columns that are in the names of folders. */
  readonly #schema: Schema
  readonly #bounds: PartBounds
  readonly #columns: readonly number[]
  /** The open part of each partition, by its number. */
  readonly #partOf: (Part | undefined)[] = []
  readonly #open = new Set<Part>()
  /** How many parts each partition has so far, by its number. */
  readonly #made: number[] = []
  readonly #closing: Part[] = []
  readonly #files: DataFile[] = []
  readonly #waits = new Set<number>()
  #waiting: Waiting | undefined
  #rows = 0

  constructor(
    publication: Publication,
    writers: FileWriters,
    partitioner: Partitioner,
    names: PartNames,
    [all, kept]: readonly [all: Schema, kept: Schema],
    bounds: PartBounds = usual,
  ) {
    this.#publication = publication
    this.#writers = writers
    this.#partitioner = partitioner
    this.#names = names
    this.#schema = kept
    this.#columns = Object.keys(all).flatMap((name, c) => (Object.hasOwn(kept, name) ? [c] : []))
    this.#bounds = bounds
  }

  async write(batch: Batch): Promise<void> {
    const codes = this.#partitioner.of(batch)
    const kept = { ...batch, schema: this.#schema, columns: this.#columns.map(c => batch.columns[c]!) }
    const { places, parts } = this.#place(codes)
    const rows = grouped(places, parts.length)
    if (rows[0]!.length > 0) await this.#wait(take(kept, rows[0]!), gathered(codes, rows[0]!))
    for (const [p, part] of parts.entries()) {
      const own = rows[p + 1]!
      await this.#put(part, own.length === kept.length ? kept : take(kept, own))
      part.place = -1
    }
    for (const part of this.#closing.splice(0)) await this.#end(part)
  }

  /** The part of each row, from 1; 0 for rows that wait. */
  #place(codes: Int32Array): { places: Int32Array; parts: Part[] } {
    const places = new Int32Array(codes.length)
    const parts: Part[] = []
    for (let row = 0; row < codes.length; row++) {
      const code = codes[row]!
      let part = this.#partOf[code]
      if (part === undefined || part.rows === this.#bounds.partRows) part = this.#next(code, part)
      this.#rows++
      if (part === undefined) continue
      if (part.place < 0) part.place = parts.push(part) - 1
      places[row] = part.place + 1
      part.rows++
      part.latest = this.#rows
    }
    return { places, parts }
  }

  /** A new part for a partition; undefined if its rows must wait. */
  #next(code: number, full: Part | undefined): Part | undefined {
    if (full !== undefined) this.#close(full)
    else if (this.#waits.has(code)) return undefined
    else if (this.#open.size >= this.#bounds.open) {
      const idle = this.#idle()
      if (idle === undefined) {
        this.#waits.add(code)
        return undefined
      }
      this.#close(idle)
    }
    const part = this.#new(code)
    this.#open.add(part)
    this.#partOf[code] = part
    return part
  }

  #new(code: number): Part {
    const number = this.#made[code] ?? 0
    this.#made[code] = number + 1
    const path = this.#names.path(this.#partitioner.partitions[code]!, number)
    return { code, path, rows: 0, latest: this.#rows, place: -1, file: undefined, writer: undefined }
  }

  /** The open part that got no row for longest, if that is long. */
  #idle(): Part | undefined {
    let idle: Part | undefined
    for (const part of this.#open) if (idle === undefined || part.latest < idle.latest) idle = part
    return idle !== undefined && this.#rows - idle.latest >= this.#bounds.idleRows ? idle : undefined
  }

  /** It gets no more rows; those of the batch at hand are still to be written. */
  #close(part: Part): void {
    this.#open.delete(part)
    this.#partOf[part.code] = undefined
    this.#closing.push(part)
  }

  async #wait(batch: Batch, codes: Int32Array): Promise<void> {
    this.#waiting ??= await Waiting.open(this.#schema)
    this.#waiting.add(batch, codes)
  }

  async #put(part: Part, batch: Batch): Promise<void> {
    const writer = part.writer ?? (await this.#start(part))
    await writer.write(batch)
  }

  async #start(part: Part): Promise<RowWriter> {
    part.file = await this.#publication.stage(part.path, this.#names.alone)
    part.writer = await this.#writers.create(part.file)
    return part.writer
  }

  async #end(part: Part): Promise<void> {
    const { path, rows, code, writer, file } = part
    await writer!.end()
    part.writer = undefined
    const bytes = await this.#publication.staged(file!)
    const { time } = this.#partitioner.partitions[code]!
    this.#files.push({ path, rows, bytes, ...textsOf(time) })
  }

  /** Writes what waits, and ends all files. Gives them in the order of their paths. */
  async end(): Promise<DataFile[]> {
    for (const part of this.#open) await this.#end(part)
    this.#open.clear()
    let part: Part | undefined
    for await (const { code, batch } of this.#waiting?.partitions() ?? []) {
      if (part !== undefined && (part.code !== code || part.rows >= this.#bounds.partRows)) {
        await this.#end(part)
        part = undefined
      }
      part ??= this.#new(code)
      this.#open.add(part)
      part.rows += batch.length
      await this.#put(part, batch)
    }
    if (part !== undefined) await this.#end(part)
    this.#open.clear()
    if (this.#rows === 0) await this.#empty()
    return this.#files.sort((a, b) => (a.path < b.path ? -1 : 1))
  }

  /** A folder without partitions has a file even if there are no rows: it says which columns there are. */
  async #empty(): Promise<void> {
    if (!this.#partitioner.isWhole) return
    const part = this.#new(0)
    this.#open.add(part)
    await this.#start(part)
    await this.#end(part)
    this.#open.clear()
  }

  /** Frees all handles; after `end` too. */
  async close(): Promise<void> {
    const unfinished = [...this.#open, ...this.#closing].filter(part => part.writer !== undefined)
    for (const part of unfinished) await part.writer!.abort()
    this.#waiting?.close()
    this.#writers.close()
  }
}

/** The year that ends with time itself has no instant at its end. */
function textsOf(time: Interval | undefined): Pick<DataFile, 'from' | 'to'> {
  if (time === undefined) return {}
  const isLast = time.to > MAX_INSTANT
  return { from: textOfTimestamp(time.from), to: textOfTimestamp(isLast ? MAX_INSTANT : time.to) }
}

/** The rows of each place from 0 to `places`, in order. */
function grouped(placeOf: Int32Array, places: number): Int32Array[] {
  const counts = new Int32Array(places + 1)
  for (let row = 0; row < placeOf.length; row++) counts[placeOf[row]!]!++
  const rows = Array.from(counts, count => new Int32Array(count))
  counts.fill(0)
  for (let row = 0; row < placeOf.length; row++) {
    const place = placeOf[row]!
    rows[place]![counts[place]!++] = row
  }
  return rows
}

function gathered(values: Int32Array, rows: Int32Array): Int32Array {
  return rows.map(row => values[row]!)
}
