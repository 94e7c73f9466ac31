/** Computes columns. A column that is only passed on stays lazy: it is gathered if somebody reads it. */
import type { ProjectNode } from '../../../plan/node.ts'
import { compile, evaluate } from '../kernel/compile.ts'
import { Frame, type LazyColumn } from '../kernel/frame.ts'
import { Operator } from './operator.ts'

export class Project extends Operator {
  readonly #columns: readonly ((frame: Frame) => LazyColumn)[]

  constructor({ columns, input }: ProjectNode) {
    super()
    const names = Object.keys(input.schema)
    this.#columns = columns.map(({ expression }) => {
      if (expression.kind === 'column') {
        const index = names.indexOf(expression.name)
        return from => ({ from, index })
      }
      const kernel = compile(expression, input.schema)
      return frame => evaluate(kernel, frame)
    })
  }

  protected process(frame: Frame): Promise<void> {
    const columns = this.#columns.map(column => column(frame))
    return this.emit(new Frame(frame.length, columns, frame.weights))
  }
}
