/** Opaque TypeScript: what a function makes of rows keeps the weights of the rows that it came from. */
import type { MapNode } from '../../../plan/node.ts'
import type { OperatorCounters, Rejection } from '../../engine.ts'
import { Opaque } from '../../opaque.ts'
import { Frame } from '../kernel/frame.ts'
import { Operator } from './operator.ts'

/** Takes the rows that a function did not take. */
export type Reject = (rejections: readonly Rejection[]) => Promise<void>

export class MapOperator extends Operator {
  readonly #node: MapNode
  readonly #opaque: Opaque
  readonly #reject: Reject
  #rejected = 0

  constructor(node: MapNode, reject: Reject) {
    super()
    this.#node = node
    this.#opaque = new Opaque(node)
    this.#reject = reject
  }

  protected async process(frame: Frame): Promise<void> {
    const { weights } = frame
    const { batch, origin, rejected } = await this.#opaque.apply(frame.batch(this.#node.input.schema))
    if (rejected.length > 0) {
      this.#rejected += rejected.length
      await this.#reject(rejected)
    }
    if (weights !== undefined && origin === undefined && batch.length !== frame.length) {
      throw this.#opaque.invalid(
        `${batch.length} rows for ${frame.length}; where rows are also taken away, it must keep their number`,
      )
    }
    const kept = weights && origin ? origin.map(row => weights[row]!) : weights
    await this.emit(new Frame(batch.length, [...batch.columns], kept))
  }

  override counters(): OperatorCounters {
    return { ...super.counters(), rejected: this.#rejected }
  }
}
