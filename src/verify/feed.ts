/** The source of a plan under verification: the same node is fed anew for every run. */
import type { SourceNode } from '../plan/node.ts'
import type { Batch } from '../schema/batch.ts'
import type { Range, Read, Source } from '../seam/source.ts'
import { type ArrivalOrder, arrange, disguised, toBatch } from './arrival.ts'
import type { Input } from './generate/data.ts'
import type { Random } from './generate/random.ts'
import type { WeightedRow } from './relation.ts'

/** How the rows of one run come. */
export interface Serving {
  readonly arrival: ArrivalOrder
  /** Rows of one read. */
  readonly readRows: number
  /** Partitions into which append rows are dealt. */
  readonly partitions: number
}

export class Feed implements Source {
  readonly name: string
  readonly repeatable = true
  readonly bounded = true
  readonly input: Input
  #partitions: readonly (readonly WeightedRow[])[]
  #readRows = 1024
  #dress: (batch: Batch) => Batch = batch => batch

  constructor(input: Input) {
    this.name = input.name
    this.input = input
    this.#partitions = [input.rows]
  }

  /** Sets what the next run reads. `rows` replaces the input's own, in the order given. */
  serve(serving: Serving, random: Random, rows?: readonly WeightedRow[]): void {
    const arrived = rows ?? arrange(this.input, serving.arrival, random)
    const count = this.input.mode === 'append' ? serving.partitions : 1
    const dealt: WeightedRow[][] = Array.from({ length: count }, () => [])
    // Unevenly, so that in the middle of a run the partitions stand at different times.
    for (const row of arrived) dealt[random.chance(0.6) ? 0 : random.int(0, count - 1)]!.push(row)
    this.#partitions = dealt
    this.#readRows = serving.readRows
    this.#dress = batch => disguised(batch, random)
  }

  /** The rows as they arrive, partition by partition. */
  get arrived(): readonly (readonly WeightedRow[])[] {
    return this.#partitions
  }

  async partitions(): Promise<readonly string[]> {
    return this.#partitions.map((_, i) => String(i))
  }

  async *read(partition: string, range: Range, signal: AbortSignal): AsyncGenerator<Read> {
    const rows = this.#partitions[Number(partition)]!
    const end = Math.min(range.to ?? rows.length, rows.length)
    for (let from = range.from; from < end && !signal.aborted; from += this.#readRows) {
      const position = Math.min(from + this.#readRows, end)
      yield { batch: this.#dress(toBatch(this.input.schema, rows.slice(from, position))), position }
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
