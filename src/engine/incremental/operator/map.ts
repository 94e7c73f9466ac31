/** Opaque TypeScript: what a function makes of rows keeps the weights of the rows that it came from. */
import type { MapNode } from '../../../plan/node.ts'
import { Opaque } from '../../opaque.ts'
import { Frame } from '../kernel/frame.ts'
import { Operator } from './operator.ts'

export class MapOperator extends Operator {
  readonly #node: MapNode
  readonly #opaque: Opaque

  constructor(node: MapNode) {
    super()
    this.#node = node
    this.#opaque = new Opaque(node)
  }

  protected async process(frame: Frame): Promise<void> {
    const { weights } = frame
    const { batch, origin } = await this.#opaque.apply(
      frame.withWeights(undefined).batch(this.#node.input.schema),
    )
    if (weights !== undefined && origin === undefined && batch.length !== frame.length) {
      throw this.#opaque.invalid(
        `${batch.length} rows for ${frame.length}; where rows are also taken away, it must keep their number`,
      )
    }
    const kept = weights && origin ? origin.map(row => weights[row]!) : weights
    await this.emit(new Frame(batch.length, [...batch.columns], kept))
  }
}
