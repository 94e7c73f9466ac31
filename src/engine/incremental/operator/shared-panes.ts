/** Hopping windows over shared panes: a row is aggregated once, and panes are put together when a window closes. */
import { IntMap } from '../../../state/int-map.ts'
import type { Frame } from '../kernel/frame.ts'
import type { Pane } from './pane.ts'
import { endedSlices } from './window-time.ts'
import { WindowedAggregate } from './windowed-aggregate.ts'

/** For mergeable aggregates whose windows are emitted once. One pane a slide. */
export class SharedPanes extends WindowedAggregate {
  /** Windows that begin before this slice have closed. */
  #open = Number.NEGATIVE_INFINITY

  protected take(frame: Frame, slices: Float64Array): void {
    this.groups.add(frame, this.slotsOf(slices, this.groups.keyNumbers(frame), 0))
  }

  override async advance(watermark: bigint): Promise<void> {
    this.watermark = watermark
    const open = endedSlices(watermark, 0, this.rule.slide) - this.span + 1
    if (open <= this.#open) return
    const panes = this.panesUpTo(open + this.span - 2)
    for (const [slice, parts] of windowsOver(panes, this.#open, open, this.span))
      await this.#close(slice, parts)
    this.#open = open
    const final = this.panesUpTo(open - 1)
    if (final.length === 0) return
    for (const pane of final) this.drop(pane)
    this.groups.collect()
  }

  async #close(slice: number, parts: readonly Pane[]): Promise<void> {
    const merged = new IntMap()
    const slots: number[] = []
    for (const pane of parts) {
      for (const from of pane.slots()) {
        const key = this.groups.keyOf(from)
        let into = merged.get(key)
        if (into < 0) {
          into = this.groups.open(key)
          merged.set(key, into)
          slots.push(into)
        }
        this.groups.merge(into, from)
      }
    }
    const rows = this.rowsOf(Int32Array.from(slots), slice)
    for (const slot of slots) this.groups.close(slot)
    await this.emit(rows)
  }
}

/** The windows that begin in [from, to) and hold a pane, with their panes in order; empty stretches are skipped. */
function* windowsOver(
  panes: readonly Pane[],
  from: number,
  to: number,
  span: number,
): Generator<[slice: number, parts: Pane[]]> {
  let first = 0
  let slice = from
  while (first < panes.length) {
    slice = Math.max(slice, panes[first]!.slice - span + 1)
    if (slice >= to) return
    let end = first
    while (end < panes.length && panes[end]!.slice < slice + span) end++
    yield [slice, panes.slice(first, end)]
    slice++
    while (first < panes.length && panes[first]!.slice < slice) first++
  }
}
