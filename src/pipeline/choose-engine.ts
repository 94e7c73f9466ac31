/** Which engine runs a definition, in which mode and steps of what size. */
import { duckdbEngine } from '../engine/duckdb/engine.ts'
import type { Engine, StepPolicy } from '../engine/engine.ts'
import { incrementalEngine } from '../engine/incremental/engine.ts'
import { HeadraceError } from '../errors.ts'
import { durationMicros } from '../plan/duration.ts'
import { type Node, nodesOf } from '../plan/node.ts'
import { batch, type Mode, stream } from './mode.ts'
import type { Pipeline } from './pipeline.ts'

/** Rows that make a step of a micro-batch even before its time is up, so that its memory is bounded. */
const MICRO_BATCH_ROWS = 131_072

/** Rows of a stream's step at most: few enough to be fresh, enough for a loop over columns to pay. */
const STREAM_ROWS = 2048

/** How a pipeline will run. */
export interface Choice {
  readonly mode: Mode['kind']
  readonly engine: Engine
  readonly steps: StepPolicy
}

/**
 * How to run a definition, in its own mode or another. Without one it is batch if every source ends, else stream.
 * Throws REFUSED for what this version does not do: schedules, freshness, and batch mode over a source without end.
 */
export function chooseEngine(definition: Pipeline, override?: Mode): Choice {
  const { name, node, freshness } = definition
  if (override === undefined && freshness !== undefined) {
    throw new HeadraceError(
      'REFUSED',
      `pipeline '${name}': freshness: '${freshness}' does not pick a mode in this version yet. Give a mode: microBatch('${freshness}').`,
    )
  }
  const endless = nodesOf([node]).find(each => each.kind === 'source' && !each.source.bounded)
  const mode = override ?? definition.mode ?? (endless === undefined ? batch() : stream())
  if (mode.kind === 'batch') refuseBatch(name, mode.schedule, endless)
  return engineOf(mode)
}

function refuseBatch(name: string, schedule: string | undefined, endless: Node | undefined): void {
  if (schedule !== undefined) {
    throw new HeadraceError(
      'REFUSED',
      `pipeline '${name}': schedules are not kept in this version yet. Use batch() and start each run, from cron for example.`,
    )
  }
  if (endless?.kind === 'source') {
    throw new HeadraceError(
      'REFUSED',
      `pipeline '${name}': batch mode needs all its input, and the source '${endless.source.name}' has no end. Use stream() or microBatch(…).`,
    )
  }
}

function engineOf(mode: Mode): Choice {
  switch (mode.kind) {
    case 'batch':
      return { mode: mode.kind, engine: duckdbEngine, steps: 'once' }
    case 'micro-batch': {
      const maxMs = durationMicros('microBatch', mode.every) / 1000
      return { mode: mode.kind, engine: incrementalEngine, steps: { maxRows: MICRO_BATCH_ROWS, maxMs } }
    }
    case 'stream':
      return { mode: mode.kind, engine: incrementalEngine, steps: { maxRows: STREAM_ROWS } }
  }
}
