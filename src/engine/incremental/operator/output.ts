/** The end of the line: hands a node's rows to whoever asked for them, step by step. */
import type { Node } from '../../../plan/node.ts'
import type { Batch } from '../../../schema/batch.ts'
import { concat, take } from '../../../schema/take.ts'
import type { Output } from '../../engine.ts'
import type { Frame } from '../kernel/frame.ts'
import { Operator } from './operator.ts'
import { RowNumbers } from './row-numbers.ts'

/** Small batches are put together until they hold this many rows. */
const WRITE_ROWS = 4096

export class OutputOperator extends Operator {
  readonly #output: Output
  readonly #append: boolean
  #step = 1
  #pending: Batch[] = []
  #rows = 0

  constructor(output: Output) {
    super()
    this.#output = output
    this.#append = output.node.mode === 'append'
  }

  /** The step that rows from now on belong to. */
  begin(step: number): void {
    this.#step = step
  }

  protected async process(frame: Frame): Promise<void> {
    this.#pending.push(frame.batch(this.#output.node.schema))
    this.#rows += frame.length
    // Changes wait for the end of their step, because a later one may undo them.
    if (this.#append && this.#rows >= WRITE_ROWS) await this.#write()
  }

  override stepEnd(): Promise<void> {
    return this.#write()
  }

  async #write(): Promise<void> {
    if (this.#pending.length === 0) return
    const batch = concat(this.#pending)
    this.#pending = []
    this.#rows = 0
    const changes = batch.weights === undefined ? batch : consolidated(batch, this.#output.node)
    if (changes.length > 0) await this.#output.write(this.#step, changes)
  }
}

/** Each row once, with its weights summed; rows taken away before rows added; what came to nothing is left out. */
function consolidated(batch: Batch, node: Node): Batch {
  const numbers = new RowNumbers(Object.values(node.schema)).of(batch)
  const sums = new Map<number, number>()
  const firsts = new Map<number, number>()
  for (let i = 0; i < batch.length; i++) {
    const number = numbers[i]!
    if (!firsts.has(number)) firsts.set(number, i)
    sums.set(number, (sums.get(number) ?? 0) + batch.weights![i]!)
  }
  const kept = [...firsts].filter(([number]) => sums.get(number) !== 0)
  const ordered = [
    ...kept.filter(([number]) => sums.get(number)! < 0),
    ...kept.filter(([number]) => sums.get(number)! > 0),
  ]
  const rows = take(
    { schema: batch.schema, length: batch.length, columns: batch.columns },
    Int32Array.from(ordered, ([, row]) => row),
  )
  return { ...rows, weights: Int32Array.from(ordered, ([number]) => sums.get(number)!) }
}
