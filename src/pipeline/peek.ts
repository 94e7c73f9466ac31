/** A look at the first rows that leave an operator, while the run goes on. */
import type { Output } from '../engine/engine.ts'
import { HeadraceError } from '../errors.ts'
import { nameOperators } from '../plan/name.ts'
import { nearest } from '../plan/nearest.ts'
import type { Node } from '../plan/node.ts'
import { checkName, checkOptions, checkWhole } from '../plan/options.ts'
import type { Batch } from '../schema/batch.ts'
import { slice } from '../schema/take.ts'

/** What `run({ peek })` shows. */
export interface PeekOptions {
  /** Its name as `explain` shows it, with or without that of the pipeline in front, or the beginning of one name only. */
  readonly operator: string
  /** How many rows at most. Default 20. */
  readonly rows?: number
  /** Takes the rows as they come; in a relation that changes, with their weights. */
  write(batch: Batch): void
}

export function checkPeek(peek: PeekOptions): void {
  checkOptions('run: peek', peek, ['operator', 'rows', 'write'])
  checkName('run: the operator of peek', peek.operator)
  if (peek.rows !== undefined) checkWhole('run: the rows of peek', peek.rows, 1)
}

/** The operator of a plan by its name, or by what only one name begins with. Throws NOT_FOUND with the nearest, and all there are. */
export function operatorNamed(pipeline: string, root: Node, operator: string): Node {
  const names = new Map<string, Node>()
  for (const [node, name] of nameOperators(pipeline, [root])) names.set(name.slice(pipeline.length + 1), node)
  const own = operator.startsWith(`${pipeline}/`) ? operator.slice(pipeline.length + 1) : operator
  const found = names.get(operator) ?? names.get(own)
  if (found !== undefined) return found
  const all = [...names.keys()]
  const [only, ...others] = all.filter(name => name.startsWith(own))
  if (only !== undefined && others.length === 0) return names.get(only)!
  throw new HeadraceError(
    'NOT_FOUND',
    `pipeline '${pipeline}' has no operator '${operator}'${nearest(own, all)} It has: ${all.join(', ')}.`,
  )
}

/** The look of one run, which may need several attempts: rows that were shown are not shown again. */
export class Peek {
  readonly #node: Node
  readonly #rows: number
  readonly #write: (batch: Batch) => void
  #shown = 0

  constructor(node: Node, { rows = 20, write }: PeekOptions) {
    this.#node = node
    this.#rows = rows
    this.#write = write
  }

  /** An output for one attempt. */
  output(): Output {
    let seen = 0
    const write = async (_: number, batch: Batch): Promise<void> => {
      const from = Math.max(0, this.#shown - seen)
      const to = Math.min(batch.length, this.#rows - seen)
      seen += batch.length
      if (from >= to) return
      this.#shown += to - from
      this.#write(slice(batch, from, to))
    }
    return { node: this.#node, limit: this.#rows, write }
  }
}
