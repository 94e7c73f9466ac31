/** Windowed aggregates with a pane for each window: tumbling ones, and all whose results are refined. */
import type { AggregateNode } from '../../../plan/node.ts'
import type { Column } from '../../../schema/column.ts'
import { grownDoubles } from '../accumulator/accumulator.ts'
import type { Frame } from '../kernel/frame.ts'
import { Changes } from './changes.ts'
import type { Groups } from './groups.ts'
import { endedSlices } from './window-time.ts'
import { refines, WindowedAggregate } from './windowed-aggregate.ts'

export class PanePerWindow extends WindowedAggregate {
  readonly #perStep: boolean
  /** Present where rows of a window can change after they have been emitted. */
  readonly #changes: Changes | undefined
  /** The window that each slot belongs to, by the slice it begins with. */
  #windows = new Float64Array(0)

  /** On-close emission: windows that begin with this slice or before it have been emitted. */
  #closed = Number.NEGATIVE_INFINITY

  constructor(node: AggregateNode, groups: Groups) {
    super(node, groups)
    this.#perStep = this.rule.emit === 'per-step'
    if (refines(this.rule)) this.#changes = new Changes(groups, slots => this.#identityOf(slots))
  }

  #identityOf(slots: Int32Array): Column[] {
    const slices = new Float64Array(slots.length)
    for (let i = 0; i < slots.length; i++) slices[i] = this.#windows[slots[i]!]!
    return this.identity(slots, slices)
  }

  protected take(frame: Frame, slices: Float64Array): void {
    const keys = this.groups.keyNumbers(frame)
    // A row lies in the windows that begin with its own slice and with those before it.
    for (let back = 0; back < this.span; back++) {
      const slots = this.slotsOf(slices, keys, -back)
      if (this.#changes !== undefined) this.#remember(this.#changes, slices, slots, -back)
      this.groups.add(frame, slots)
    }
  }

  /** Before rows change what has been emitted: remembers what that was. */
  #remember(changes: Changes, slices: Float64Array, slots: Int32Array, shift: number): void {
    if (this.#windows.length < this.groups.limit) {
      this.#windows = grownDoubles(this.#windows, 2 * this.groups.limit)
    }
    for (let i = 0; i < slots.length; i++) this.#windows[slots[i]!] = slices[i]! + shift
    if (this.#perStep) {
      changes.touch(slots)
      return
    }
    changes.touch(slots.filter((_, i) => slices[i]! + shift <= this.#closed))
  }

  override async advance(watermark: bigint): Promise<void> {
    this.watermark = watermark
    const { slide, allowedLateness } = this.rule
    const closed = endedSlices(watermark, 0, slide) - this.span
    if (!this.#perStep && closed > this.#closed) {
      for (const pane of this.panesUpTo(closed)) {
        // A pane made later than its window closed holds only refinements.
        if (pane.slice > this.#closed) await this.emit(this.rowsOf(pane.slots(), pane.slice))
      }
      this.#closed = closed
    }
    const final = this.panesUpTo(endedSlices(watermark, allowedLateness, slide) - this.span)
    if (final.length === 0) return
    await this.stepEnd()
    for (const pane of final) this.drop(pane)
    this.groups.collect()
  }

  override async stepEnd(): Promise<void> {
    if (this.#changes === undefined || !this.#changes.any) return
    // A group without rows keeps its place in its pane, which is dropped whole.
    for (const frame of this.#changes.take().frames) await this.emit(frame)
  }
}
