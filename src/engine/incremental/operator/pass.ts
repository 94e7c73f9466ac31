/** Operators that hand on what they get: union, and the rows that were late. */
import type { Frame } from '../kernel/frame.ts'
import { ENDED, NEVER, Operator } from './operator.ts'

/** All rows of all inputs; its watermark is the least of theirs. */
export class Union extends Operator {
  protected process(frame: Frame): Promise<void> {
    return this.emit(frame)
  }
}

/** The late rows of a windowed aggregate. They lie behind any watermark by nature, so until the end there is none. */
export class Late extends Operator {
  protected process(frame: Frame): Promise<void> {
    return this.emit(frame)
  }

  override watermarkOut(watermark: bigint): bigint {
    return watermark === ENDED ? ENDED : NEVER
  }
}
