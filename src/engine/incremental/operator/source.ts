/** Where rows enter a running plan, and its watermark. */
import type { SourceNode } from '../../../plan/node.ts'
import type { Batch } from '../../../schema/batch.ts'
import type { Column } from '../../../schema/column.ts'
import type { Read } from '../../../seam/source.ts'
import type { OperatorCounters } from '../../engine.ts'
import type { Frame } from '../kernel/frame.ts'
import { HIGH, halvesOf, LOW } from '../kernel/vector.ts'
import { ENDED, NEVER, Operator } from './operator.ts'

export class Source extends Operator {
  readonly node: SourceNode
  readonly #append: boolean
  readonly #timeIndex: number
  readonly #outOfOrderness: bigint
  /** By partition. */
  #watermarks: bigint[] = []
  #rejected = 0

  constructor(node: SourceNode) {
    super()
    this.node = node
    this.#append = node.mode === 'append'
    this.#timeIndex = node.eventTime === undefined ? -1 : Object.keys(node.schema).indexOf(node.eventTime)
    this.#outOfOrderness = BigInt(node.outOfOrderness)
  }

  /** To be called once, before rows come. */
  open(partitions: number): void {
    this.#watermarks = new Array<bigint>(partitions).fill(NEVER)
  }

  /** The least of the partitions' watermarks. */
  get watermark(): bigint {
    return this.#watermarks.reduce(earlier, ENDED)
  }

  protected process(frame: Frame): Promise<void> {
    return this.emit(this.#append && frame.weights !== undefined ? repeated(frame, frame.weights) : frame)
  }

  /** Records that are no rows. Their times, if they have any, say nothing. */
  rejected(records: number): void {
    this.#rejected += records
  }

  override counters(): OperatorCounters {
    const { rowsIn, rowsOut } = super.counters()
    return { rowsIn: rowsIn + this.#rejected, rowsOut, rejected: this.#rejected }
  }

  /** All rows of a read have been pushed: what it says about time now holds. */
  passed(partition: number, { batch, watermark }: Read): void {
    const latest = this.#timeIndex < 0 ? undefined : latestOf(batch, batch.columns[this.#timeIndex]!)
    if (latest !== undefined) this.#raise(partition, latest - this.#outOfOrderness - 1n)
    if (watermark !== undefined) this.#raise(partition, watermark - 1n)
  }

  ended(partition: number): void {
    this.#watermarks[partition] = ENDED
  }

  #raise(partition: number, watermark: bigint): void {
    if (watermark > this.#watermarks[partition]!) this.#watermarks[partition] = watermark
  }
}

const earlier = (a: bigint, b: bigint): bigint => (a < b ? a : b)

/** Where rows are only added, a weight is how often: operators below count on rows of weight 1. */
function repeated(frame: Frame, weights: Int32Array): Frame {
  const rows: number[] = []
  for (let i = 0; i < frame.length; i++) {
    if (weights[i]! < 0) throw new Error('A source that only adds rows took one away')
    for (let times = weights[i]!; times > 0; times--) rows.push(i)
  }
  return frame.withWeights(undefined).select(Int32Array.from(rows))
}

/** The greatest event time, in µs. The halves of 64-bit words compare like the words, the low one without its sign. */
function latestOf({ length }: Batch, times: Column): bigint | undefined {
  const { values, valid } = times as Column & { form: 'int64' }
  const halves = halvesOf(values)
  // Below every value.
  let latest = -1
  let latestHigh = -(2 ** 31)
  let latestLow = -1
  for (let i = 0; i < length; i++) {
    const high = halves[2 * i + HIGH]!
    if (high < latestHigh) continue
    const low = halves[2 * i + LOW]! >>> 0
    if (high === latestHigh && low <= latestLow) continue
    if (valid !== undefined && valid[i] === 0) continue
    latest = i
    latestHigh = high
    latestLow = low
  }
  return latest < 0 ? undefined : values[latest]!
}
