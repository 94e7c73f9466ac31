/** What windowed aggregates share: which rows take part, and in which slices they lie. */
import { eventTimeOffset } from '../../../plan/event-time.ts'
import type { AggregateNode, WindowRule } from '../../../plan/node.ts'
import type { Column } from '../../../schema/column.ts'
import { Scratch } from '../../../state/scratch.ts'
import type { OperatorCounters } from '../../engine.ts'
import { Frame } from '../kernel/frame.ts'
import type { Groups } from './groups.ts'
import { ENDED, NEVER, Operator } from './operator.ts'
import { Pane } from './pane.ts'
import { endedSlices, slicesOf, timesOfSlices } from './window-time.ts'

/** Whether rows of a window can change after they have been emitted. */
export const refines = ({ emit, allowedLateness }: WindowRule): boolean =>
  emit === 'per-step' || allowedLateness > 0

export abstract class WindowedAggregate extends Operator {
  protected readonly rule: WindowRule
  /** Slices a window spans. */
  protected readonly span: number
  protected readonly groups: Groups
  protected readonly panes = new Map<number, Pane>()
  protected watermark = NEVER
  readonly #timeIndex: number
  readonly #timeOffset: number
  readonly #slices = new Scratch(Float64Array)
  readonly #slots = new Scratch(Int32Array)
  readonly #lateReaders: Operator[] = []
  #late = 0
  #nullTimes = 0

  constructor(node: AggregateNode, groups: Groups) {
    super()
    this.rule = node.window!
    this.span = this.rule.size / this.rule.slide
    this.groups = groups
    this.#timeIndex = Object.keys(node.input.schema).indexOf(node.input.eventTime!)
    this.#timeOffset = eventTimeOffset(node.input)!
  }

  /** An operator that gets the rows that came too late. */
  lateReadBy(reader: Operator): void {
    this.#lateReaders.push(reader)
  }

  protected async process(frame: Frame): Promise<void> {
    const { slide, allowedLateness } = this.rule
    const times = frame.column(this.#timeIndex)
    const { slices, least } = slicesOf(times, this.#slices.take(frame.length), this.#timeOffset, slide)
    // A row's first window ends with the row's own slice; once that is final, the row is late for all of them.
    const final = endedSlices(this.watermark, allowedLateness, slide)
    if (least >= final && times.valid === undefined) this.take(frame, slices)
    else await this.#takeTimely(frame, slices, final)
  }

  async #takeTimely(frame: Frame, slices: Float64Array, final: number): Promise<void> {
    const late: number[] = []
    const timely: number[] = []
    for (let i = 0; i < frame.length; i++) {
      const slice = slices[i]!
      if (slice < final) late.push(i)
      else if (!Number.isNaN(slice)) timely.push(i)
    }
    this.#late += late.length
    this.#nullTimes += frame.length - late.length - timely.length
    if (timely.length === frame.length) this.take(frame, slices)
    else if (timely.length > 0) {
      this.take(
        frame.select(Int32Array.from(timely)),
        Float64Array.from(timely, i => slices[i]!),
      )
    }
    if (late.length === 0) return
    for (const reader of this.#lateReaders) await reader.push(frame.select(Int32Array.from(late)))
  }

  /** Rows that are neither late nor without a time. */
  protected abstract take(frame: Frame, slices: Float64Array): void

  /** The slot of each row in the pane of its slice + `shift`; valid until the next call. */
  protected slotsOf(slices: Float64Array, keys: Int32Array, shift: number): Int32Array {
    const n = keys.length
    const slots = this.#slots.take(n)
    for (let from = 0; from < n; ) {
      // Rows come in runs of one window, because they come nearly in the order of time.
      const slice = slices[from]!
      let to = from + 1
      while (to < n && slices[to] === slice) to++
      const pane = this.#paneAt(slice + shift)
      if (!pane.find(keys, from, to, slots)) this.#open(pane, keys, from, to, slots)
      from = to
    }
    return slots
  }

  /** Makes the groups that a pane did not have. */
  #open(pane: Pane, keys: Int32Array, from: number, to: number, slots: Int32Array): void {
    for (let i = from; i < to; i++) {
      if (slots[i]! >= 0) continue
      const key = keys[i]!
      let slot = pane.get(key)
      if (slot < 0) {
        slot = this.groups.open(key)
        pane.set(key, slot)
      }
      slots[i] = slot
    }
  }

  #paneAt(slice: number): Pane {
    let pane = this.panes.get(slice)
    if (pane === undefined) {
      pane = new Pane(slice)
      this.panes.set(slice, pane)
    }
    return pane
  }

  /** The columns of groups' rows: keys, window_start, window_end. `slices`: where each group's window begins. */
  protected identity(slots: Int32Array, slices: Float64Array): Column[] {
    const { slide } = this.rule
    const ends = slices.map(slice => slice + this.span)
    return [...this.groups.keyColumns(slots), timesOfSlices(slices, slide), timesOfSlices(ends, slide)]
  }

  /** The rows of all groups of one window. */
  protected rowsOf(groups: Int32Array, slice: number): Frame {
    const slots = groups.filter(slot => this.groups.alive(slot))
    const columns = this.identity(slots, new Float64Array(slots.length).fill(slice))
    return new Frame(slots.length, [...columns, ...this.groups.resultColumns(slots)])
  }

  protected drop(pane: Pane): void {
    for (const slot of pane.slots()) this.groups.close(slot)
    this.panes.delete(pane.slice)
  }

  /** Panes that begin with a slice or before it, in order of time. */
  protected panesUpTo(slice: number): Pane[] {
    const due: Pane[] = []
    for (const pane of this.panes.values()) if (pane.slice <= slice) due.push(pane)
    return due.length < 2 ? due : due.sort((a, b) => a.slice - b.slice)
  }

  /** Results may still be refined until the allowed lateness is over. */
  override watermarkOut(watermark: bigint): bigint {
    if (watermark === NEVER || watermark === ENDED) return watermark
    return watermark - BigInt(this.rule.allowedLateness)
  }

  override counters(): OperatorCounters {
    return { ...super.counters(), late: this.#late, nullTimes: this.#nullTimes }
  }
}
