/** One run of one engine, with everything that it wrote kept in memory. */

import type { Engine, EngineReport, Job, Progress, Rejection, StepPolicy } from '../engine/engine.ts'
import type { Node } from '../plan/node.ts'
import { systemRuntime } from '../runtime/runtime.ts'
import { type Change, rowsOf } from './relation.ts'

export interface Recording {
  /** The changes of each output in the order in which they were written. */
  readonly outputs: ReadonlyMap<Node, readonly Change[]>
  /** Progress after each step; step s is at index s − 1. */
  readonly progress: readonly Progress[]
  /** What could not be processed, in the order in which it was met. */
  readonly rejections: readonly Rejected[]
  readonly report: EngineReport
}

/** A rejection with the step in which it was made. */
export interface Rejected {
  readonly rejection: Rejection
  readonly step: number
}

/** Runs the plan to its end. Rejects with what the engine rejects with. */
export async function record(
  engine: Engine,
  nodes: readonly Node[],
  steps: StepPolicy,
  signal: AbortSignal = new AbortController().signal,
): Promise<Recording> {
  const outputs = new Map<Node, Change[]>(nodes.map(node => [node, []]))
  const progress: Progress[] = []
  const rejections: Rejected[] = []
  const job: Job = {
    outputs: nodes.map(node => ({
      node,
      write: async (step, batch) => {
        for (const row of rowsOf(batch)) outputs.get(node)!.push({ ...row, step })
      },
    })),
    steps,
    runtime: systemRuntime,
    careful: true,
    reject: async all => {
      for (const rejection of all) rejections.push({ rejection, step: progress.length + 1 })
    },
    stepped: async (_step, now) => {
      progress.push(now)
    },
  }
  const report = await engine.run(job, signal)
  return { outputs, progress, rejections, report }
}
