/** What the operators of a running plan have in common. */
import type { OperatorCounters } from '../../engine.ts'
import type { Frame } from '../kernel/frame.ts'

/** Watermarks are in microseconds; before the first and after the last there is no time. */
export const NEVER = -(1n << 80n)
export const ENDED = 1n << 80n

/**
 * An operator takes frames and hands frames on. The engine calls `push` through the operators before it, and `advance`
 * and `stepEnd` for all operators in the order of the plan, inputs first; so whatever those emit has arrived below before
 * it is the turn of the operators below. Awaiting is the back-pressure, and happens once a frame, never once a row.
 */
export abstract class Operator {
  protected rowsIn = 0
  protected rowsOut = 0
  readonly #readers: Operator[] = []

  /** Rows from an input. */
  push(frame: Frame): Promise<void> {
    this.rowsIn += frame.length
    return this.process(frame)
  }

  protected abstract process(frame: Frame): Promise<void>

  /** No row at or before this event time will come that is not late. */
  async advance(_watermark: bigint): Promise<void> {}

  /** The watermark of the operator's own rows. */
  watermarkOut(watermark: bigint): bigint {
    return watermark
  }

  async stepEnd(): Promise<void> {}

  counters(): OperatorCounters {
    return { rowsIn: this.rowsIn, rowsOut: this.rowsOut }
  }

  /** Rows handed on so far. */
  get emitted(): number {
    return this.rowsOut
  }

  readBy(reader: Operator): void {
    this.#readers.push(reader)
  }

  protected async emit(frame: Frame): Promise<void> {
    if (frame.length === 0) return
    this.rowsOut += frame.length
    for (const reader of this.#readers) await reader.push(frame)
  }
}
