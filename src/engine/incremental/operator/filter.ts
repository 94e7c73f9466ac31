/** Keeps the rows for which a predicate is true. */
import type { FilterNode } from '../../../plan/node.ts'
import type { OperatorCounters } from '../../engine.ts'
import { compile } from '../kernel/compile.ts'
import type { Frame } from '../kernel/frame.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { trueRows } from '../kernel/logic.ts'
import { scoped } from '../kernel/scratch.ts'
import { Operator } from './operator.ts'

export class Filter extends Operator {
  readonly #predicate: Kernel

  constructor(node: FilterNode) {
    super()
    this.#predicate = compile(node.predicate, node.input.schema)
  }

  protected process(frame: Frame): Promise<void> {
    const rows = scoped(() => trueRows(this.#predicate.run(frame), frame.length))
    return this.emit(rows.length === frame.length ? frame : frame.select(rows))
  }

  override counters(): OperatorCounters {
    return { ...super.counters(), filtered: this.rowsIn - this.rowsOut }
  }
}
