/** Looks at what an engine leaves out: rejected records, rejected rows, late rows. */
import type { Engine, EngineReport, Job, Output, Rejection } from '../engine/engine.ts'
import type { ErrorCode } from '../errors.ts'
import { lateNode } from '../plan/builder/nodes.ts'
import { nameOperators } from '../plan/name.ts'
import { type LateNode, type Node, nodesOf } from '../plan/node.ts'
import { type Row, rowsOf } from '../schema/row.ts'
import type { RejectedRecord } from '../seam/source.ts'

/** What could not be processed: a record that is no row, or a row that a function did not take. */
export interface Rejected {
  /** The name of the source or of the operator with the function. */
  readonly operator: string
  readonly code: ErrorCode
  readonly message: string
  /** Present where a source rejected it. */
  readonly record?: RejectedRecord
  /** Present where a function of the plan did not take it. */
  readonly row?: Row
}

/** A row that came too late for a window. */
export interface LateRow {
  /** The name of the windowed aggregate. */
  readonly operator: string
  readonly row: Row
}

/** What the last run of a watched engine left out. */
export class Watch {
  rejected: Rejected[] = []
  late: LateRow[] = []
  readonly #pipeline: string

  constructor(pipeline: string) {
    this.#pipeline = pipeline
  }

  readonly around = (engine: Engine): Engine => ({
    name: engine.name,
    refuses: (outputs, steps) => engine.refuses(outputs, steps),
    run: (job, signal) => this.#run(engine, job, signal),
  })

  async #run(engine: Engine, job: Job, signal: AbortSignal): Promise<EngineReport> {
    this.rejected = []
    this.late = []
    const roots = job.outputs.map(({ node }) => node)
    const names = nameOperators(this.#pipeline, roots)
    const outputs = [...job.outputs, ...this.#lateOutputs(engine, roots, names)]
    const reject: Job['reject'] = async (rejections, progress) => {
      for (const rejection of rejections) this.rejected.push(rejectedOf(rejection, names))
      await job.reject(rejections, progress)
    }
    const report = await engine.run({ ...job, outputs, reject }, signal)
    const operators = [...report.operators].filter(([node]) => names.has(node))
    return { ...report, operators: new Map(operators) }
  }

  /** In batch mode nothing is late. */
  #lateOutputs({ name }: Engine, roots: readonly Node[], names: ReadonlyMap<Node, string>): Output[] {
    if (name !== 'incremental') return []
    return lateNodes(roots).map(node => ({
      node,
      write: async (_, batch) => {
        const operator = names.get(node.of)!
        for (const row of rowsOf(batch)) this.late.push({ operator, row: { ...row } })
      },
    }))
  }
}

/** The late rows of each windowed aggregate, by the node that the plan has for them if it has one. */
function lateNodes(roots: readonly Node[]): LateNode[] {
  const nodes = nodesOf(roots)
  return nodes.flatMap(node => {
    if (node.kind !== 'aggregate' || node.window === undefined) return []
    return nodes.find(each => each.kind === 'late' && each.of === node) ?? lateNode(node)
  }) as LateNode[]
}

function rejectedOf(rejection: Rejection, names: ReadonlyMap<Node, string>): Rejected {
  const operator = names.get(rejection.node)!
  if (!('record' in rejection)) {
    const { row, code, message } = rejection
    return { operator, code, message, row: { ...row } }
  }
  const { record } = rejection
  return { operator, code: record.code, message: record.message, record }
}
