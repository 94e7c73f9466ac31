/** `scriptedSink`: a sink that keeps what it is given, and fails where it is told to. */
import { type Collector, memory } from '../connector/memory/endpoint.ts'
import { HeadraceError } from '../errors.ts'
import type { Relation } from '../plan/builder/dataset.ts'
import { targetOf, writeTo } from '../plan/endpoint.ts'
import { checkList, checkOptions } from '../plan/options.ts'
import { type Runtime, systemRuntime } from '../runtime/runtime.ts'
import type { RowOf, Schema } from '../schema/type.ts'
import type { Epoch, Sink, SinkWriter, UpdateMode } from '../seam/sink.ts'
import type { Gate } from './gate.ts'

type Call = 'open' | 'write' | 'commit' | 'close'

/** What goes wrong at one call of a sink. It happens once. Without `epoch`, at the first such call. */
export type SinkFault =
  /** 'after write' and 'after commit': the work is done, and a failure is reported all the same. A text makes a WRITE_FAILED. */
  | {
      readonly fail: `${'before' | 'after'} ${Call}`
      readonly epoch?: Epoch
      readonly error?: string | Error
    }
  /** The call waits before its work: so many milliseconds of the run's clock, or until the gate is open. */
  | { readonly slow: Call; readonly by: number | Gate; readonly epoch?: Epoch }

/** One call that the sink got. */
export interface SinkCall {
  readonly call: Call
  /** Of write and commit. */
  readonly epoch?: Epoch
  /** Of write: the rows of the batch, added or taken away. */
  readonly rows?: number
  /** Of close: whether the run was complete. */
  readonly ended?: boolean
  /** A fault of the script failed it. */
  readonly failed?: true
}

/** A target that keeps what its last run committed, as `memory.collect` does, and every call. */
export interface ScriptedSink<Row> extends Collector<Row> {
  /** Every call of all runs, in order; those under way too. */
  calls(): SinkCall[]
}

/** The rows of a scripted sink, and its faults. */
export interface ScriptedSinkOptions<S extends Schema> {
  /** The dataset that goes there: its rows are typed. */
  readonly like?: Relation<S>
  readonly faults?: readonly SinkFault[]
}

/** A target with faults. A run after one that failed finds those that happened gone. */
export function scriptedSink<S extends Schema = Record<never, never>>(
  options: ScriptedSinkOptions<S> = {},
): ScriptedSink<RowOf<S>> {
  checkOptions('scriptedSink', options, ['like', 'faults'])
  checkList('scriptedSink: faults must be', 'faults', options.faults ?? [])
  const collected = memory.collect(options.like === undefined ? {} : { like: options.like })
  const { sink } = targetOf(collected)!
  const stage: Stage = { faults: [...(options.faults ?? [])], calls: [] }
  for (const fault of stage.faults) checkFault(fault)
  return Object.assign(writeTo<UpdateMode>(sinkOf(sink, stage, systemRuntime)), {
    rows: collected.rows,
    changes: collected.changes,
    calls: () => [...stage.calls],
  })
}

/** What is left of the script, and what happened so far. */
interface Stage {
  readonly faults: SinkFault[]
  readonly calls: SinkCall[]
}

function sinkOf(inner: Sink, stage: Stage, runtime: Runtime): Sink {
  return {
    ...inner,
    name: 'scripted',
    at: site => sinkOf(inner, stage, site.runtime),
    open: (partition, input) =>
      played(stage, runtime, { call: 'open' }, async () => {
        const writer = await inner.open(partition, input)
        return writerOf(writer, stage, runtime)
      }),
  }
}

function writerOf(inner: SinkWriter, stage: Stage, runtime: Runtime): SinkWriter {
  return {
    committed: () => inner.committed(),
    write: (epoch, batch) =>
      played(stage, runtime, { call: 'write', epoch, rows: batch.length }, () => inner.write(epoch, batch)),
    commit: epoch => played(stage, runtime, { call: 'commit', epoch }, () => inner.commit(epoch)),
    close: ended => played(stage, runtime, { call: 'close', ended }, () => inner.close(ended)),
  }
}

/** Does the work of a call, with the faults that the script has for it. */
async function played<T>(stage: Stage, runtime: Runtime, call: SinkCall, work: () => Promise<T>): Promise<T> {
  const place = stage.calls.push(call) - 1
  const slow = takeFault(stage, call, fault => 'slow' in fault && fault.slow === call.call)
  if (slow !== undefined && 'slow' in slow) await wait(slow.by, runtime)
  const fail = (when: 'before' | 'after'): void => {
    const fault = takeFault(stage, call, each => 'fail' in each && each.fail === `${when} ${call.call}`)
    if (fault === undefined || !('fail' in fault)) return
    stage.calls[place] = { ...call, failed: true }
    throw errorOf(fault.fail, call, fault.error)
  }
  fail('before')
  const done = await work()
  fail('after')
  return done
}

/** The first fault that is meant for a call; it does not happen again. */
function takeFault(
  { faults }: Stage,
  { epoch }: SinkCall,
  meant: (fault: SinkFault) => boolean,
): SinkFault | undefined {
  const at = faults.findIndex(fault => meant(fault) && (fault.epoch === undefined || fault.epoch === epoch))
  return at < 0 ? undefined : faults.splice(at, 1)[0]
}

async function wait(by: number | Gate, runtime: Runtime): Promise<void> {
  const { signal } = new AbortController()
  await (typeof by === 'number' ? runtime.sleep(by, signal) : by.pass(signal))
}

function errorOf(fault: string, { epoch }: SinkCall, error: string | Error | undefined): Error {
  if (error instanceof Error) return error
  const place = epoch === undefined ? '' : ` of epoch ${epoch}`
  return new HeadraceError('WRITE_FAILED', error ?? `The script fails ${fault}${place}.`)
}

function checkFault(fault: SinkFault): void {
  const moment = 'slow' in fault ? fault.slow : fault.fail?.replace(/^(before|after) /, '')
  if (['open', 'write', 'commit', 'close'].includes(moment)) return
  throw new HeadraceError(
    'INVALID_ARGUMENT',
    `scriptedSink: a fault is ${JSON.stringify(fault)}. Write { fail: 'after write', epoch: 2 } or { slow: 'commit', by: 100 }.`,
  )
}
