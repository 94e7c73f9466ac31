/** The source of a plan under verification: the same node is fed anew for every run. */
import type { SourceNode } from '../plan/node.ts'
import type { Batch } from '../schema/batch.ts'
import type { Position, Range, Read, RejectedRecord, Source } from '../seam/source.ts'
import { type ArrivalOrder, arrange, disguised, toBatch } from './arrival.ts'
import type { Input } from './generate/data.ts'
import type { Random } from './generate/random.ts'
import type { WeightedRow } from './relation.ts'

/** How the records of one run come. */
export interface Serving {
  readonly arrival: ArrivalOrder
  /** Records of one read. */
  readonly readRows: number
  /** Partitions into which append records are dealt. */
  readonly partitions: number
}

/** What a feed holds in the order in which it comes. */
type Arrival = WeightedRow | RejectedRecord
const isRow = (record: Arrival): record is WeightedRow => 'cells' in record
const isBad = (record: Arrival): record is RejectedRecord => !isRow(record)

/** What one read gives. */
export interface FeedRead {
  readonly rows: readonly WeightedRow[]
  readonly rejected: readonly RejectedRecord[]
}

export class Feed implements Source {
  readonly name: string
  readonly repeatable = true
  readonly bounded = true
  readonly input: Input
  #partitions: readonly (readonly Arrival[])[]
  #readRows = 1024
  #dress: (batch: Batch) => Batch = batch => batch

  constructor(input: Input) {
    this.name = input.name
    this.input = input
    this.#partitions = [input.rows]
  }

  /** Sets what the next run reads. */
  serve(serving: Serving, random: Random): void {
    const rows = arrange(this.input, serving.arrival, random)
    const count = this.input.mode === 'append' ? serving.partitions : 1
    const dealt: Arrival[][] = Array.from({ length: count }, () => [])
    // Unevenly, so that in the middle of a run the partitions stand at different times.
    const deal = (): number => (random.chance(0.6) ? 0 : random.int(0, count - 1))
    const bad = [...this.input.bad]
    for (let before = 0; before <= rows.length; before++) {
      while (bad.length > 0 && (bad[0]! <= before || before === rows.length)) {
        const partition = deal()
        dealt[partition]!.push(this.#badRecord(partition, dealt[partition]!.length))
        bad.shift()
      }
      if (before < rows.length) dealt[deal()]!.push(rows[before]!)
    }
    this.#partitions = dealt
    this.#readRows = serving.readRows
    this.#dress = batch => disguised(batch, random)
  }

  #badRecord(partition: number, position: Position): RejectedRecord {
    const place = `${this.name}/${partition}`
    const message = `record ${position + 1}: scripted`
    return { place, position, bytes: Buffer.from(`bad ${position}`), code: 'BAD_RECORD', message }
  }

  /** The rows as they arrive, partition by partition. */
  get arrived(): readonly (readonly WeightedRow[])[] {
    return this.#partitions.map(records => records.filter(isRow))
  }

  /** The records that are no rows. */
  get rejected(): readonly RejectedRecord[] {
    return this.#partitions.flat().filter(isBad)
  }

  /** The reads of a partition. */
  reads(partition: number): FeedRead[] {
    return this.#reads(this.#partitions[partition]!)
  }

  #reads(records: readonly Arrival[]): FeedRead[] {
    return Array.from({ length: Math.ceil(records.length / this.#readRows) }, (_, i) => {
      const mine = records.slice(i * this.#readRows, (i + 1) * this.#readRows)
      return { rows: mine.filter(isRow), rejected: mine.filter(isBad) }
    })
  }

  async partitions(): Promise<readonly string[]> {
    return this.#partitions.map((_, i) => String(i))
  }

  async *read(partition: string, { from, to }: Range, signal: AbortSignal): AsyncGenerator<Read> {
    let position = from
    for (const { rows, rejected } of this.#reads(this.#partitions[Number(partition)]!.slice(from, to))) {
      if (signal.aborted) return
      position += rows.length + rejected.length
      const batch = this.#dress(toBatch(this.input.schema, rows))
      yield rejected.length === 0 ? { batch, position } : { batch, rejected, position }
    }
  }
}

/** The feed of a source node that verification made. */
export function feedOf(node: SourceNode): Feed {
  if (node.source instanceof Feed) return node.source
  throw new Error(`The source '${node.source.name}' is not a feed`)
}

/** A source node that reads an input. */
export function feeding(input: Input): SourceNode {
  const { schema, mode, key, eventTime, outOfOrderness, name } = input
  return {
    kind: 'source',
    name,
    schema,
    mode,
    ...(key === undefined ? {} : { key }),
    ...(eventTime === undefined ? {} : { eventTime }),
    source: new Feed(input),
    outOfOrderness,
  }
}
