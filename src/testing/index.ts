/**
 * `headrace/testing`: pipelines run on rows in memory, a clock moved by hand, sources and sinks that follow a script; the laws
 * of the seams, for those who write a source, a sink or an engine of their own, and the table of values that break readers
 * and writers.
 */

export type { Runtime } from '../runtime/runtime.ts'
export { engineLaws } from './engine-laws.ts'
export { type Gate, gate } from './gate.ts'
export type { Gaps, Register } from './law.ts'
export { asRows, type Given, given, type RanOnRows, type RunOnRows, runOnRows } from './run-on-rows.ts'
export {
  type ScriptedSink,
  type ScriptedSinkOptions,
  type SinkCall,
  type SinkFault,
  scriptedSink,
} from './scripted-sink.ts'
export {
  type ScriptedSourceOptions,
  type SourceScript,
  type SourceStep,
  scriptedSource,
} from './scripted-source.ts'
export { type SimulatedClock, simulatedClock } from './simulated-clock.ts'
export { type SinkPlace, type SinkSubject, sinkLaws, sinkSchema } from './sink-laws.ts'
export { type SourceSubject, sourceLaws } from './source-laws.ts'
export { type Refused, type TortureValues, torture } from './torture.ts'
export { type Altered, altered, type Poison, poison, refused } from './torture-refusals.ts'
export type { LateRow, Rejected } from './watch.ts'
