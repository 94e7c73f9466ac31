/** The incremental engine: vectorised operators over frames, in steps of any size. */
import { HeadraceError } from '../../errors.ts'
import type { Node } from '../../plan/node.ts'
import { slice } from '../../schema/take.ts'
import type { Read } from '../../seam/source.ts'
import type { Engine, EngineReport, Job, OperatorCounters, Rejection } from '../engine.ts'
import { Graph, refusalOf } from './graph.ts'
import { type Arrival, Intake } from './intake.ts'
import { Frame } from './kernel/frame.ts'
import type { Source } from './operator/source.ts'

export const incrementalEngine: Engine = {
  name: 'incremental',
  refuses: refusalOf,
  async run(job: Job, signal: AbortSignal): Promise<EngineReport> {
    const refusal = refusalOf(job.outputs.map(({ node }) => node))
    if (refusal !== undefined) throw refusal
    return new Run(job, signal).toEnd()
  },
}

/** One run of a job. */
class Run {
  readonly #job: Job
  readonly #signal: AbortSignal
  readonly #graph: Graph
  readonly #feed: Intake
  readonly #maxRows: number
  readonly #maxMs: number | undefined
  #step = 1
  #stepRows = 0
  /** When the step's first record came, or the watermark let go of results without one. Undefined: it has nothing yet. */
  #stepBegan: number | undefined
  #rowsRead = 0

  constructor(job: Job, signal: AbortSignal) {
    this.#job = job
    this.#signal = signal
    this.#graph = new Graph(job.outputs, rejected => this.#reject(rejected))
    this.#feed = new Intake(job.runtime, signal)
    this.#maxRows = job.steps === 'once' ? Number.POSITIVE_INFINITY : job.steps.maxRows
    this.#maxMs = job.steps === 'once' ? undefined : job.steps.maxMs
  }

  async toEnd(): Promise<EngineReport> {
    try {
      await this.#feed.open(this.#graph.sources)
      while (!this.#feed.ended && !this.#signal.aborted) {
        const arrival = await this.#feed.next(this.#patience())
        if (arrival !== undefined) await this.#take(arrival)
        else if (this.#stepBegan !== undefined) await this.#endStep()
      }
      if (!this.#signal.aborted) await this.#graph.advance()
      await this.#endStep()
    } finally {
      await this.#feed.close()
    }
    return { steps: this.#step - 1, rowsRead: this.#rowsRead, operators: this.#counters() }
  }

  /** How long a step that has something may wait for more: without a timer, not at all. */
  #patience(): number | undefined {
    if (this.#stepBegan === undefined) return undefined
    if (this.#maxMs === undefined) return 0
    return Math.max(0, this.#stepBegan + this.#maxMs - this.#job.runtime.now())
  }

  async #take({ source, partition, read }: Arrival): Promise<void> {
    if (read === undefined) {
      source.ended(partition)
      // The last end belongs to the last step, after this loop.
      if (!this.#feed.ended) await this.#advance()
      return
    }
    await this.#takeRejected(source, read)
    let from = 0
    do {
      const to = Math.min(read.batch.length, from + this.#maxRows - this.#stepRows)
      this.#count(to - from)
      await source.push(Frame.of(slice(read.batch, from, to)))
      from = to
      if (to === read.batch.length) {
        source.passed(partition, read)
        await this.#advance()
      }
      if (this.#stepIsOver()) await this.#endStep()
    } while (from < read.batch.length)
  }

  /** The bad records of a read belong to the step in which it is taken, and fill it as rows do. */
  async #takeRejected(source: Source, { rejected = [], batch }: Read): Promise<void> {
    if (rejected.length === 0) return
    source.rejected(rejected.length)
    this.#count(rejected.length)
    const rejections = rejected.map(record => ({ node: source.node, record }))
    // The rows beside them have been read too.
    await this.#job.reject(rejections, { rowsRead: this.#rowsRead + batch.length })
    if (this.#stepIsOver()) await this.#endStep()
  }

  #reject(rejections: readonly Rejection[]): Promise<void> {
    return this.#job.reject(rejections, { rowsRead: this.#rowsRead })
  }

  /** A source that is idle may still tell that time goes on: what that closes must not wait for its next row. */
  async #advance(): Promise<void> {
    if (await this.#graph.advance()) this.#begin()
  }

  #begin(): void {
    this.#stepBegan ??= this.#job.runtime.now()
  }

  #count(records: number): void {
    if (records > 0) this.#begin()
    this.#stepRows += records
    this.#rowsRead += records
  }

  #stepIsOver(): boolean {
    if (this.#stepRows >= this.#maxRows) return true
    if (this.#maxMs === undefined || this.#stepBegan === undefined) return false
    return this.#job.runtime.now() - this.#stepBegan >= this.#maxMs
  }

  async #endStep(): Promise<void> {
    await this.#graph.endStep()
    await this.#job.stepped(this.#step, { rowsRead: this.#rowsRead })
    if (this.#signal.aborted)
      throw new HeadraceError('STOPPED', `The run was stopped after step ${this.#step}.`)
    this.#step++
    this.#stepRows = 0
    this.#stepBegan = undefined
    this.#graph.beginStep(this.#step)
  }

  #counters(): Map<Node, OperatorCounters> {
    return new Map(this.#graph.operators().map(({ node, operator }) => [node, operator.counters()]))
  }
}
