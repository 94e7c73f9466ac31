/** The order of epochs at a sink: the part of the writer's contract that is the same everywhere. */
import { HeadraceError } from '../errors.ts'
import type { Epoch } from '../seam/sink.ts'

/** Counts the epochs of one writer and refuses those out of turn. */
export class Epochs {
  readonly #sink: string
  #committed: Epoch = 0

  constructor(sink: string) {
    this.#sink = sink
  }

  get committed(): Epoch {
    return this.#committed
  }

  /** Throws WRITE_FAILED unless `epoch` is the one after the last committed. */
  expect(epoch: Epoch): void {
    if (epoch === this.#committed + 1) return
    throw new HeadraceError(
      'WRITE_FAILED',
      `${this.#sink}: epoch ${epoch} came after epoch ${this.#committed} was committed. Epochs are written one after the other.`,
    )
  }

  commit(epoch: Epoch): void {
    this.expect(epoch)
    this.#committed = epoch
  }
}
